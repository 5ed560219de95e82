"""The boxes that MP4 and QuickTime files are made of, and whether each ends where it may. Pure.

The C2PA library refuses to sign a file in which one reaches beyond the box around it, which players pass
over; it is as easy-going as they are with the media data itself (c2pa-python 0.38.1).
"""

import itertools
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

# Those that hold boxes and nothing else; `meta` has four bytes before them, but in old QuickTime files.
HOLDERS = {
    *(b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"udta"),
    *(b"moof", b"traf", b"mvex", b"mfra", b"meta", b"tref", b"schi"),
}
# Damage on purpose: no film nests so deep or has so many.
DEEPEST, MOST = 30, 1_000_000
MOST_EDITS = 1000  # looked at
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
NORMAL_RATE = 1 << 16  # in an edit list, a fixed-point number
NOTHING = -1


@dataclass(frozen=True)
class Box:
    """`start`, `inside` (of its contents) and `end` are offsets in bytes; `end` as the box says itself."""

    kind: bytes
    start: int
    inside: int
    end: int


class TooManyBoxes(Exception):
    """There are more boxes than any film has."""


def top_level(file: BinaryIO) -> Iterator[Box]:
    """The outermost boxes in their order, up to one that is shorter than its own header."""
    return _read(file, 0, file.seek(0, os.SEEK_END))


def fault(path: Path) -> str | None:
    """Why the boxes of this file don't hold together, for people; None when they do."""
    with path.open("rb") as file:
        try:
            broken = _broken(file, 0, file.seek(0, os.SEEK_END), depth=0, budget=[MOST])
        except TooManyBoxes:
            return "The file has more parts than any video needs."
    if broken is None:
        return None
    name = broken.kind.decode("ascii", "replace")
    return f"The part “{name}” at byte {broken.start:,} has the wrong length."


def changes_speed(path: Path) -> bool:
    """Whether an edit list asks players for another speed, or to stand still for a while."""
    with path.open("rb") as file:
        places = [(0, file.seek(0, os.SEEK_END))]
        for kind in (b"moov", b"trak", b"edts", b"elst"):
            places = [
                (box.inside, min(box.end, end))
                for start, end in places
                for box in itertools.islice(_read(file, start, end), MOST_EDITS)
                if box.kind == kind
            ]
        return any(_has_rate(file, start, end) for start, end in places[:MOST_EDITS])


def empty_edits(path: Path, track_id: int) -> tuple[tuple[Fraction, Fraction], ...]:
    """When this track of a film shows nothing between two edits that show something: from and to, in seconds.

    FFmpeg knows of those at the beginning alone; in the place of others it plays the film's beginning again.
    """
    with path.open("rb") as file:
        whole = [(0, file.seek(0, os.SEEK_END))]
        movies = inside(file, whole, b"moov")
        headers = inside(file, [(box.inside, box.end) for box in movies], b"mvhd")
        ticks = next((_number_in(file, box, short=12, long=20) for box in headers), 0)
        for track in inside(file, [(box.inside, box.end) for box in movies], b"trak"):
            own = [(track.inside, track.end)]
            named = next((_number_in(file, box, short=12, long=20) for box in inside(file, own, b"tkhd")), 0)
            if named != track_id or not ticks:
                continue
            lists = inside(file, [(box.inside, box.end) for box in inside(file, own, b"edts")], b"elst")
            return _empty(_edits(file, lists[0].inside, lists[0].end), ticks) if lists else ()
    return ()


def _empty(edits: Sequence[tuple[int, int, int]], ticks: int) -> tuple[tuple[Fraction, Fraction], ...]:
    """Of edits (how long, from where, how fast): the empty ones with others before and behind them."""
    found, at = [], 0
    shown = [place for place, (length, time, _rate) in enumerate(edits) if time >= 0 and length > 0]
    for place, (length, time, _rate) in enumerate(edits):
        if time == NOTHING and length > 0 and shown and shown[0] < place < shown[-1]:
            found.append((Fraction(at, ticks), Fraction(at + length, ticks)))
        at += max(length, 0)
    return tuple(found)


