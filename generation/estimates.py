"""How long a take will run, from how long others ran. Pure; all times in seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from dam.core.language import gettext as _


@dataclass(frozen=True)
class PastRun:
    """A take that was made: what it asked of the machine, and how long that took."""

    pixels: int  # frames × width × height
    steps: int
    seconds: float


def expect(runs: Sequence[PastRun], *, pixels: int, steps: int) -> float | None:
    """Seconds that a take of this size will run, or None when there is no earlier one to judge by.

    Time grows with pixels times steps; the median forgives a run that had to load the model first.
    """
    rates = [run.seconds / (run.pixels * run.steps) for run in runs if run.pixels * run.steps]
    return median(rates) * pixels * steps if rates else None


def left(
    *, started_at: datetime, at: datetime, step: int, steps: int, expected: float | None
) -> float | None:
    """Seconds until the take is done, or None when nobody can tell yet."""
    elapsed = max(0.0, (at - started_at).total_seconds())
    if step > 0:
        return elapsed / step * (steps - step)
    return max(0.0, expected - elapsed) if expected is not None else None


def in_words(seconds: float) -> str:
    """ "about 5 s", "about 40 s", "about 3 min": no more exact than it is known."""
    if seconds < 10:
        return _("about %(seconds)s s") % {"seconds": max(1, round(seconds))}
    if seconds < 55:
        return _("about %(seconds)s s") % {"seconds": round(seconds / 5) * 5}
    return _("about %(seconds)s min") % {"seconds": max(1, round(seconds / 60))}
