"""Days and spans of days as they are typed."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dam.search import dates
from dam.search.dates import Span

TODAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2026-01..2026-03", date(2026, 1, 1), date(2026, 3, 31)),
        (">2026-01-01", date(2026, 1, 2), None),
        ("<=2026-02", None, date(2026, 2, 28)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("1.3.2026", date(2026, 3, 1), date(2026, 3, 1)),
        ("today", TODAY, None),
        ("yesterday", date(2026, 3, 14), date(2026, 3, 14)),
        ("week", date(2026, 3, 9), None),
        ("7d", date(2026, 3, 9), None),
        ("2026-03..", date(2026, 3, 1), None),
        ("2026-03..2026-01", date(2026, 1, 1), date(2026, 3, 31)),
    ],
)
def test_a_span_is_read_in_many_ways(typed: str, first: date | None, last: date | None) -> None:
    tidied = dates.tidy(typed)
    assert tidied is not None
    assert dates.span(tidied, TODAY) == Span(first, last)
    assert dates.tidy(tidied) == tidied


@pytest.mark.parametrize(
    "typed", ["", "..", "soon", "2026-13", "2026-02-30", ">", "0001", "9999-12-31", "5-6"]
)
def test_what_is_no_date_is_none(typed: str) -> None:
    assert dates.tidy(typed) is None


def test_a_day_begins_where_the_person_is() -> None:
    at = datetime(2026, 3, 15, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
    low, after = dates.span("today", at.date()).bounds(at)
    assert low is not None
    assert low.isoformat() == "2026-03-15T00:00:00+09:00"
    assert after is None


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("today", TODAY, TODAY),
        ("7d", date(2026, 3, 9), TODAY),
        ("yesterday", date(2026, 3, 14), date(2026, 3, 14)),
        (">=2026-03-01", date(2026, 3, 1), None),
    ],
)
def test_of_days_to_come_what_is_relative_means_none(value: str, first: date, last: date | None) -> None:
    assert dates.ended(value, TODAY) == Span(first, last)


def test_a_chip_says_when() -> None:
    said = [dates.spoken(value) for value in ("week", "7d", ">2026-01-01", "2026-01..2026-03", "..2025")]
    assert said == [
        "in the last 7 days",
        "in the last 7 days",
        "after 1 January 2026",
        "January 2026 to March 2026",
        "until 2025",
    ]
