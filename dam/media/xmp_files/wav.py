"""WAV: a chunk `_PMX` (XMP specification part 3, 1.2.6), and the older words of a list `INFO` beside it.

The samples are copied as they are, in constant memory. FFmpeg reads `INFO`.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dam.media import xmp, xmp_packet
from dam.media.xmp_files.place import NoPlace, Values, copy, exactly

CHUNK = b"_PMX"
# Of what there is in INFO; players show it, and know no XMP.
INFO = {"title": b"INAM", "copyright": b"ICOP", "description": b"ICMT", "keywords": b"IKEY"}
_MOST_CHUNKS = 100_000
_MOST_INFO = 1024**2  # bytes of a list


@dataclass(frozen=True)
class _Chunk:
    kind: bytes
    start: int
    size: int  # of its contents, which begin after eight bytes

    @property
    def end(self) -> int:
        return self.start + 8 + self.size


def read(path: Path) -> Iterator[bytes]:
    """Its packets, each cut behind xmp.MOST_BYTES and one byte more. Nothing of what is damaged."""
    with path.open("rb") as file:
        whole = file.seek(0, os.SEEK_END)
        try:
            for chunk in _chunks(file, whole):
                if chunk.kind == CHUNK and chunk.end <= whole:
                    file.seek(chunk.start + 8)
                    yield file.read(min(chunk.size, xmp.MOST_BYTES + 1))
        except NoPlace:
            return


def write(source: BinaryIO, out: BinaryIO, values: Values) -> None:
    """Behind all other chunks. Raises NoPlace, xmp.Unreadable, struct.error of a file that is cut off."""
    whole = source.seek(0, os.SEEK_END)
    source.seek(0)
    head = exactly(source, 12)
    (said,) = struct.unpack("<I", head[4:8])
    chunks = list(_chunks(source, whole))
    # A recorder that was stopped says other lengths: what is put behind would be played.
    if not chunks or chunks[-1].end > whole or whole - chunks[-1].end > 1 or not -1 <= whole - 8 - said <= 1:
        raise NoPlace("The file has another length than it says, or is cut off.")
    before, words = b"", list[tuple[bytes, bytes]]()
    others = []
    for chunk in chunks:
        source.seek(chunk.start + 8)
        if chunk.kind == CHUNK:
            before = before or source.read(min(chunk.size, xmp.MOST_BYTES + 1))
        elif chunk.kind == b"LIST" and 4 <= chunk.size <= _MOST_INFO and source.read(4) == b"INFO":
            words += _words(exactly(source, chunk.size - 4))
        else:
            others.append(chunk)
    packet = xmp_packet.write(values, before=before)
    out.write(head)
    for chunk in others:
        source.seek(chunk.start)
        copy(source, out, 8 + chunk.size)
        out.write(bytes(chunk.size % 2))
    listed = b"".join(_chunk(*word) for word in _replaced(words, values))
    if listed:
        out.write(_chunk(b"LIST", b"INFO" + listed))
    out.write(_chunk(CHUNK, packet))
    size = out.tell() - 8
    if size >= 1 << 32:
        raise NoPlace("The file would be too long for WAV.")
    out.seek(4)
    out.write(struct.pack("<I", size))


def _replaced(words: list[tuple[bytes, bytes]], values: Values) -> list[tuple[bytes, bytes]]:
    """The words of INFO with ours in the place of those before."""
    given = {}
    for name, kind in INFO.items():
        if value := values.get(name):
            text = value if isinstance(value, str) else "; ".join(value)
            given[kind] = text.replace("\0", "\ufffd").encode("utf-8", "replace") + b"\0"
    return [*((kind, text) for kind, text in words if kind not in given), *given.items()]


def _words(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each with its kind. Raises NoPlace where lengths don't add up."""
    at = 0
    while at + 8 <= len(content):
        kind, size = struct.unpack_from("<4sI", content, at)
        if at + 8 + size > len(content):
            raise NoPlace("The list of words in the file is damaged.")
        yield kind, content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(content)) + content + bytes(len(content) % 2)


def _chunks(file: BinaryIO, whole: int) -> Iterator[_Chunk]:
    """Each of which the head is there; its end may be beyond the file."""
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > whole:
            return
        file.seek(at)
        chunk = _Chunk(*_head(exactly(file, 8), at))
        yield chunk
        at = chunk.end + chunk.size % 2
    raise NoPlace("The file has too many chunks.")


def _head(content: bytes, at: int) -> tuple[bytes, int, int]:
    kind, size = struct.unpack("<4sI", content)
    return kind, at, size
