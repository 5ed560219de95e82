"""Comments as files for editing programs: CMX 3600 EDL, FCPXML, OpenTimelineIO. Each is a timeline of one
clip with markers. Pure: strings that are made one after another, however many markers there are.

A frame's place is exact in each: EDL counts in SMPTE timecode (drop-frame for 29.97 and 59.94), FCPXML in
fractions of a second, OpenTimelineIO in frames.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any
from xml.sax.saxutils import quoteattr

from dam.web import timecode

FCPXML_VERSION = "1.9"
_NO_MARKERS = '"markers": null'
SOUND_RATES = (24, 25, 30)  # frames a second of timelines that a sound's markers are taken to and from
LONGEST_NAME = 200  # of a marker, in characters: some programs cut, others refuse
# What XML 1.0 can't say, and what no line of an EDL may hold.
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Clip:
    title: str
    file_name: str
    rate: Fraction
    frames: int
    width: int
    height: int
    is_sound: bool = False  # without a picture, and counted in milliseconds


@dataclass(frozen=True)
class Mark:
    frame: int
    person: str
    words: str
    resolved: bool
    frames: int = 1  # how many, from `frame` on


def counted_in(clip: Clip, marks: Iterable[Mark], *, rate: Fraction) -> tuple[Clip, Iterator[Mark]]:
    """The same on a timeline of another rate: each marker from the frame that it begins in to its last.

    A millisecond is in the frame that is on screen at its end: one that begins within it was read as that.
    """
    share = rate / clip.rate

    def at(frame: int) -> int:
        return math.ceil((frame + 1) * share) - 1

    def moved(mark: Mark) -> Mark:
        first, last = at(mark.frame), at(mark.frame + mark.frames - 1)
        return replace(mark, frame=first, frames=last - first + 1)

    return replace(clip, rate=rate, frames=math.ceil(clip.frames * share)), map(moved, marks)


def edl(clip: Clip, marks: Iterable[Mark], *, hour: int = 0) -> Iterator[str]:
    """CMX 3600 with a marker on each event, as DaVinci Resolve has them. The timeline begins at `hour`."""
    drops = timecode.drops(clip.rate)
    yield f"TITLE: {_line(clip.title)}\nFCM: {'DROP FRAME' if drops else 'NON-DROP FRAME'}\n"
    start = timecode.first_of_hour(hour, rate=clip.rate)
    for number, mark in enumerate(marks, 1):
        at, after = (
            timecode.smpte(start + frame, rate=clip.rate) for frame in (mark.frame, mark.frame + mark.frames)
        )
        colour = "Green" if mark.resolved else "Red"
        words = _line(f"{mark.person}: {mark.words}")[:LONGEST_NAME]
        yield f"\n{number:03}  001      V     C        {at} {after} {at} {after}\n"
        yield f" |C:ResolveColor{colour} |M:{words} |D:{mark.frames}\n"


def fcpxml(clip: Clip, marks: Iterable[Mark], *, hour: int = 0) -> Iterator[str]:
    """Final Cut Pro's interchange: the markers are to-dos, and what is resolved is completed."""
    frame, start = 1 / clip.rate, timecode.first_of_hour(hour, rate=clip.rate)
    title, length = _attribute(clip.title), _seconds(clip.frames * frame)
    size = "" if clip.is_sound else f' width="{clip.width}" height="{clip.height}"'
    clock = f'tcStart={_quoted(start * frame)} tcFormat="{"DF" if timecode.drops(clip.rate) else "NDF"}"'
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
        f'<fcpxml version="{FCPXML_VERSION}">\n  <resources>\n'
        f'    <format id="r1" frameDuration={_quoted(frame)}{size}/>\n'
        f"  </resources>\n  <library>\n    <event name={title}>\n      <project name={title}>\n"
        f'        <sequence format="r1" duration="{length}" {clock}>\n          <spine>\n'
        f'            <gap name={title} offset={_quoted(start * frame)} start="0s" duration="{length}">\n'
    )
    for mark in marks:
        name = _attribute(f"{mark.person}: {' '.join(mark.words.split())}"[:LONGEST_NAME])
        yield (
            f"              <marker start={_quoted(mark.frame * frame)}"
            f" duration={_quoted(mark.frames * frame)}"
            f' value={name} completed="{int(mark.resolved)}" note={_attribute(mark.words)}/>\n'
        )
    yield (
        "            </gap>\n          </spine>\n        </sequence>\n      </project>\n    </event>\n"
        "  </library>\n</fcpxml>\n"
    )


