"""Days to come as people type them: "30d", "week", "past", "none", or as in the calendar (dates). Pure.

What is relative reaches from this very moment to the end of its last day: "30d" is now and the next 30 days.
"""

import re
from datetime import datetime, time, timedelta

from dam.core.language import gettext as _
from dam.core.language import ngettext
from dam.search import dates, measures
from dam.search.measures import Range

PAST = "past"
NEVER = "none"  # it has no such day
_SPOKEN = {
    **dates.SPOKEN,
    **dict.fromkeys(("vorbei", "abgelaufen", "passé", "passe", "expiré", "expire"), PAST),
    **dict.fromkeys(("keine", "kein", "ohne", "aucun", "aucune", "sans"), NEVER),
}
_NAMED = {"today": 0, "week": 7, "month": 30, "year": 365}
_AHEAD = re.compile(r"(\d{1,4})([dwmy])")
_DAYS_OF = {"d": 1, "w": 7, "m": 30, "y": 365}
_LONGEST = 365 * 100


def tidy(typed: str) -> str | None:
    """One way to write what was typed, or None if it is no such time. What is relative stays so: "30d"."""
    text = "".join(typed.lower().split()).translate(measures.ALIKE)
    text = _SPOKEN.get(text, text)
    if text in (PAST, NEVER) or text in _NAMED or _AHEAD.fullmatch(text):
        return text
    return None if text == dates.YESTERDAY else dates.tidy(typed)


def covered(value: str, at: datetime) -> Range:
    """The moments that a value of `tidy` means, for whoever asks at `at`, where its days begin.

    NEVER means none: ValueError.
    """
    if value == NEVER:
        raise ValueError(value)
    if value == PAST:
        return Range(high=at)
    days = _days(value)
    if days is None:
        low, after = dates.span(value, at.date()).bounds(at)
        return Range(low=low, high=after, high_strict=True)
    after = datetime.combine(at.date() + timedelta(days=days + 1), time.min, tzinfo=at.tzinfo)
    return Range(low=at, low_strict=True, high=after, high_strict=True)


def spoken(value: str) -> str:
    """For a chip: "in the next 30 days", "already past"."""
    if value == PAST:
        return _("already past")
    if value == NEVER:
        return _("no end date")
    days = _days(value)
    if days is None:
        return dates.spoken(value)
    if days == 0:
        return _("today")
    return ngettext("in the next day", "in the next %(count)s days", days) % {"count": days}


def _days(value: str) -> int | None:
    if value in _NAMED:
        return _NAMED[value]
    ahead = _AHEAD.fullmatch(value)
    return min(int(ahead[1]) * _DAYS_OF[ahead[2]], _LONGEST) if ahead else None
