"""Comments and markers out of CSV: our own, Frame.io's, Premiere's, and others with such columns. Pure."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from dam.audit import export as written
from dam.core import numbers
from dam.core.language import gettext as _
from dam.web import timecode
from provenance.web.marker_reading import places
from provenance.web.marker_reading.places import UNKNOWN, Reason, Sorting, Timed, Unreadable, clean, counted

# What a column is called, the first that is there first: by us, by Frame.io, by Premiere in three languages.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "words": ("comment", "comments", "description", "beschreibung", "text", "note", "notes"),
    "name": ("marker name", "markername", "nom du marqueur"),
    "person": ("person", "commenter", "author", "reviewer"),
    "frame": ("frame",),
    "end_frame": ("end_frame",),
    "begins": (
        *("timecode in", "timecode", "in", "start", "record in", "entrée"),
        *("timecode source in", "timecode source", "start time"),
    ),
    "ends": ("timecode out", "end_timecode", "out", "end", "record out", "sortie", "end time"),
    "lasts": ("duration", "dauer", "durée"),
    "answers": ("reply_to",),
    "deleted": ("deleted_at",),
}
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:\.(\d{1,6}))?", re.ASCII)


def read(text: str, sorting: Sorting, hour: int | None) -> None:
    """Take its rows; a timeline of timecode begins at `hour`, or is told from them.

    Raises Unreadable, and csv.Error where it is damaged.
    """
    first, _line, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):  # which spreadsheets are told
        text, first = rest, rest.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns = [name.strip().lower() for name in next(rows, [])]
    called = _called(columns)
    table = _Table(sorting, by_frame="frame" in called and ("end_frame" in called or "begins" not in called))
    for row in rows:
        if any(map(str.strip, row)):
            table.take({what: _cell(row[at]) for what, at in called.items() if at < len(row)})
    if table.timed:
        sorting.take_timed(table.timed, hour)


def _called(columns: list[str]) -> dict[str, int]:
    """Where each column of COLUMNS stands. Raises Unreadable where there is no sense in the rest without."""
    at = {name: place for place, name in reversed([*enumerate(columns)])}
    called = {}
    for what, names in COLUMNS.items():
        if found := [at[name] for name in names if name in at]:
            called[what] = found[0]
    if not called:
        raise Unreadable(_(UNKNOWN))
    if not called.keys() & {"words", "name"} or not called.keys() & {"frame", "begins"}:
        raise Unreadable(
            _(
                "This table needs a column “comment” or “Description”, and one “frame”, “Timecode In” or"
                " “In”. Rename its columns and try again."
            )
        )
    return called


def _cell(text: str) -> str:
    """What was in it before its apostrophe kept sheets from taking it for a formula."""
    bare = text.removeprefix("'")
    return bare if written.harmless(bare) == text else text


@dataclass
class _Table:
    sorting: Sorting
    by_frame: bool  # rows are by their frame, and not by their timecode

    def __post_init__(self) -> None:
        self.timed: list[Timed] = []

    def take(self, cells: Mapping[str, str]) -> None:
        words, person, _cut = places.named(cells.get("name", ""), cells.get("words", ""))
        person = clean(cells.get("person", "")) or clean(person)
        place = cells.get("begins", "").strip() or cells.get("frame", "").strip()
        if cells.get("answers", "").strip():
            self.sorting.leave(Reason.ANSWER, place, words)
        elif cells.get("deleted", "").strip():
            self.sorting.leave(Reason.DELETED, place)
        elif not place and not cells.get("end_frame", "").strip():
            self.sorting.take(None, 1, words, place="", person=person)
        elif self.by_frame or not cells.get("begins", "").strip():
            self._by_frame(cells, words, place=place, person=person)
        else:
            self._by_time(cells, words, place=place, person=person)

    def _by_frame(self, cells: Mapping[str, str], words: str, *, place: str, person: str) -> None:
        frame = numbers.read(cells.get("frame", "").strip(), digits=9)
        end = cells.get("end_frame", "").strip()
        last = numbers.read(end, digits=9) if end else frame
        if frame is None or last is None or last < frame:
            self.sorting.leave(Reason.NO_PLACE, place, words)
        else:
            frames = last - frame + 1
            self.sorting.take(frame, frames, words, place=place, person=person, exact=True)

    def _by_time(self, cells: Mapping[str, str], words: str, *, place: str, person: str) -> None:
        rate = self.sorting.code_rate
        at = _frames(place, rate)
        lasts = cells.get("lasts", "").strip()
        frames = numbers.read(lasts, digits=9)  # Frame.io counts frames
        if frames is None:
            frames = _frames(lasts, rate)
        end = _frames(cells.get("ends", "").strip(), rate)
        if not frames and at is not None and end is not None:
            frames = end - at
        self.timed.append(Timed(at, place, max(1, frames or 1), words, person))
        places.require_few(len(self.timed))


def _frames(text: str, rate: Fraction) -> int | None:
    """How many frames a timecode or a time of a clock stands for."""
    if (frames := counted(text, rate=rate, drop=timecode.drops(rate))) is not None:
        return frames
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return None
    hours, minutes, seconds = (int(clock.group(each) or 0) for each in (1, 2, 3))
    part = Fraction(int(clock.group(4)), 10 ** len(clock.group(4))) if clock.group(4) else Fraction(0)
    return places.frame_of(hours * 3600 + minutes * 60 + seconds + part, rate)