def otio(clip: Clip, marks: Iterable[Mark], *, hour: int = 0) -> Iterator[str]:
    """OpenTimelineIO's own JSON: Timeline.1 with one Clip.2 that has the markers."""
    rate = float(clip.rate)
    whole = json.dumps(_timeline(clip, rate, timecode.first_of_hour(hour, rate=clip.rate)))
    before, after = whole.split(_NO_MARKERS)  # nothing in a text looks like it: there quotes are escaped
    yield f'{before}"markers": ['
    for number, mark in enumerate(marks):
        marker = {
            "OTIO_SCHEMA": "Marker.2",
            "name": mark.person,
            "comment": mark.words,
            "color": "GREEN" if mark.resolved else "RED",
            "marked_range": _range(mark.frame, mark.frames, rate),
            "metadata": {"reelproof": {"resolved": mark.resolved}},
        }
        yield (", " if number else "") + json.dumps(marker)
    yield "]" + after + "\n"


def _timeline(clip: Clip, rate: float, start: int) -> Mapping[str, Any]:
    rest: dict[str, Any] = {"metadata": {}, "effects": [], "enabled": True, "source_range": None}
    row = {
        "OTIO_SCHEMA": "Clip.2",
        **rest,
        "name": clip.title,
        "source_range": _range(0, clip.frames, rate),
        "media_references": {
            "DEFAULT_MEDIA": {"OTIO_SCHEMA": "MissingReference.1", "name": clip.file_name, "metadata": {}}
        },
        "active_media_reference_key": "DEFAULT_MEDIA",
        "markers": None,
    }
    name, kind = ("A1", "Audio") if clip.is_sound else ("V1", "Video")
    track = {"OTIO_SCHEMA": "Track.1", **rest, "name": name, "kind": kind, "markers": []}
    stack = {"OTIO_SCHEMA": "Stack.1", **rest, "name": "tracks", "markers": []}
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "name": clip.title,
        "metadata": {},
        "global_start_time": _time(start, rate),
        "tracks": {**stack, "children": [{**track, "children": [row]}]},
    }


def _range(start: int, frames: int, rate: float) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(start, rate),
        "duration": _time(frames, rate),
    }


def _time(frames: int, rate: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(frames)}


def _seconds(time: Fraction) -> str:
    """
    >>> _seconds(Fraction(1001, 24000)), _seconds(Fraction(2)), _seconds(Fraction(0))
    ('1001/24000s', '2s', '0s')
    """
    return f"{time}s"


def _quoted(time: Fraction) -> str:
    return f'"{_seconds(time)}"'


def _attribute(text: str) -> str:
    return quoteattr(_UNSAYABLE.sub("", text), {"\n": "&#10;", "\r": "", "\t": " "})


def _line(text: str) -> str:
    """One line without the marks that divide one.

    >>> _line("Too dark |D:500\\nhere")
    'Too dark /D:500 here'
    """
    return " ".join(_UNSAYABLE.sub("", text).replace("|", "/").split())


@dataclass(frozen=True)
class Format:
    ending: str
    content_type: str
    pieces: Callable[..., Iterator[str]]


FORMATS: Mapping[str, Format] = {
    "edl": Format("edl", "text/plain; charset=utf-8", edl),
    "fcpxml": Format("fcpxml", "application/xml; charset=utf-8", fcpxml),
    "otio": Format("otio", "application/json; charset=utf-8", otio),
}