def _number_in(file: BinaryIO, box: Box, *, short: int, long: int) -> int:
    """The number of 32 bits that stands so far behind the head of a box, whose version says how far."""
    file.seek(box.inside)
    content = file.read(long + 4)
    at = long if content[:1] == b"\1" else short
    return int.from_bytes(content[at : at + 4])


def xmp(path: Path, *, most: int) -> Iterator[bytes]:
    """The XMP packets of a film (xmp_places); of one that has more than `most` bytes one more than that."""
    with path.open("rb") as file:
        for box, packet in xmp_places(file):
            file.seek(packet)
            yield file.read(min(box.end - packet, most + 1))


def xmp_places(file: BinaryIO) -> Iterator[tuple[Box, int]]:
    """Each box with an XMP packet, and where this begins: boxes of their own, then as QuickTime keeps them.

    None that reaches beyond what is around it.
    """
    whole = (0, file.seek(0, os.SEEK_END))
    for box in inside(file, [whole], b"uuid"):
        file.seek(box.inside)
        if box.end - box.inside > len(XMP_UUID) and file.read(len(XMP_UUID)) == XMP_UUID:
            yield box, box.inside + len(XMP_UUID)
    places = [whole]
    for kind in (b"moov", b"udta"):
        places = [(box.inside, box.end) for box in inside(file, places, kind)]
    for box in inside(file, places, b"XMP_"):
        yield box, box.inside


def inside(file: BinaryIO, places: list[tuple[int, int]], kind: bytes) -> list[Box]:
    """The boxes of this kind in these places of the file that end where they may, MOST_EDITS of them."""
    boxes = (
        box
        for start, end in places
        for box in itertools.islice(_read(file, start, end), MOST)
        if box.kind == kind and box.inside <= box.end <= end
    )
    return list(itertools.islice(boxes, MOST_EDITS))


def _has_rate(file: BinaryIO, start: int, end: int) -> bool:
    return any(time >= 0 and rate != NORMAL_RATE for _, time, rate in _edits(file, start, end))


def _edits(file: BinaryIO, start: int, end: int) -> list[tuple[int, int, int]]:
    """How long each edit of a list is, from where (NOTHING: it is empty), and how fast."""
    file.seek(start)
    head = file.read(8)
    edit = struct.Struct(">QqI" if head[:1] == b"\1" else ">IiI")
    most = min(int.from_bytes(head[4:]), MOST_EDITS, max(0, end - start - 8) // edit.size)
    content = file.read(most * edit.size)
    return list(edit.iter_unpack(content[: len(content) // edit.size * edit.size]))


def _read(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    while start + 8 <= end:
        file.seek(start)
        header = file.read(16)
        size, kind = struct.unpack(">I4s", header[:8])
        inside = start + 8
        if size == 1 and len(header) == 16:
            (size,) = struct.unpack(">Q", header[8:])
            inside = start + 16
        elif size == 0:  # to the end of what is around it
            size = end - start
        yield Box(kind, start, inside, start + size)
        if size < inside - start:
            return
        start += size


def _broken(file: BinaryIO, start: int, end: int, *, depth: int, budget: list[int]) -> Box | None:
    """The first box whose length is wrong."""
    if depth > DEEPEST:
        raise TooManyBoxes
    for box in _read(file, start, end):
        budget[0] -= 1
        if budget[0] < 0:
            raise TooManyBoxes
        if box.end < box.inside:
            return box
        if box.end > end and not (depth == 0 and box.kind == b"mdat"):
            return box
        if box.kind in HOLDERS:
            inside = box.inside + (4 if _is_full(file, box) else 0)
            if broken := _broken(file, inside, box.end, depth=depth + 1, budget=budget):
                return broken
    return None


def _is_full(file: BinaryIO, box: Box) -> bool:
    """Whether a `meta` box has a version before its contents: four zero bytes, and then a box."""
    if box.kind != b"meta":
        return False
    file.seek(box.inside + 4)
    return file.read(4) != b"hdlr"
