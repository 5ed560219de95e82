"""Markers out of OpenTimelineIO's JSON: of a timeline, its tracks and its clips. Pure."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from dam.core.language import gettext as _
from dam.web import timecode
from provenance.web.marker_reading import places
from provenance.web.marker_reading.places import DEEPEST, UNKNOWN, Reason, Sorting, Unreadable, frame_of


def read(content: bytes, sorting: Sorting) -> None:
    """Take its markers. Raises Unreadable, and ValueError or RecursionError where it is damaged."""
    _Otio(sorting).read(json.loads(content))


class _Otio:
    """Markers stand in the time of what they are in, which in a track begins where what precedes it ends."""

    def __init__(self, sorting: Sorting) -> None:
        self._sorting = sorting
        self._begins = Fraction(0)  # the timecode of the timeline
        self._lengths: dict[int, Fraction | None] = {}  # by id(): each thing is measured once

    def read(self, root: Any) -> None:
        if not isinstance(root, dict) or "OTIO_SCHEMA" not in root:
            raise Unreadable(_(UNKNOWN))
        top: Any = root
        if _schema(root) == "Timeline":
            self._begins = _time(root.get("global_start_time"), self._sorting.rate) or Fraction(0)
            self._state(root.get("global_start_time"))
            top = root.get("tracks")
        self._walk(top, Fraction(0), depth=0)

    def _walk(self, item: Any, at: Fraction | None, *, depth: int) -> None:
        """Takes the markers of a thing that begins `at` that second of the timeline, and of what is in it."""
        if not isinstance(item, dict):
            return
        if depth > DEEPEST:
            raise Unreadable(_("The file is nested too deeply to be read."))
        start, lasts = _trimmed(item, self._sorting.rate)
        for marker in _all(item.get("markers")):
            self._take(marker, at, start, lasts)
        in_order = _schema(item) == "Track"
        # What a source range cuts off the beginning of its children.
        inner = at - start if at is not None else None
        for child in _all(item.get("children")):
            self._walk(child, inner, depth=depth + 1)
            if in_order and inner is not None and isinstance(child, dict) and _schema(child) != "Transition":
                length = self._length(child, depth=depth)
                inner = inner + length if length is not None else None

    def _take(self, marker: Any, at: Fraction | None, start: Fraction, lasts: Fraction | None) -> None:
        if not isinstance(marker, dict):
            return
        sorting, rate, begins = self._sorting, self._sorting.rate, self._begins
        span = marker.get("marked_range")
        begun = _time(span.get("start_time"), rate) if isinstance(span, dict) else None
        if begun is not None and isinstance(span, dict):
            self._state(span["start_time"])
        lasting = _time(span.get("duration"), rate) if isinstance(span, dict) else None
        name, note = (_text(marker.get(key)) for key in ("name", "comment"))
        ours = isinstance(marker.get("metadata"), dict) and "reelproof" in marker["metadata"]
        words, person = (note, name) if ours else places.named(name, note)[:2]
        if at is None or begun is None:
            sorting.leave(Reason.NO_PLACE, "", words)
            return
        within = begun - start
        if lasts is not None and not 0 <= within < lasts and 0 <= within - begins < lasts:
            within -= begins  # of programs that count from the timeline's own timecode on
        frame = frame_of(at + within, rate)
        if begins and frame >= sorting.length:
            frame = frame_of(at + within - begins, rate)
        elif lasts is not None and not 0 <= within < lasts:
            frame = -1  # of a part that was trimmed away
        place = timecode.at(frame_of(begun, rate), rate=rate) if begun >= 0 else ""
        frames = frame_of(lasting or Fraction(0), rate)
        exact = isinstance(span, dict) and _is_own(span.get("duration"), rate)
        sorting.take(frame, frames, words, place=place, exact=exact, person=places.clean(person))

    def _state(self, time: Any) -> None:
        """Keep the first rate that the file says."""
        if self._sorting.stated is None and _time(time, self._sorting.rate) is not None:
            self._sorting.stated = places.exact_rate(float(time["rate"]), own=self._sorting.rate)

    def _length(self, item: Mapping[str, Any], *, depth: int) -> Fraction | None:
        if id(item) not in self._lengths:
            self._lengths[id(item)] = self._measured(item, depth=depth)
        return self._lengths[id(item)]

    def _measured(self, item: Mapping[str, Any], *, depth: int) -> Fraction | None:
        _start, lasts = _trimmed(item, self._sorting.rate)
        if lasts is not None or depth > DEEPEST:
            return lasts
        children = [each for each in _all(item.get("children")) if isinstance(each, dict)]
        lengths = [self._length(each, depth=depth + 1) for each in children if _schema(each) != "Transition"]
        known = [each for each in lengths if each is not None]
        if not lengths or len(known) < len(lengths):
            return None
        return sum(known, Fraction(0)) if _schema(item) == "Track" else max(known)


def _trimmed(item: Mapping[str, Any], own: Fraction) -> tuple[Fraction, Fraction | None]:
    """Where its own time begins, and how long it lasts where it says so; in seconds."""
    span = item.get("source_range")
    if not isinstance(span, dict):
        span = _available(item)
    if not isinstance(span, dict):
        return Fraction(0), None
    return _time(span.get("start_time"), own) or Fraction(0), _time(span.get("duration"), own)


def _available(item: Mapping[str, Any]) -> Any:
    media = item.get("media_reference")  # of Clip.1; Clip.2 has several, by their keys
    if isinstance(several := item.get("media_references"), dict):
        key = item.get("active_media_reference_key")
        media = several.get(key if isinstance(key, str) else "DEFAULT_MEDIA")
    return media.get("available_range") if isinstance(media, dict) else None


def _schema(item: Mapping[str, Any]) -> str:
    return _text(item.get("OTIO_SCHEMA")).partition(".")[0]


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_own(value: Any, own: Fraction) -> bool:
    """Whether a RationalTime counts at the clip's own rate."""
    return isinstance(value, dict) and value.get("rate") == float(own)


def _time(value: Any, own: Fraction) -> Fraction | None:
    """Seconds of a RationalTime; None where it is none, or is longer than days."""
    if not isinstance(value, dict):
        return None
    count, rate = value.get("value"), value.get("rate")
    for each in (count, rate):
        if isinstance(each, bool) or not isinstance(each, int | float) or not abs(each) < 10**9:
            return None
    assert isinstance(count, int | float)
    assert isinstance(rate, int | float)
    if rate <= Fraction(1, 1000):
        return None
    return places.in_ticks(Fraction(count) / places.exact_rate(rate, own=own))
