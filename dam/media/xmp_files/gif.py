"""GIF: an application extension “XMP DataXMP” (XMP specification part 3, 1.1.2).

The packet stands there as it is, and not in blocks of 255 bytes as all else does. A trailer behind it leads
whoever takes its letters for lengths of blocks to the end.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from dam.media import xmp, xmp_packet
from dam.media.xmp_files.place import PIECE, NoPlace, Values, copy, exactly

NAME = b"XMP DataXMP"
TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
_EXTENSION, _IMAGE, _END = 0x21, 0x2C, 0x3B
_APPLICATION = 0xFF
_MOST_BLOCKS = 4_000_000  # a gigabyte of full ones


@dataclass(frozen=True)
class _Part:
    """From `start` to `end`, of what begins with these bytes; of an extension its data from `inside` on."""

    kind: int
    label: int
    name: bytes
    start: int
    inside: int
    end: int


def read(path: Path) -> Iterator[bytes]:
    """Its packets; of one with more than xmp.MOST_BYTES some more than that. Nothing of what is damaged."""
    with path.open("rb") as file:
        try:
            _header(file)
            for part in islice(_parts(file), _MOST_BLOCKS):
                if part.name == NAME:
                    yield _packet(file, part)
        except NoPlace:
            return


def write(source: BinaryIO, out: BinaryIO, values: Values) -> None:
    """Behind the extensions that players look for first; a packet before is left out, wherever it stands.

    Raises NoPlace, xmp.Unreadable.
    """
    header = _header(source)
    parts = list(_parts(source))
    old = [part for part in parts if part.name == NAME]
    packet = xmp_packet.write(values, before=_packet(source, old[0]) if old else b"")
    end = source.seek(0, os.SEEK_END)
    start = len(header)
    for part in parts:
        if part.label != _APPLICATION:
            break
        start = part.end
    source.seek(0)
    exactly(source, 6)
    out.write(b"GIF89a")  # which has extensions
    copy(source, out, len(header) - 6)
    skipped = [(part.start, part.end) for part in old]
    for begin, until in _without(len(header), start, skipped):
        source.seek(begin)
        copy(source, out, until - begin)
    out.write(bytes([_EXTENSION, _APPLICATION, len(NAME)]) + NAME + packet + TRAILER)
    for begin, until in _without(start, end, skipped):
        source.seek(begin)
        copy(source, out, until - begin)
    shutil.copyfileobj(source, out, PIECE)


def _without(start: int, end: int, skipped: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for begin, until in skipped:
        if start <= begin and until <= end:
            yield start, begin
            start = until
    yield start, end


def _header(file: BinaryIO) -> bytes:
    """The first bytes, with the colours of all pictures, after which the file stands."""
    file.seek(0)
    head = exactly(file, 13)
    return head + exactly(file, _colours(head[10]))


def _colours(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _parts(file: BinaryIO) -> Iterator[_Part]:
    """Extensions and pictures up to the end, from where the file stands. Raises NoPlace."""
    budget = [_MOST_BLOCKS]
    while True:
        start = file.tell()
        kind = exactly(file, 1)[0]
        if kind == _END:
            return
        label, name = -1, b""
        if kind == _EXTENSION:
            label, size = exactly(file, 2)
            name = exactly(file, size)
        elif kind == _IMAGE:
            exactly(file, _colours(exactly(file, 9)[8]))
            exactly(file, 1)
        else:
            raise NoPlace("The file's parts don't follow each other.")
        inside = file.tell()
        if kind == _IMAGE or size:
            _pass(file, budget)
        end = file.tell()
        yield _Part(kind, label, name if label == _APPLICATION else b"", start, inside, end)
        file.seek(end)


def _pass(file: BinaryIO, budget: list[int]) -> None:
    """Go behind the blocks that begin here."""
    while size := exactly(file, 1)[0]:
        budget[0] -= 1
        if budget[0] < 0:
            raise NoPlace("The file has too many parts.")
        exactly(file, size)


def _packet(file: BinaryIO, part: _Part) -> bytes:
    file.seek(part.inside)
    content = file.read(min(part.end - part.inside, xmp.MOST_BYTES + len(TRAILER) + 1))
    if content.endswith(TRAILER):
        return content[: -len(TRAILER)]
    return content
