"""The days of a campaign, as a form sends them."""

from datetime import date

import pytest

from dam.collections import dates
from dam.collections.dates import Dates, DatesRefused


def test_both_ends_may_be_open() -> None:
    assert dates.read("", " ") == Dates()
    assert dates.read("2026-05-01", "") == Dates(date(2026, 5, 1), None)
    assert dates.read("", "2026-05-01") == Dates(None, date(2026, 5, 1))


def test_a_campaign_may_be_one_day_long() -> None:
    assert dates.read("2026-05-01", "2026-05-01") == Dates(date(2026, 5, 1), date(2026, 5, 1))


def test_an_end_before_the_start_is_refused_with_both() -> None:
    with pytest.raises(DatesRefused) as refused:
        dates.read("2026-05-02", "2026-05-01")
    assert "1 May 2026" in refused.value.message
    assert "2 May 2026" in refused.value.message


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "20260501", "2026-W18-5", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(DatesRefused):
        dates.read(text, "")


def test_they_are_recorded_as_texts() -> None:
    assert str(Dates()) == ""
    assert str(dates.read("2026-05-01", "")) == "2026-05-01.."
    assert str(dates.read("", "2026-05-01")) == "..2026-05-01"
