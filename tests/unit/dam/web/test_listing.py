import uuid
from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from dam.search.query import Filters
from dam.web import listing
from dam.web.listing import Cursor, ListingQuery


def test_an_address_is_read_back_as_it_was_written() -> None:
    query = ListingQuery(words="red bottle", filters=Filters(state=("approved",), tag=("summer", "a&b")))
    assert listing.read(QueryDict(query.address().lstrip("?"))) == query


def test_a_cursor_is_read_back_as_it_was_written() -> None:
    cursor = Cursor(datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC), uuid.uuid4())
    assert Cursor.read(str(cursor)) == cursor


@pytest.mark.parametrize(
    "text",
    ["", "_", "x_y", "2026-03-01_", "2026-03-01T00:00:00_0197f3a2-7c41-4a0e-9d2b-000000000001", "\0_\0"],
)
def test_a_broken_cursor_starts_from_the_beginning(text: str) -> None:
    assert Cursor.read(text) is None


@pytest.mark.parametrize("start", ["-1", "x", "", "9" * 40, "1.5"])
def test_a_broken_start_is_the_beginning(start: str) -> None:
    assert listing.read(QueryDict(f"start={start}")).start == 0


def test_a_filter_is_put_in_and_taken_out() -> None:
    query = ListingQuery(words="red")
    assert query.toggled("state", "draft") == "?q=red&state=draft"
    assert ListingQuery(words="red", filters=Filters(state=("draft",))).toggled("state", "draft") == "?q=red"


def test_a_filter_leads_back_to_the_first_page() -> None:
    assert "start" not in ListingQuery(words="red", start=48).toggled("state", "draft")


@pytest.mark.parametrize("name", ["state", "origin", "credentials", "tag", "by"])
def test_a_value_with_a_nul_is_left_out(name: str) -> None:
    assert listing.read(QueryDict(f"{name}=a%00b&{name}=draft")).filters == {name: ("draft",)}


@pytest.mark.parametrize("name", ["model", "state"])
def test_an_empty_value_is_left_out(name: str) -> None:
    assert not listing.read(QueryDict(f"{name}=&{name}=%20")).filters


def test_a_nul_among_the_words_is_a_space() -> None:
    assert listing.read(QueryDict("q=red%00bottle")).words == "red bottle"
