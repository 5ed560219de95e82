"""How many days before a clearance ends a brand's people are told. Pure."""

from collections.abc import Sequence

from dam.core import errors
from dam.core.language import gettext as _

USUAL = "30, 7, 1"
MOST = 5  # reminders of one end
FURTHEST = 365  # days


class ReminderDaysRefused(errors.Refused):
    """They aren't numbers of days, too many, or too far from the end."""

    code = "reminder_days"


def read(typed: str) -> tuple[int, ...]:
    """The days that are named, most first, each once; none for no reminders. Raises ReminderDaysRefused.

    >>> read("1, 30 7")
    (30, 7, 1)
    """
    words = typed.replace(",", " ").replace(";", " ").split()
    days = {int(word) for word in words if word.isascii() and word.isdecimal() and len(word) <= 4}
    if len(days) > MOST or not all(word.isascii() and word.isdecimal() and len(word) <= 4 for word in words):
        raise ReminderDaysRefused(
            _("Enter at most %(most)s numbers of days, separated by commas.") % {"most": MOST}
        )
    if not all(1 <= each <= FURTHEST for each in days):
        raise ReminderDaysRefused(
            _("A reminder can be 1 to %(most)s days before the end.") % {"most": FURTHEST}
        )
    return tuple(sorted(days, reverse=True))


def written(days: Sequence[int]) -> str:
    """As a brand keeps them, and its form shows them."""
    return ", ".join(map(str, days))


def due(left: int, days: Sequence[int]) -> int | None:
    """The reminder that is due with so many days left, today's end being 0: the nearest; None for none yet.

    >>> due(31, (30, 7, 1)), due(30, (30, 7, 1)), due(5, (30, 7, 1)), due(0, (30, 7, 1))
    (None, 30, 7, 1)
    """
    return min((each for each in days if left <= each), default=None)
