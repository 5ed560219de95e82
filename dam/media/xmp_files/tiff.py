"""TIFF: tag 700 of its first directory (XMP specification part 3, 1.1.4). Pillow reads it.

The file is copied as it is, and a directory with the packet put behind it in the place of the first one, so
that no offset of pixels, further pages or Exif changes. The old packet becomes zeros, so that nothing of it
stays; the old directory stays as bytes that nothing points to.
"""

import os
import shutil
import struct
from typing import BinaryIO

from dam.media import xmp, xmp_packet
from dam.media.xmp_files.place import PIECE, NoPlace, Values, exactly

TAG = 700
_BYTE = 1  # the type of the packet's values
_SIZES = {1: 1, 2: 1, 6: 1, 7: 1, 3: 2, 8: 2, 4: 4, 9: 4, 11: 4, 13: 4}  # bytes of a value, of each type
_WIDTHS = {1: 1, 2: 1, 6: 1, 7: 1}  # of the types that a packet may be of
_LONG_TYPES = (4, 9)  # some say that it is numbers of four bytes
_WHERE = {273: 279, 324: 325}  # tags of the offsets of strips and tiles, and of their lengths
_PLAIN = {3: "H", 4: "I"}
_MOST_PAGES = 10_000
_PART = 65_536  # numbers looked at at once


def write(source: BinaryIO, copy: BinaryIO, values: Values) -> None:
    """Raises NoPlace, xmp.Unreadable, struct.error of a file that is cut off."""
    end = source.seek(0, os.SEEK_END)
    source.seek(0)
    head = exactly(source, 8)
    order = {b"II": "<", b"MM": ">"}[head[:2]]
    (first,) = struct.unpack(f"{order}I", head[4:])
    entries, following = _directory(source, order, first)
    start, before = _before(source, order, entries)
    old = range(start, start + len(before))
    _require_whole(source, order, first, end, old=old)
    packet = xmp_packet.write(values, before=before)
    source.seek(0)
    shutil.copyfileobj(source, copy, PIECE)
    copy.seek(start)
    copy.write(bytes(len(before)))
    copy.seek(end)
    copy.write(bytes(end % 2))  # directories and what they point to begin at even offsets
    at = copy.tell()
    copy.write(packet + bytes(len(packet) % 2))
    place = copy.tell()
    if place + 2 + 12 * (len(entries) + 1) + 4 >= 1 << 32:
        raise NoPlace("The file would be too long for TIFF.")
    ours = struct.pack(f"{order}HHII", TAG, _BYTE, len(packet), at)
    others = [entry for entry in entries if _tag(order, entry) != TAG]
    row = sorted([*others, ours], key=lambda entry: _tag(order, entry))
    copy.write(struct.pack(f"{order}H", len(row)) + b"".join(row) + struct.pack(f"{order}I", following))
    copy.seek(4)
    copy.write(struct.pack(f"{order}I", place))


def _directory(file: BinaryIO, order: str, place: int) -> tuple[list[bytes], int]:
    """The entries of twelve bytes of a directory, and where the next one is."""
    file.seek(place)
    (count,) = struct.unpack(f"{order}H", exactly(file, 2))
    content = exactly(file, 12 * count)
    (following,) = struct.unpack(f"{order}I", exactly(file, 4))
    if not count or count == 0xFFFF:
        raise NoPlace("The file's directory is empty or full.")
    return [content[at : at + 12] for at in range(0, len(content), 12)], following


def _tag(order: str, entry: bytes) -> int:
    return int(struct.unpack(f"{order}H", entry[:2])[0])


def _before(file: BinaryIO, order: str, entries: list[bytes]) -> tuple[int, bytes]:
    """The packet, and where it is."""
    for entry in entries:
        tag, kind, count = struct.unpack(f"{order}HHI", entry[:8])
        if tag != TAG:
            continue
        width = 4 if kind in _LONG_TYPES else _WIDTHS.get(kind, 0)
        size = width * count
        if not 4 < size <= xmp.MOST_BYTES:
            raise xmp.Unreadable("The packet has an impossible length.")
        (place,) = struct.unpack(f"{order}I", entry[8:])
        file.seek(place)
        return place, exactly(file, size)
    return 0, b""


def _require_whole(file: BinaryIO, order: str, place: int, end: int, *, old: range) -> None:
    """No strip or tile of any page reaches beyond the file: what is put there would be shown as pixels.

    Nor has anything a part in the packet before (`old`), which goes. Raises NoPlace.
    """
    _require_apart(old, 0, 8)
    seen: set[int] = set()
    while place and place not in seen and len(seen) < _MOST_PAGES:
        entries, following = _directory(file, order, place)
        _require_apart(old, place, 2 + 12 * len(entries) + 4)
        for entry in entries if old else ():
            tag, kind, count = struct.unpack(f"{order}HHI", entry[:8])
            size = _SIZES.get(kind, 8) * count
            if size > 4 and (tag != TAG or seen):
                _require_apart(old, struct.unpack(f"{order}I", entry[8:])[0], size)
        seen.add(place)
        numbers = {_tag(order, entry): entry for entry in entries}
        for where, lengths in _WHERE.items():
            if where in numbers:
                _require_inside(file, order, numbers[where], numbers.get(lengths), end, old=old)
        place = following
    if place:
        raise NoPlace("The file's directories go round in a circle, or are too many.")


def _require_apart(old: range, start: int, size: int) -> None:
    if old and start < old.stop and old.start < start + size:
        raise NoPlace("The packet lies upon other parts of the file.")


def _require_inside(
    file: BinaryIO, order: str, where: bytes, lengths: bytes | None, end: int, *, old: range
) -> None:
    if lengths is None:
        raise NoPlace("The file doesn't say how long its pixels are.")
    _, kind, count = struct.unpack(f"{order}HHI", where[:8])
    _, length_kind, length_count = struct.unpack(f"{order}HHI", lengths[:8])
    if count != length_count or kind not in _PLAIN or length_kind not in _PLAIN:
        raise NoPlace("The file doesn't say where its pixels are as others do.")
    for begin in range(0, count, _PART):
        size = min(_PART, count - begin)
        places = _numbers(file, order, where, begin, size)
        for place, length in zip(places, _numbers(file, order, lengths, begin, size), strict=True):
            if place + length > end:
                raise NoPlace("The file is cut off.")
            _require_apart(old, place, length)


def _numbers(file: BinaryIO, order: str, entry: bytes, begin: int, size: int) -> tuple[int, ...]:
    _, kind, count = struct.unpack(f"{order}HHI", entry[:8])
    width = struct.calcsize(_PLAIN[kind])
    if width * count <= 4:
        content = entry[8 + begin * width : 8 + (begin + size) * width]
    else:
        file.seek(struct.unpack(f"{order}I", entry[8:])[0] + begin * width)
        content = exactly(file, size * width)
    return struct.unpack(f"{order}{size}{_PLAIN[kind]}", content)
