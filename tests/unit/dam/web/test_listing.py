import uuid
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from dam.search.orders import Order, Place
from dam.search.query import Filters
from dam.web import listing
from dam.web.listing import ListingQuery


def test_an_address_is_read_back_as_it_was_written() -> None:
    query = ListingQuery(words="red bottle", filters=Filters(state=("approved",), tag=("summer", "a&b")))
    assert listing.read(QueryDict(query.address().lstrip("?")), brand=None) == query


def test_a_place_and_an_order_are_read_back_as_they_were_written() -> None:
    place = Place(0, datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC), uuid.uuid4())
    query = ListingQuery(sort=Order.OLDEST, after=place)
    assert listing.read(QueryDict(query.here.lstrip("?")), brand=None) == query


@pytest.mark.parametrize(
    "text",
    ["", "_", "x_y", "2026-03-01_", "2026-03-01T00:00:00_0197f3a2-7c41-4a0e-9d2b-000000000001", "\0_\0"],
)
def test_a_broken_place_starts_from_the_beginning(text: str) -> None:
    assert listing.read(QueryDict(urlencode({"after": text})), brand=None).after is None


def test_an_unknown_order_is_the_newest_first() -> None:
    assert listing.read(QueryDict("sort=colour"), brand=None).sort is Order.NEWEST


def test_the_order_of_what_words_find_is_read_back_with_its_place_and_beside_the_order_of_a_list() -> None:
    place = Place(0, "lime", uuid.uuid4())
    query = ListingQuery(words="lime", sort=Order.OLDEST, found=Order.NAME, after=place)
    assert listing.read(QueryDict(query.here.lstrip("?")), brand=None) == query


def test_an_order_of_what_is_found_wants_words_and_a_name_that_is_known() -> None:
    assert listing.read(QueryDict("found=name"), brand=None).found is None
    assert listing.read(QueryDict("q=lime&found=colour"), brand=None).found is None
    assert ListingQuery(found=Order.NAME).address() == "?"


@pytest.mark.parametrize("start", ["-1", "x", "", "9" * 40, "1.5"])
def test_a_broken_start_is_the_beginning(start: str) -> None:
    assert listing.read(QueryDict(f"start={start}"), brand=None).start == 0


def test_a_filter_is_put_in_and_taken_out() -> None:
    query = ListingQuery(words="red")
    assert query.toggled("state", "draft") == "?q=red&state=draft"
    assert ListingQuery(words="red", filters=Filters(state=("draft",))).toggled("state", "draft") == "?q=red"


def test_a_filter_leads_back_to_the_first_page() -> None:
    assert "start" not in ListingQuery(words="red", start=48).toggled("state", "draft")


@pytest.mark.parametrize("name", ["state", "origin", "credentials", "tag", "by"])
def test_a_value_with_a_nul_is_left_out(name: str) -> None:
    assert listing.read(QueryDict(f"{name}=a%00b&{name}=draft"), brand=None).filters == {name: ("draft",)}


@pytest.mark.parametrize("name", ["model", "state"])
def test_an_empty_value_is_left_out(name: str) -> None:
    assert not listing.read(QueryDict(f"{name}=&{name}=%20"), brand=None).filters


def test_a_nul_among_the_words_is_a_space() -> None:
    assert listing.read(QueryDict("q=red%00bottle"), brand=None).words == "red bottle"
