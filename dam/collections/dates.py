"""The days of a campaign, from its first to its last. Pure but for its words."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from dam.core import errors, language

FIRST_YEAR, LAST_YEAR = 1900, 9000  # every day between has its moments in every time zone


class DatesRefused(errors.Refused):
    """These can't be the days of a campaign; the message says why."""

    code = "collection_dates"


@dataclass(frozen=True)
class Dates:
    """Either may be open."""

    start: date | None = None
    end: date | None = None

    def __str__(self) -> str:
        """As it is recorded: "2026-05-01..2026-06-30", empty where both are open."""
        if self.start is None and self.end is None:
            return ""
        return "..".join(day.isoformat() if day else "" for day in (self.start, self.end))


def read(start: str, end: str) -> Dates:
    """From a form: empty, or days as "2026-05-01".

    Raises DatesRefused.
    """
    found = Dates(_day(start), _day(end))
    if found.start is not None and found.end is not None and found.end < found.start:
        raise DatesRefused(
            _("The last day, %(end)s, is before the first, %(start)s.")
            % {"end": language.day(found.end), "start": language.day(found.start)}
        )
    return found


def _day(text: str) -> date | None:
    text = text.strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DatesRefused(_("Enter the days as dates, such as 2026-05-01."))
    return day
