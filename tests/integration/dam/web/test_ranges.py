"""A brand's own numbers and days as ranges beside the library, from one end to the other."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.custom_fields import fields, values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import Wish
from dam.search import facets
from tests.factories import member
from tests.integration.dam.web.conftest import SignIn
from tests.integration.dam.web.test_library import HOME, clip


@pytest.fixture
def maker(brand: Brand) -> Member:
    """The brand has a number and a day, and three clips with them."""
    by = member(brand, Role.LIBRARIAN)
    fields.make(Wish("Budget"), kind=Kind.NUMBER, by=by)
    fields.make(Wish("Shooting"), kind=Kind.DATE, by=by)
    for title, budget, day in (("Low", "9.4", "2027-01-31"), ("Mid", "15", "2027-02-01"), ("High", "21", "")):
        values.set_values(clip(brand, title).asset, {"budget": budget, "shooting": day}, by=by)
    return by


@pytest.fixture
def creator(sign_in: SignIn, maker: Member) -> Client:
    return sign_in(Role.CREATOR)


def found(client: Client, query: str) -> set[str]:
    page = client.get(f"{HOME}{query}").content.decode()
    return {title for title in ("Low", "Mid", "High") if f">{title}</a>" in page}


@pytest.mark.parametrize(
    ("typed", "address", "expected"),
    [
        ("?budget.from=10&budget.to=20", "?budget=10..20", {"Mid"}),
        ("?budget.from=10&budget.to=", "?budget=10..", {"Mid", "High"}),
        ("?budget.from=&budget.to=9,5", "?budget=..9.5", {"Low"}),
        ("?shooting.from=2027-02-01&shooting.to=2027-02-28", "?shooting=2027-02-01..2027-02-28", {"Mid"}),
        ("?shooting.to=2027-01-31", "?shooting=..2027-01-31", {"Low"}),
        ("?budget=10..20&budget.from=&budget.to=", "?", {"Low", "Mid", "High"}),
        ("?budget=1..2&budget.from=10&budget.to=20", "?budget=10..20", {"Mid"}),
    ],
)
def test_two_ends_become_one_filter_of_the_address(
    creator: Client, typed: str, address: str, expected: set[str]
) -> None:
    answer = creator.get(f"{HOME}{typed}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{HOME}{address}")
    assert found(creator, address) == expected


@pytest.mark.parametrize(
    ("spoken", "typed", "address"),
    [
        ("en", "1,000", "1000"),
        ("en", "12,345,678", "12345678"),
        ("en", "12.345", "12.345"),
        ("en", "9,5", "9.5"),
        ("de", "1.000", "1000"),
        ("de", "12,345", "12.345"),
        ("de", "9.5", "9.5"),
        ("fr", "1,000", "1.000"),
        ("fr", "1 000", "1000"),
    ],
)
def test_a_number_is_read_as_its_reader_writes_it_and_stands_there_so(
    creator: Client, spoken: str, typed: str, address: str
) -> None:
    asked: Any = {"headers": {"Accept-Language": spoken}}
    answer = creator.get(HOME, {"budget.from": typed}, **asked)
    assert answer.headers["Location"] == f"{HOME}?budget={address}.."
    page = creator.get(answer.headers["Location"], **asked).content.decode()
    shown = page.split('name="budget.from"')[1].split('value="')[1].split('"')[0]
    assert (
        creator.get(HOME, {"budget.from": shown}, **asked).headers["Location"] == answer.headers["Location"]
    )


def test_the_other_filters_and_the_order_stay(creator: Client) -> None:
    answer = creator.get(f"{HOME}?q=state:draft&origin=uploaded&sort=name&budget.from=10")
    assert answer.headers["Location"] == f"{HOME}?q=state%3Adraft&origin=uploaded&budget=10..&sort=name"
    page = creator.get(answer.headers["Location"]).content.decode()
    form = page.split('aria-label="Budget"')[1].split("</form>")[0]
    assert 'name="origin" value="uploaded"' in form
    assert 'name="sort" value="name"' in form
    assert 'type="hidden" name="budget"' not in form


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        ("?budget=10..20", "10", "20"),
        ("?budget=%3E100", "100", ""),
        ("?budget=%3C%3D5.5", "", "5.5"),
        ("?budget=7", "7", "7"),
        ("?budget=nothing", "", ""),
        ("?shooting=2027-02", "2027-02-01", "2027-02-28"),
    ],
)
def test_what_an_address_says_stands_in_the_inputs(
    creator: Client, maker: Member, query: str, low: str, high: str
) -> None:
    name = query[1:].partition("=")[0]
    page = creator.get(f"{HOME}{query}").content.decode()
    form = " ".join(page.split(f'id="from-{name}"')[1].split("</form>")[0].split())
    assert f'name="{name}.from" value="{low}"' in form
    assert f'name="{name}.to" value="{high}"' in form


def test_what_is_no_number_is_said(creator: Client) -> None:
    answer = creator.get(f"{HOME}?budget.from=a lot", follow=True)
    assert answer.status_code == 200
    assert "isn&#x27;t a known filter" in answer.content.decode()


def test_a_field_that_isnt_shown_in_filters_or_is_retired_has_no_range(
    creator: Client, maker: Member
) -> None:
    fields.edit(CustomField.objects.get(key="budget"), Wish("Budget", in_filters=False), by=maker)
    fields.retire(CustomField.objects.get(key="shooting"), by=maker)
    page = creator.get(f"{HOME}?budget.from=10").content.decode()
    assert 'name="budget.from"' not in page
    assert 'name="shooting.from"' not in page
    assert found(creator, "?budget=10..20") == {"Mid"}  # it is still searched by


def test_ranges_ask_the_database_nothing(brand: Brand, maker: Member) -> None:
    def asked(by: Member) -> int:
        with CaptureQueriesContext(connection) as queries:
            facets.count(by)
        return len(queries)

    asked(maker)
    with_ranges = asked(maker)
    for key in ("budget", "shooting"):
        row = CustomField.objects.get(key=key)
        fields.edit(row, Wish(row.title, in_filters=False), by=maker)
    maker.brand.refresh_from_db()
    asked(maker)
    assert asked(maker) == with_ranges
