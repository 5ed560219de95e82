"""Days to come, as people type them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dam.search import days_ahead
from dam.search.measures import Range

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 5, 4, 15, 30, tzinfo=BERLIN)


def on(day: int, month: int = 5) -> datetime:
    return datetime(2026, month, day, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("30 D", "30d"),
        ("Past", "past"),
        (" None", "none"),
        ("week", "week"),
        ("2026-6", "2026-06"),
        ("< 2027-01-01", "<2027-01-01"),
        ("2026-05..2026-06", "2026-05..2026-06"),
        ("yesterday", None),
        ("soon", None),
        ("", None),
    ],
)
def test_there_is_one_way_to_write_what_was_typed(typed: str, tidied: str | None) -> None:
    assert days_ahead.tidy(typed) == tidied


@pytest.mark.parametrize(
    ("value", "after"), [("today", on(5)), ("1d", on(6)), ("week", on(12)), ("30d", on(4, 6))]
)
def test_what_is_relative_reaches_from_now_to_the_end_of_its_last_day(value: str, after: datetime) -> None:
    assert days_ahead.covered(value, AT) == Range(low=AT, low_strict=True, high=after, high_strict=True)


def test_what_is_past_has_ended_by_now() -> None:
    assert days_ahead.covered("past", AT) == Range(high=AT)


def test_a_day_of_the_calendar_is_that_day() -> None:
    assert days_ahead.covered("2026-05-09", AT) == Range(low=on(9), high=on(10), high_strict=True)


def test_no_number_of_days_leaves_the_calendar() -> None:
    assert days_ahead.covered("9999y", AT).high.year < 2200


def test_a_chip_says_when() -> None:
    assert [days_ahead.spoken(value) for value in ("past", "none", "today", "1d", "month", "2026-12")] == [
        "already past",
        "no end date",
        "today",
        "in the next day",
        "in the next 30 days",
        "December 2026",
    ]
