"""Markers and notes out of FCPXML, Final Cut Pro's interchange. Pure. No entity may be declared in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from xml.parsers import expat

from dam.core.language import gettext as _
from provenance.web.marker_reading import places
from provenance.web.marker_reading.places import DEEPEST, UNKNOWN, Reason, Sorting, Unreadable, frame_of

_SECONDS = re.compile(r"(-?\d{1,18})(?:/(\d{1,18}))?s", re.ASCII)
_MARKERS = ("marker", "chapter-marker")


def read(content: bytes, sorting: Sorting) -> None:
    """Take its markers, and the notes of its clips. Raises Unreadable, and ExpatError where it is damaged."""
    _Fcpxml(sorting).read(content)


@dataclass(frozen=True)
class _Said:
    """A marker or a note as the file says it; `at` and `lasts` in seconds of its timeline."""

    timeline: int
    at: Fraction | None  # None where the file says none that can be read
    lasts: Fraction
    place: str
    value: str
    note: str
    is_note: bool = False


@dataclass(frozen=True)
class _Open:
    """An element that is open: its own time `start` stands at `at` of the timeline, both in seconds."""

    name: str
    at: Fraction
    start: Fraction
    lasts: Fraction | None
    timeline: int  # which sequence it is in; 0 for none


class _Fcpxml:
    """Markers stand in the time of what they are in, which stands in the time of what that is in."""

    def __init__(self, sorting: Sorting) -> None:
        self._sorting = sorting
        self._open: list[_Open] = []
        self._after: list[Fraction] = []  # of each open element, where what follows its children begins
        self._starts: dict[str, Fraction] = {}  # of media, by their id
        self._timelines = 0
        self._rates: dict[str, Fraction] = {}  # of formats, by their id
        self._stated: dict[int, Fraction] = {}  # the rate of each timeline
        self._said: list[_Said] = []
        self._note: list[str] | None = None  # the pieces of the one that is open

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._typed
        parser.EntityDeclHandler = self._declared
        parser.StartElementHandler = self._begun
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._worded
        parser.Parse(content, True)
        taken = self._said[0].timeline if self._said else 0
        self._sorting.stated = self._stated.get(taken)
        for said in self._said:
            words, person, cut = places.named(said.value, said.note)
            if said.timeline != taken:
                self._sorting.leave(Reason.OTHER_TIMELINE, said.place, words)
            elif said.at is None:
                self._sorting.leave(Reason.NO_PLACE, said.place, words)
            else:
                self._take(said, said.at, words, person=person, is_cut=cut)

    def _take(self, said: _Said, at: Fraction, words: str, *, person: str, is_cut: bool) -> None:
        sorting = self._sorting
        frame: int | None = frame_of(at, sorting.rate)
        frames = frame_of(said.lasts, sorting.rate)
        if said.is_note and frame == 0 and frames in (0, sorting.length):
            frame, frames = None, 1  # of all of it
        sorting.take(frame, frames, words, place=said.place, person=person, is_cut=is_cut)

    def _typed(self, _name: str, _system: str | None, _public: str | None, has_internal: int) -> None:
        if has_internal:
            self._declared()

    def _declared(self, *_declared: object) -> None:
        raise Unreadable(_("The file declares entities, which isn't allowed. Export it again as FCPXML."))

    def _begun(self, name: str, said: dict[str, str]) -> None:
        if not self._open and name != "fcpxml":
            raise Unreadable(_(UNKNOWN))
        if len(self._open) >= DEEPEST:
            raise Unreadable(_("The file is nested too deeply to be read."))
        if name in _MARKERS and self._open and not self._is_inside("resources"):
            self._mark(said)
        if name == "note" and self._open and self._open[-1].timeline:
            self._note = []
        self._open.append(self._placed(name, said))
        opened = self._open[-1]
        self._after.append(opened.start)

    def _worded(self, text: str) -> None:
        if self._note is not None:
            self._note.append(text)

    def _ended(self, name: str) -> None:
        ended = self._open.pop()
        self._after.pop()
        if name == "note" and self._note is not None:
            self._noted("".join(self._note))
            self._note = None
        if self._open and self._open[-1].name == "spine" and ended.lasts is not None:
            parent = self._open[-1]
            self._after[-1] = parent.start + (ended.at - parent.at) + ended.lasts

    def _is_inside(self, name: str) -> bool:
        return any(each.name == name for each in self._open)

    def _placed(self, name: str, said: Mapping[str, str]) -> _Open:
        start, lasts = seconds_of(said.get("start")), seconds_of(said.get("duration"))
        if name == "asset" and start is not None and self._is_inside("resources"):
            self._starts[said.get("id", "")] = start
        if name == "format" and (frame := seconds_of(said.get("frameDuration"))):
            self._rates[said.get("id", "")] = places.exact_rate(float(1 / frame), own=self._sorting.rate)
        if name == "sequence":
            if not self._is_inside("resources"):
                self._timelines += 1
                if rate := self._rates.get(said.get("format", "")):
                    self._stated[self._timelines] = rate
            begins = seconds_of(said.get("tcStart")) or Fraction(0)
            return _Open(name, Fraction(0), begins, lasts, self._timelines)
        if not self._open:
            return _Open(name, Fraction(0), Fraction(0), None, 0)
        around = self._open[-1]
        offset = seconds_of(said.get("offset"))
        if name in ("spine", "audition") and offset is None:
            return replace(around, name=name)
        if offset is None:
            offset = self._after[-1] if around.name == "spine" else around.start
        if start is None:
            start = (
                self._starts.get(said.get("ref", ""), Fraction(0)) if name == "asset-clip" else Fraction(0)
            )
        timeline = around.timeline if around.name not in ("library", "event") else 0
        return _Open(name, around.at + offset - around.start, start, lasts, timeline)

    def _mark(self, said: Mapping[str, str]) -> None:
        around, start = self._open[-1], seconds_of(said.get("start"))
        places.require_few(len(self._said) + 1)
        at = None
        if start is not None:
            at = around.at + start - around.start
            if around.lasts is not None and not 0 <= start - around.start < around.lasts:
                at = Fraction(-1)  # of a part that was trimmed away
        lasts, place = seconds_of(said.get("duration")) or Fraction(0), said.get("start", "")
        value, note = said.get("value", ""), said.get("note", "")
        self._said.append(_Said(around.timeline, at, lasts, place, value, note))

    def _noted(self, text: str) -> None:
        """A note is on all of the clip that it is in, or of the timeline."""
        around = self._open[-1]
        if text.strip():
            places.require_few(len(self._said) + 1)
            lasts = around.lasts or Fraction(0)
            self._said.append(_Said(around.timeline, around.at, lasts, "", "", text, is_note=True))


def seconds_of(text: str | None) -> Fraction | None:
    """
    >>> seconds_of("1001/24000s"), seconds_of("2s"), seconds_of("1/0s"), seconds_of("soon")
    (Fraction(1001, 24000), Fraction(2, 1), None, None)
    """
    parts = _SECONDS.fullmatch(text.strip()) if text else None
    if parts is None or (parts.group(2) and not int(parts.group(2))):
        return None
    return places.in_ticks(Fraction(int(parts.group(1)), int(parts.group(2) or 1)))
