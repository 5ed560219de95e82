"""The library's page when what words find stands in another order than the best matches first."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.search import search
from dam.web import listing
from tests.factories import RenditionFactory
from tests.integration.dam.web.conftest import SignIn
from tests.integration.dam.web.test_library import HOME, HTMX, clip, titles


def page_of(client: Client, address: str) -> listing.Listing:
    filled: listing.Listing = client.get(HOME + address).context["listing"]
    return filled


def test_what_words_find_is_offered_the_best_first_and_in_every_order_of_a_list(
    brand: Brand, sign_in: SignIn
) -> None:
    clip(brand, "Lime")
    page = sign_in(Role.CREATOR).get(f"{HOME}?q=lime&sort=name")
    assert page.context["order_title"] == "Best matches first"
    text = page.content.decode()
    assert 'href="?q=lime&amp;sort=name&amp;found=state"' in text
    assert "found=state" not in sign_in(Role.VIEWER).get(f"{HOME}?q=lime").content.decode()
    assert page.context["listing"].query.found is None  # the list's own order is none of a search


def test_found_clips_are_put_in_an_order_that_is_kept_page_by_page_and_with_other_filters(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    for age, title in enumerate(("Lime b", "Lime c", "Lime a")):
        clip(brand, title, age=age)
    clip(brand, "Winter")
    client = sign_in(Role.CREATOR)
    page = client.get(f"{HOME}?q=lime&found=name")
    filled = page.context["listing"]
    assert page.context["order_title"] == "Name"
    assert [card.asset.title for card in filled.cards] == ["Lime a", "Lime b"]
    assert filled.total == 3
    assert titles(client, HOME + filled.next, **HTMX) == ["Lime c"]
    assert page_of(client, filled.next).next == ""
    assert titles(client, f"{HOME}?q=lime&found=oldest") == ["Lime a", "Lime c"]
    assert "found=name" in filled.query.toggled("state", "draft")
    assert '<input type="hidden" form="top-search" name="found" value="name" />' in page.content.decode()
    assert "found" not in filled.query.cleared


def test_an_order_that_is_not_offered_is_the_best_first_page_by_page(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    for title in "abc":
        clip(brand, f"Lime {title}", approved=True)
    viewer = sign_in(Role.VIEWER)
    first = page_of(viewer, "?q=lime&found=state")
    assert first.query.found is None
    assert len({*(card.asset.title for card in first.cards), *titles(viewer, HOME + first.next)}) == 3


@pytest.mark.parametrize("words", ["state:draft", "-winter state:draft"])
def test_where_filters_alone_are_typed_it_is_the_order_of_the_list(
    brand: Brand, sign_in: SignIn, words: str
) -> None:
    for title in ("Lime b", "Lime a", "Winter"):
        clip(brand, title)
    client = sign_in(Role.CREATOR)
    filled = client.get(HOME, {"q": words, "found": "name"}).context["listing"]
    assert [card.asset.title for card in filled.cards][:2] == ["Lime a", "Lime b"]
    assert (filled.query.sort, filled.query.found) == ("name", None)
    assert client.get(HOME, {"q": words, "found": "name", "month": "2026-03"}).status_code == 200


def test_the_page_says_that_only_the_best_are_ordered(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        clip(brand, f"Lime {number}")
    client, says = sign_in(Role.CREATOR), "Only the best 2 matches are in this order"
    assert says not in client.get(f"{HOME}?q=lime&found=name").content.decode()
    monkeypatch.setattr(search, "DEPTH", 2)
    assert says in client.get(f"{HOME}?q=lime&found=name").content.decode()
    assert says not in client.get(f"{HOME}?q=lime").content.decode()


def test_what_is_spelled_alike_stands_in_the_order_under_less_likely(brand: Brand, sign_in: SignIn) -> None:
    for title in ("Lime b", "Lime a"):
        clip(brand, title)
    page = sign_in(Role.CREATOR).get(f"{HOME}?q=limme&found=name")
    assert [card.asset.title for card in page.context["listing"].less_likely] == ["Lime a", "Lime b"]
    assert page.context["listing"].line
    assert "Less likely" in page.content.decode()


def test_numbers_beside_filters_are_of_what_stands_in_the_order(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Lime and a red house")
    clip(brand, "Lime and a house")
    clip(brand, "Lime and a red house, released", approved=True)
    page = sign_in(Role.LIBRARIAN).get(f"{HOME}?q=red+house&found=newest")
    states = next(facet for facet in page.context["facets"] if facet.name == "state")
    filled = page.context["listing"]
    assert sum(value.count for value in states.values) == filled.total == len(filled.cards)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CREATOR])
def test_more_found_clips_need_no_more_queries(
    brand: Brand, sign_in: SignIn, role: Role, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(role)
    asked = []
    for clips in (1, 12):
        for number in range(clips):
            RenditionFactory.create(version=clip(brand, f"Lime {number}", approved=True))
        client.get(f"{HOME}?q=lime")  # notes that they were here
        with django_assert_max_num_queries(40) as best_first:
            client.get(f"{HOME}?q=lime")
        with django_assert_max_num_queries(40) as in_order:
            client.get(f"{HOME}?q=lime&found=name")
        asked.append((len(best_first), len(in_order)))
    assert asked[0] == asked[1]
    assert asked[0][1] <= asked[0][0] + 1
