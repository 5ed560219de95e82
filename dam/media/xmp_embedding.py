"""Putting what is known of a file into a copy of it, in XMP, where players and programs look for it.

Runs in the decoder process alone (decoder_process.py). Pictures and sound stay the bytes that they were.
MP4, QuickTime and M4A (XMP specification part 3, 1.2.4), JPEG (1.1.3), PNG (1.1.5) and WebP (the container's
own specification) are written here, further kinds in dam.media.xmp_files. Others aren't written.
"""

import itertools
import os
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from dam.media import boxes, sniffer, xmp, xmp_packet
from dam.media.boxes import XMP_UUID, Box
from dam.media.xmp_files import avif, gif, mp3, svg, tiff, wav
from dam.media.xmp_files.place import PIECE as _PIECE
from dam.media.xmp_files.place import NoPlace, Values, close_box
from dam.media.xmp_files.place import copy as _copy

JPEG_MARK = b"http://ns.adobe.com/xap/1.0/\0"
JPEG_MOST = 0xFFFF - 2 - len(JPEG_MARK)  # of a packet in one segment
PNG_MARK = b"XML:com.adobe.xmp\0"
_WEBP_XMP = 0x04  # of VP8X's flags
_WEBP_ALPHA = 0x10
_MOST_PARTS = 1_000_000


def write(path: Path, out: Path, values: Values) -> None:
    """Copy the file with a packet of these values (xmp_packet.write). Raises NoPlace, xmp.Unreadable."""
    kind = sniffer.read(path)
    writer = _WRITERS.get(kind.label if kind else "")
    if writer is None:
        raise NoPlace(f"{kind.label if kind else 'This kind of file'} isn't written.")
    with path.open("rb") as source, out.open("w+b") as copy:
        try:
            writer(source, copy, values)
        except struct.error as problem:
            raise NoPlace("The file is cut off or damaged.") from problem


def _write_boxes(source: BinaryIO, copy: BinaryIO, values: Values) -> None:
    """A box of its own behind all others, so that no offset changes; the one before becomes free space."""
    shutil.copyfileobj(source, copy, _PIECE)
    end = copy.tell()
    top = list(itertools.islice(boxes.top_level(copy), _MOST_PARTS))
    if not top or top[-1].end != end:
        raise NoPlace("The last part of the file doesn't end where the file does.")
    before, places = b"", list(boxes.xmp_places(copy))
    for box, at in places:
        copy.seek(at)
        before = before or copy.read(min(box.end - at, xmp.MOST_BYTES + 1))
    packet = xmp_packet.write(values, before=before)
    for box, _at in places:
        _free(copy, box)
    last = top[-1]
    # A film in fragments may have a table at its end, which is found from there.
    tail = b""
    if last.kind == b"mfra":
        copy.seek(last.start)
        tail = copy.read(last.end - last.start)
        copy.seek(last.start)
    else:
        close_box(copy, last.start, last.end - last.start)
        copy.seek(end)
    copy.write(struct.pack(">I4s", 8 + len(XMP_UUID) + len(packet), b"uuid") + XMP_UUID + packet + tail)


def _free(file: BinaryIO, box: Box) -> None:
    """Make free space of a box: nothing else moves, and nothing of it stays."""
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.inside)
    left = box.end - box.inside
    while left > 0:
        left -= file.write(bytes(min(left, _PIECE)))


def _write_jpeg(source: BinaryIO, copy: BinaryIO, values: Values) -> None:
    """Behind the segments that have to be first (JFIF, Exif); a packet before is replaced."""
    start = source.read(2)
    first: list[bytes] = []
    others: list[bytes] = []
    before = b""
    for marker, segment in _jpeg_segments(source):
        content = segment[4:]
        if marker == 0xE1 and content.startswith(JPEG_MARK):
            if any(each[4:].startswith(b"MPF\0") for each in others):
                raise NoPlace("The packet stands behind what says where further pictures are.")
            before = before or content[len(JPEG_MARK) :]
        elif not others and (marker == 0xE0 or (marker == 0xE1 and content.startswith(b"Exif\0"))):
            first.append(segment)
        else:
            others.append(segment)
    packet = xmp_packet.write(values, before=before)
    if len(packet) > JPEG_MOST:
        raise NoPlace("The packet is too long for JPEG.")
    ours = b"\xff\xe1" + struct.pack(">H", 2 + len(JPEG_MARK) + len(packet)) + JPEG_MARK + packet
    copy.write(b"".join((start, *first, ours, *others)))
    shutil.copyfileobj(source, copy, _PIECE)


def _jpeg_segments(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The segments between the file's start and its picture, where the file then stands."""
    for _ in range(_MOST_PARTS):
        at = file.tell()
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            raise NoPlace("The file's segments don't follow each other.")
        marker, (size,) = head[1], struct.unpack(">H", head[2:])
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE):  # neither an application's nor a comment
            file.seek(at)
            return
        content = file.read(size - 2)
        if size < 2 or len(content) != size - 2:
            raise NoPlace("The file is cut off.")
        yield marker, head + content
    raise NoPlace("The file has too many segments.")


