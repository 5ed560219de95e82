"""Filters that are asked for together beside the list: use, country and day; seed and prompt."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.search import facets
from dam.search.facets import Facet
from dam.search.query import Filters
from tests.factories import member

pytestmark = pytest.mark.django_db


def form(by: Member, name: str, **filters: list[str]) -> Facet:
    return next(each for each in facets.count(by, filters=Filters(filters)) if each.name == name)


def test_use_country_and_day_are_asked_for_in_one_form(brand: Brand) -> None:
    asked = form(member(brand, Role.VIEWER), "territory", use=["web"], territory=["fr"], on=["2026-12-24"])
    assert asked.is_chosen
    assert [(each.name, each.type, each.value) for each in asked.inputs] == [
        ("use", "select", "web"),
        ("territory", "text", "France"),
        ("on", "date", "2026-12-24"),
    ]


@pytest.mark.parametrize("value", ["2026-12", ">2026-01-01"])
def test_days_that_no_calendar_holds_stay_as_typed(librarian: Member, value: str) -> None:
    days = form(librarian, "territory", on=[value]).inputs[2]
    assert (days.type, days.given) == ("text", value)


def test_what_can_not_be_read_stands_as_it_was_typed(librarian: Member) -> None:
    inputs = form(librarian, "territory", territory=["Atlantis"], on=["soon"]).inputs
    assert [each.value for each in inputs] == ["", "Atlantis", ""]


def test_seed_and_prompt_are_asked_for_by_those_who_see_drafts(brand: Brand, librarian: Member) -> None:
    inputs = form(librarian, "seed", seed=["42"], prompt_like=["a calm sea"]).inputs
    assert [(each.name, each.value) for each in inputs] == [
        ("seed", "42"),
        ("prompt", ""),
        ("prompt_like", "a calm sea"),
    ]
    assert "seed" not in {each.name for each in facets.count(member(brand, Role.VIEWER))}


def test_a_form_leads_to_an_address_without_what_was_left_empty(
    client: Client, brand: Brand, librarian: Member
) -> None:
    client.force_login(librarian.user)
    home = reverse("library", args=[brand.slug])
    sent = {"q": "lime", "tag": ["a", "b"], "use": "", "territory": "France", "on": ""}
    answer = client.get(home, sent)
    assert answer["Location"] == f"{home}?q=lime&tag=a&tag=b&territory=France"


def test_a_form_keeps_all_else_that_is_asked(client: Client, brand: Brand, librarian: Member) -> None:
    client.force_login(librarian.user)
    home = reverse("library", args=[brand.slug])
    page = client.get(home, {"territory": ["FR", "DE"], "state": "draft", "sort": "name"}).content.decode()
    asked = next(each for each in page.split('class="facet-form"') if 'id="form-use"' in each)
    hidden = re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', asked.split("</form>")[0])
    assert sorted(hidden) == [("sort", "name"), ("state", "draft"), ("territory", "DE")]
    assert 'value="France"' in asked
