"""How much of a clip a reviewer's player has played, as their browser tells it. Pure."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

Spans = tuple[tuple[float, float], ...]  # seconds, from and to

MOST_SPANS = 1_000
LONGEST = 40_000  # characters


@dataclass(frozen=True)
class Watched:
    """Milliseconds that were played at least once, and how long the clip is."""

    played_ms: int
    length_ms: int
    every_frame: bool


def summed_up(kept: Mapping[str, Any]) -> str:
    """What the record of a decision has of it, in words within a line."""
    if kept["every_frame"]:
        return _("played the whole clip")
    percent = 100 * kept["played_ms"] // max(1, kept["length_ms"])
    return _("played %(percent)s%% of the clip") % {"percent": percent}


def spans(told: str) -> Spans:
    """What a browser tells: "[[0, 1.5], [2, 3]]", seconds from and to, as HTMLMediaElement.played has them.

    Empty where it tells nothing that can be read: nothing is made of it then.
    """
    if not told or len(told) > LONGEST:
        return ()
    try:
        found = [(float(start), float(end)) for start, end in json.loads(told)]
    except (ValueError, TypeError, OverflowError, RecursionError):
        return ()
    if len(found) > MOST_SPANS or not all(map(math.isfinite, chain(*found))):
        return ()
    return tuple(found)


def together(one: Spans, other: Spans) -> Spans:
    """What was played in either, in order and joined; the first MOST_SPANS of it.

    >>> together(((2, 3), (0, 1)), ((0.5, 1.5),))
    ((0, 1.5), (2, 3))
    """
    joined: list[tuple[float, float]] = []
    for start, end in sorted((*one, *other)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined[:MOST_SPANS])


def measured(played: Spans, *, length_ms: int | None, frame_ms: float) -> Watched | None:
    """None of what has no length, or was not played.

    A player stops a little before the end and begins a little after the beginning; what is missing of a
    frame is no frame that was missed.
    """
    if not length_ms or not played:
        return None
    length = length_ms / 1000
    within = sorted((max(0.0, start), min(length, end)) for start, end in played)
    gap, seconds, reached, widest = frame_ms / 1000, 0.0, 0.0, 0.0
    for start, end in within:
        widest = max(widest, start - reached)
        seconds += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    widest = max(widest, length - reached)
    return Watched(
        played_ms=min(length_ms, round(seconds * 1000)), length_ms=length_ms, every_frame=widest < gap
    )
