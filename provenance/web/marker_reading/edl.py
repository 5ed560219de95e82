"""Markers out of a CMX 3600 EDL: DaVinci Resolve's beside its events, and Avid's locators. Pure."""

import re
from collections.abc import Iterator
from fractions import Fraction

from dam.core import numbers
from dam.web import timecode
from provenance.web.marker_files import LONGEST_NAME
from provenance.web.marker_reading import places
from provenance.web.marker_reading.places import CODE, Sorting, Timed, counted

_EVENT = re.compile(rf"\d{{1,6}}\s.*?({CODE})\s+({CODE})\s*$", re.ASCII)
_LOCATOR = re.compile(rf"\*\s*LOC:\s*({CODE})\s+(\S+)\s*(.*)", re.ASCII)


def is_one(text: str) -> bool:
    for line in text.splitlines():
        if line.strip():
            return line.lstrip().upper().startswith(("TITLE:", "FCM:")) or bool(_EVENT.match(line.strip()))
    return False


def read(text: str, sorting: Sorting, hour: int | None) -> None:
    """Take its markers; the timeline begins at `hour`, or is told from them. Raises Unreadable."""
    events = []
    for event in _events(text, sorting.code_rate):
        events.append(event)
        places.require_few(len(events))
    sorting.take_timed(events, hour)


def _events(text: str, rate: Fraction) -> Iterator[Timed]:
    drops = timecode.drops(rate)
    at: tuple[int | None, str] | None = None
    for line in map(str.strip, text.splitlines()):
        if line.upper().startswith("FCM:"):
            drops = timecode.drops(rate) and "NON" not in line.upper()
        elif line.startswith("|C:") and at is not None:
            yield _marker(at, line)
        elif located := _LOCATOR.match(line):
            code, words = located.group(1), located.group(8)
            yield Timed(counted(code, rate=rate, drop=drops), code, 1, words)
        elif event := _EVENT.match(line):
            code = event.group(1)
            at = counted(code, rate=rate, drop=drops), code


def _marker(at: tuple[int | None, str], line: str) -> Timed:
    """As DaVinci Resolve has it: |C:ResolveColorRed |M:Too dark |D:1"""
    before, _mark, lasts = line.rpartition("|D:")
    frames = numbers.read(lasts.strip(), digits=9)
    words = (line if frames is None else before).partition("|M:")[2]
    return Timed(at[0], at[1], frames or 1, words, is_cut=len(words) >= LONGEST_NAME)
