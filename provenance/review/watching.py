"""How much of a clip a reviewer's player has played, as their browser tells it. Pure."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

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


def read(told: str, *, length_ms: int | None, frame_ms: float) -> Watched | None:
    """What a browser tells: "[[0, 1.5], [2, 3]]", seconds from and to, as HTMLMediaElement.played has them.

    None where it tells nothing that can be read: nothing is made of it then. A player stops a little before
    the end and begins a little after the beginning; what is missing of a frame is no frame that was missed.
    """
    if not length_ms or not told or len(told) > LONGEST:
        return None
    try:
        spans = [(float(start), float(end)) for start, end in json.loads(told)]
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    if not spans or len(spans) > MOST_SPANS or not all(map(math.isfinite, chain(*spans))):
        return None
    length = length_ms / 1000
    within = sorted(
        (max(0.0, start), min(length, end)) for start, end in spans if start == start and end == end
    )
    gap, played, reached, widest = frame_ms / 1000, 0.0, 0.0, 0.0
    for start, end in within:
        widest = max(widest, start - reached)
        played += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    widest = max(widest, length - reached)
    return Watched(
        played_ms=min(length_ms, round(played * 1000)), length_ms=length_ms, every_frame=widest < gap
    )
