"""MP3: a private frame “XMP” in its ID3v2 tag (XMP specification part 3, 1.2.5; ID3v2.3 and 2.4).

The sound is copied as it is, in constant memory. A file without a tag gets one of version 2.3, which all
players know; ID3v2.2, and a tag that is written so that no byte of it is taken for sound, aren't changed.
"""

import os
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dam.media import xmp, xmp_packet
from dam.media.xmp_files.place import PIECE, NoPlace, Values, copy

OWNER = b"XMP\0"
_HEAD = 10  # bytes of a tag's and of a frame's head
_MOST_FRAMES = 100_000
_MOST_TAG = 1 << 28  # what the length of a tag can say
_HARMLESS_FLAGS = 0x20  # an experiment, which nobody minds


@dataclass(frozen=True)
class _Frame:
    kind: bytes
    start: int
    end: int
    plain: bool  # neither compressed nor encrypted


@dataclass(frozen=True)
class _Tag:
    version: int
    flags: int
    end: int


def read(path: Path) -> Iterator[bytes]:
    """Its packets, each cut behind xmp.MOST_BYTES and one byte more. Nothing of what is damaged."""
    with path.open("rb") as file:
        try:
            tag = _tag(file)
            frames = list(_frames(file, tag)) if tag else []
        except NoPlace:
            return
        for frame in frames:
            if _is_ours(file, frame):
                yield file.read(min(frame.end - file.tell(), xmp.MOST_BYTES + 1))


def write(source: BinaryIO, out: BinaryIO, values: Values) -> None:
    """As the last frame; a packet before is left out. Raises NoPlace, xmp.Unreadable."""
    tag = _tag(source)
    frames = list(_frames(source, tag)) if tag else []
    version, flags, end = (tag.version, tag.flags, tag.end) if tag else (3, 0, 0)
    before, kept = b"", list[_Frame]()
    for frame in frames:
        if _is_ours(source, frame):
            before = before or source.read(min(frame.end - source.tell(), xmp.MOST_BYTES + 1))
        else:
            kept.append(frame)
    packet = xmp_packet.write(values, before=before)
    content = OWNER + packet
    size = _syncsafe(len(content)) if version == 4 else struct.pack(">I", len(content))
    ours = b"PRIV" + size + bytes(2) + content
    whole = sum(frame.end - frame.start for frame in kept) + len(ours)
    if whole >= _MOST_TAG:
        raise NoPlace("The tag would be too long for MP3.")
    out.write(b"ID3" + bytes([version, 0, flags]) + _syncsafe(whole))
    for frame in kept:
        source.seek(frame.start)
        copy(source, out, frame.end - frame.start)
    out.write(ours)
    source.seek(end)
    shutil.copyfileobj(source, out, PIECE)


def _tag(file: BinaryIO) -> _Tag | None:
    """What the tag's head says; none where the file begins with its sound."""
    whole = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(_HEAD)
    if not head.startswith(b"ID3"):
        return None
    if len(head) < _HEAD or head[3] not in (3, 4) or head[5] & ~_HARMLESS_FLAGS:
        raise NoPlace("The file's tag is of a kind that isn't changed.")
    end = _HEAD + _unsafe(head[6:10])
    if end > whole:
        raise NoPlace("The file is cut off.")
    return _Tag(head[3], head[5], end)


def _frames(file: BinaryIO, tag: _Tag) -> Iterator[_Frame]:
    """Up to the padding, which has no frames. Raises NoPlace where their lengths don't add up."""
    at = _HEAD
    for _ in range(_MOST_FRAMES):
        file.seek(at)
        head = file.read(min(_HEAD, tag.end - at))
        if not head.strip(b"\0"):
            return
        if len(head) < _HEAD or not (head[:4].isalnum() and head[:4].upper() == head[:4]):
            raise NoPlace("The file's tag is damaged.")
        size = _unsafe(head[4:8]) if tag.version == 4 else int.from_bytes(head[4:8])
        end = at + _HEAD + size
        if end > tag.end:
            raise NoPlace("A part of the file's tag is longer than the tag.")
        # The second byte of flags says what was done to its contents.
        yield _Frame(head[:4], at, end, plain=not head[9])
        at = end
    raise NoPlace("The file's tag has too many parts.")


def _is_ours(file: BinaryIO, frame: _Frame) -> bool:
    """Whether it is a packet, at which the file then stands."""
    if frame.kind != b"PRIV" or not frame.plain:
        return False
    file.seek(frame.start + _HEAD)
    return file.read(min(len(OWNER), frame.end - frame.start - _HEAD)) == OWNER


def _syncsafe(number: int) -> bytes:
    """In four bytes of which the highest bit is clear."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _unsafe(content: bytes) -> int:
    if any(byte & 0x80 for byte in content):
        raise NoPlace("The file's tag has an impossible length.")
    return sum(byte << shift for byte, shift in zip(content, (21, 14, 7, 0), strict=True))
