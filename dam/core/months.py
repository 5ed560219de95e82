"""A month in weeks: what pages with a calendar are drawn from (templates/components/month.html)."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from dam.core import errors

FIRST_YEAR, LAST_YEAR = 1900, 2999


class NoSuchMonth(errors.Refused):
    """It isn't in the calendar of this program."""

    code = "no_such_month"


@dataclass(frozen=True)
class Entry:
    """A thing of a day, as a link where it has an address."""

    title: str
    address: str = ""
    late: bool = False


@dataclass(frozen=True)
class Day:
    """A day with the first of its things; `words` says how many there are, as a link to all of them."""

    day: date
    entries: Sequence[Entry] = ()
    words: str = ""
    address: str = ""


def read_day(text: str) -> date | None:
    """The day that an address names; None for anything else: addresses are cut and edited."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def read(text: str) -> date:
    """The first day of "2026-12". Raises NoSuchMonth."""
    day = read_day(f"{text}-01") if len(text) == 7 else None
    if day is None:
        raise NoSuchMonth(_("“%(month)s” isn't a month. Use one such as 2026-12.") % {"month": text[:20]})
    return day


def begins(day: date, at: datetime) -> datetime:
    """Its first moment, where `at` is."""
    return datetime.combine(day, time.min, tzinfo=at.tzinfo)


def days(first: date) -> list[date]:
    """Those of the month that begins on `first`."""
    length = calendar.monthrange(first.year, first.month)[1]
    return [first + timedelta(days=number) for number in range(length)]


def weeks(shown: Sequence[Day]) -> list[list[Day | None]]:
    """The days of one month in rows of seven; None beside the month."""
    if not shown:
        return []
    known = {each.day: each for each in shown}
    first = shown[0].day
    rows = calendar.Calendar(_first_week_day()).monthdatescalendar(first.year, first.month)
    return [[known.get(day) for day in week] for week in rows]


def week_days() -> list[str]:
    """Short names, the first of the reader's week first."""
    some = date(2024, 1, 1) + timedelta(days=_first_week_day())  # the first is a Monday
    return [formats.date_format(some + timedelta(days=number), "D") for number in range(7)]


def before(first: date) -> str:
    """The month before, as an address names it; empty where the calendar begins."""
    last = first - timedelta(days=1)
    return f"{last:%Y-%m}" if last.year >= FIRST_YEAR else ""


def behind(first: date) -> str:
    """The month after; empty where the calendar ends."""
    following = (first + timedelta(days=31)).replace(day=1)
    return f"{following:%Y-%m}" if following.year <= LAST_YEAR else ""


def _first_week_day() -> int:
    """As `calendar` counts, Monday being 0."""
    return (int(formats.get_format("FIRST_DAY_OF_WEEK")) - 1) % 7