def _write_png(source: BinaryIO, copy: BinaryIO, values: Values) -> None:
    """Behind the header; a packet before is left out, wherever it stands."""
    start, before = source.read(8), b""
    for kind, size in _png_chunks(source):
        if kind == b"iTXt" and size <= xmp.MOST_BYTES + 100:
            content = source.read(size)
            before = before or _png_packet(content)
    packet = xmp_packet.write(values, before=before)
    content = PNG_MARK + bytes(4) + packet  # not compressed, of no language
    source.seek(len(start))
    copy.write(start)
    for kind, size in _png_chunks(source):
        inside = source.tell()
        if kind == b"iTXt" and source.read(min(size, len(PNG_MARK))) == PNG_MARK:
            continue
        source.seek(inside - 8)
        _copy(source, copy, size + 12)
        if kind == b"IHDR":
            copy.write(struct.pack(">I", len(content)) + b"iTXt" + content)
            copy.write(struct.pack(">I", zlib.crc32(content, zlib.crc32(b"iTXt"))))
        if kind == b"IEND":
            break
    shutil.copyfileobj(source, copy, _PIECE)


def _png_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Kind and length of each; the file stands at its content, and may be moved."""
    for _ in range(_MOST_PARTS):
        at = file.tell()
        size, kind = struct.unpack(">I4s", file.read(8))
        yield kind, size
        if kind == b"IEND":
            file.seek(at + size + 12)
            return
        file.seek(at + size + 12)
    raise NoPlace("The file has too many chunks.")


def _png_packet(content: bytes) -> bytes:
    """The packet of an iTXt chunk, if it is one, as it stands there."""
    if not content.startswith(PNG_MARK):
        return b""
    compressed = content[len(PNG_MARK)] if len(content) > len(PNG_MARK) + 4 else 1
    parts = content[len(PNG_MARK) + 2 :].split(b"\0", 2)  # its language, its keyword in that, its text
    if compressed or len(parts) < 3:
        raise xmp.Unreadable("The packet is compressed, or not where it belongs.")
    return parts[2]


def _write_webp(source: BinaryIO, copy: BinaryIO, values: Values) -> None:
    """At the end, as the format wants it; a file of the simple kind gets the header of the extended one."""
    source.seek(0)
    head = source.read(12)
    end = 8 + struct.unpack("<I", head[4:8])[0]
    chunks = list(_webp_chunks(source, end))
    if not chunks:
        raise NoPlace("The file has no picture.")
    before = b""
    for kind, at, size in chunks:
        if kind == b"XMP ":
            source.seek(at + 8)
            before = before or source.read(min(size, xmp.MOST_BYTES + 1))
    packet = xmp_packet.write(values, before=before)
    copy.write(head)
    copy.write(_webp_header(source, chunks[0]))
    for kind, at, size in chunks:
        if kind in (b"XMP ", b"VP8X"):
            continue
        source.seek(at)
        _copy(source, copy, 8 + size + size % 2)
    copy.write(b"XMP " + struct.pack("<I", len(packet)) + packet + bytes(len(packet) % 2))
    whole = copy.tell() - 8
    if whole >= 1 << 32:
        raise NoPlace("The file would be too long for WebP.")
    copy.seek(4)
    copy.write(struct.pack("<I", whole))


def _webp_chunks(file: BinaryIO, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, place and length of each."""
    at, whole = 12, file.seek(0, os.SEEK_END)
    for _ in range(_MOST_PARTS):
        if at + 8 > end:
            return
        file.seek(at)
        kind, size = struct.unpack("<4sI", file.read(8))
        if at + 8 + size > whole:
            raise NoPlace("The file is cut off.")
        yield kind, at, size
        at += 8 + size + size % 2
    raise NoPlace("The file has too many chunks.")


def _webp_header(file: BinaryIO, first: tuple[bytes, int, int]) -> bytes:
    """VP8X with the flag of XMP: that of the file, or one that says what its picture is."""
    kind, at, size = first
    file.seek(at)
    chunk = file.read(8 + min(size, 18))
    if kind == b"VP8X" and size == 10:
        return chunk[:8] + bytes([chunk[8] | _WEBP_XMP]) + chunk[9:18]
    flags = _WEBP_XMP
    if kind == b"VP8L" and size >= 5 and chunk[8] == 0x2F:
        (bits,) = struct.unpack("<I", chunk[9:13])
        wide, high = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags |= _WEBP_ALPHA if bits >> 28 & 1 else 0
    elif kind == b"VP8 " and chunk[11:14] == b"\x9d\x01\x2a" and size >= 10:
        wide, high = (side & 0x3FFF for side in struct.unpack("<HH", chunk[14:18]))
    else:
        raise NoPlace("The file doesn't say how large its picture is.")
    sides: bytes = (wide - 1).to_bytes(3, "little") + (high - 1).to_bytes(3, "little")
    return b"VP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + sides


_WRITERS: dict[str, Callable[[BinaryIO, BinaryIO, Values], None]] = {
    **dict.fromkeys((sniffer.MP4.label, sniffer.QUICKTIME.label, sniffer.M4A.label), _write_boxes),
    sniffer.JPEG.label: _write_jpeg,
    sniffer.PNG.label: _write_png,
    sniffer.WEBP.label: _write_webp,
    sniffer.AVIF.label: avif.write,
    sniffer.GIF.label: gif.write,
    sniffer.TIFF.label: tiff.write,
    sniffer.SVG.label: svg.write,
    sniffer.WAV.label: wav.write,
    sniffer.MP3.label: mp3.write,
}
