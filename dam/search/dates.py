"""Days and spans of days, as people type them: "2026-03", ">2026-01-01", "2026-01..2026-03", "week". Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from dam.core import language
from dam.core.language import gettext as _
from dam.core.language import ngettext, noop
from dam.search import measures

_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_YEAR = re.compile(r"(\d{4})")
_BACK = re.compile(r"(\d{1,4})([dwmy])")
_COMPARED = re.compile(r"(>=|<=|=|>|<)?(.+)")
EARLIEST, LATEST = 1900, 2999

# Spans that end today: how many days, and what a chip says.
RECENT: Mapping[str, tuple[int, str]] = {
    "today": (1, noop("today")),
    "week": (7, noop("in the last 7 days")),
    "month": (30, noop("in the last 30 days")),
    "year": (365, noop("in the last 365 days")),
}
YESTERDAY = "yesterday"
# As they are typed in the other languages of the product.
SPOKEN = {
    **dict.fromkeys(("heute", "aujourd'hui", "aujourd’hui", "aujourdhui"), "today"),
    **dict.fromkeys(("gestern", "hier"), YESTERDAY),
    **dict.fromkeys(("woche", "semaine"), "week"),
    **dict.fromkeys(("monat", "mois"), "month"),
    **dict.fromkeys(("jahr", "an", "année", "annee"), "year"),
}
_DAYS_OF = {"d": 1, "w": 7, "m": 30, "y": 365}


@dataclass(frozen=True)
class Span:
    """From the beginning of `first` to the end of `last`; None: without an end on that side."""

    first: date | None = None
    last: date | None = None

    def bounds(self, at: datetime) -> tuple[datetime | None, datetime | None]:
        """The first moment of it, and the first after it, where `at` is."""
        low = datetime.combine(self.first, time.min, tzinfo=at.tzinfo) if self.first else None
        after = self.last + timedelta(days=1) if self.last else None
        return low, datetime.combine(after, time.min, tzinfo=at.tzinfo) if after else None


def tidy(typed: str) -> str | None:
    """One way to write what was typed, or None if it is no date. What is relative stays so: "week"."""
    text = "".join(typed.lower().split()).translate(measures.ALIKE)
    text = SPOKEN.get(text, text)
    if text in RECENT or text == YESTERDAY or _BACK.fullmatch(text):
        return text
    first, separator, last = text.partition("..")
    if separator:
        start, end = _named(first), _named(last)
        if (first and not start) or (last and not end) or not (first or last):
            return None
        if start and end and start > end:
            first, last, start, end = last, first, end, start
        return f"{_written(first)}..{_written(last)}"
    match = _COMPARED.fullmatch(text)
    if match is None or not _named(match[2]):
        return None
    sign = match[1] or ""
    return f"{'' if sign == '=' else sign}{_written(match[2])}"


def span(value: str, today: date) -> Span:
    """The days that a value of `tidy` means."""
    if value == YESTERDAY:
        return Span(today - timedelta(days=1), today - timedelta(days=1))
    if value in RECENT:
        return Span(today - timedelta(days=RECENT[value][0] - 1), None)
    if back := _BACK.fullmatch(value):
        days = min(int(back[1]) * _DAYS_OF[back[2]], 365 * 100)
        return Span(today - timedelta(days=max(days, 1) - 1), None)
    first, separator, last = value.partition("..")
    if separator:
        start, end = _named(first), _named(last)
        return Span(start[0] if start else None, end[1] if end else None)
    match = _COMPARED.fullmatch(value)
    named = _named(match[2]) if match else None
    if match is None or named is None:
        raise ValueError(value)
    day = timedelta(days=1)
    return {
        ">": Span(named[1] + day, None),
        ">=": Span(named[0], None),
        "<": Span(None, named[0] - day),
        "<=": Span(None, named[1]),
    }.get(match[1] or "", Span(*named))


def ended(value: str, today: date) -> Span:
    """The same, for what can be in days to come, too: "week" ends today, and doesn't mean those after it."""
    found = span(value, today)
    return replace(found, last=today) if value in RECENT or _BACK.fullmatch(value) else found


def spoken(value: str) -> str:
    """For a chip, after what happened then: "in the last 7 days", "after 1 January 2026"."""
    if value in RECENT:
        return _(RECENT[value][1])
    if back := _BACK.fullmatch(value):
        count = int(back[1])
        said = {
            "d": ngettext("in the last day", "in the last %(count)s days", count),
            "w": ngettext("in the last week", "in the last %(count)s weeks", count),
            "m": ngettext("in the last month", "in the last %(count)s months", count),
            "y": ngettext("in the last year", "in the last %(count)s years", count),
        }
        return said[back[2]] % {"count": count}
    first, separator, last = value.partition("..")
    if separator:
        if first and last:
            return _("%(first)s to %(last)s") % {"first": _said(first), "last": _said(last)}
        return (
            (_("from %(day)s") % {"day": _said(first)})
            if first
            else (_("until %(day)s") % {"day": _said(last)})
        )
    match = _COMPARED.fullmatch(value)
    if value == YESTERDAY:
        return _("yesterday")
    if match is None:
        return value
    said = {
        ">": _("after %(day)s"),
        ">=": _("from %(day)s"),
        "<": _("before %(day)s"),
        "<=": _("until %(day)s"),
    }
    return said.get(match[1] or "", "%(day)s") % {"day": _said(match[2])}


def _named(text: str) -> tuple[date, date] | None:
    """The first and the last day of a day, month or year that stands in the calendar."""
    try:
        if match := _DAY.fullmatch(text):
            first = last = date(int(match[1]), int(match[2]), int(match[3]))
        elif match := _DAY_FIRST.fullmatch(text):
            first = last = date(int(match[3]), int(match[2]), int(match[1]))
        elif match := _MONTH.fullmatch(text):
            first = date(int(match[1]), int(match[2]), 1)
            last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        elif match := _YEAR.fullmatch(text):
            first, last = date(int(match[1]), 1, 1), date(int(match[1]), 12, 31)
        else:
            return None
    except ValueError:
        return None
    return (first, last) if EARLIEST <= first.year <= LATEST else None


def _written(text: str) -> str:
    """2026-3-1 and 1.3.2026 as 2026-03-01; a month as 2026-03."""
    if not (named := _named(text)):
        return ""
    if _YEAR.fullmatch(text):
        return text
    return f"{named[0]:%Y-%m}" if _MONTH.fullmatch(text) else named[0].isoformat()


def _said(text: str) -> str:
    named = _named(text)
    if named is None or _YEAR.fullmatch(text):
        return text
    return language.month(named[0]) if _MONTH.fullmatch(text) else language.day(named[0])
