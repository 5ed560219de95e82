"""AVIF: an item of its own that describes the picture (HEIF, ISO/IEC 23008-12).

Where the bytes of each item are, `iloc` says, counted from the file's start. The box around it grows, so
every place behind that is moved by as much, those of the samples of an AVIF that moves too. The packet
stands at the end. What says where things are is written anew; all else is copied, in constant memory.
"""

import io
import itertools
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from dam.media import boxes, xmp, xmp_packet
from dam.media.boxes import Box
from dam.media.xmp_files.item_places import Item, ItemPlaces
from dam.media.xmp_files.place import NoPlace, Values, close_box, copy, exactly

CONTENT_TYPE = b"application/rdf+xml"
_MOST_META = 16 * 1024**2  # bytes; that of a picture in a thousand tiles has some ten thousand
_MOST_BOXES = 100_000
_MOST_TABLE = 4 * 1024**2  # bytes that say where the samples of a track are
_MOST_ITEMS = 0xFFFF
_MOST_PACKETS, _MOST_PARTS = 16, 1_000  # and the parts that they lie in: one each, usually
_HEAD = 8  # bytes of a box before its contents
_IN_FILE, _IN_BOX = 0, 1  # how an item's place is counted


@dataclass(frozen=True)
class _Meta:
    """The box that describes all items, by its parts: their kinds and contents, as they were."""

    box: Box
    head: bytes
    parts: tuple[tuple[bytes, bytes], ...]
    places: ItemPlaces
    infos: tuple[bytes, ...]  # the contents of each `infe`
    shown: int  # the item that is the picture
    packets: tuple[int, ...]  # the items that are its packets

    def part(self, kind: bytes) -> bytes:
        return next((content for name, content in self.parts if name == kind), b"")

    def with_part(self, kind: bytes, content: bytes) -> "_Meta":
        parts = tuple((name, content if name == kind else before) for name, before in self.parts)
        return replace(self, parts=parts if self.part(kind) else (*parts, (kind, content)))

    def written(self) -> bytes:
        infos = b"".join(_box(b"infe", info) for info in self.infos)
        wide = _wide(self.part(b"iinf"))
        listed = self.part(b"iinf")[:4] + len(self.infos).to_bytes(wide) + infos
        meta = self.with_part(b"iinf", listed).with_part(b"iloc", self.places.written())
        return _box(b"meta", self.head + b"".join(_box(kind, content) for kind, content in meta.parts))


def read(path: Path) -> Iterator[bytes]:
    """Its packets, each cut behind xmp.MOST_BYTES and one byte more. Nothing of what is damaged."""
    with path.open("rb") as file:
        try:
            meta = _read(file, _top(file))
            packets = [_content(file, meta, number) for number in meta.packets]
        except (NoPlace, struct.error):
            return
    yield from packets


def write(source: BinaryIO, out: BinaryIO, values: Values) -> None:
    """With one item more, or in place of the packet before. Raises NoPlace, xmp.Unreadable, struct.error."""
    top = _top(source)
    meta = _read(source, top)
    whole = top[-1].end
    before = [_content(source, meta, number) for number in meta.packets]
    erased = list(_erased(meta, top))
    packet = xmp_packet.write(values, before=before[0] if before else b"")
    ours = meta if before else _with_item(meta)
    # How long the box gets doesn't hang on the places in it, so they can be counted from that.
    moved = len(_pointing(ours, at=0, size=len(packet)).written()) - (meta.box.end - meta.box.start)
    places = ours.places.moved(moved, around=(meta.box.start, meta.box.end), whole=whole, but=ours.packets)
    grown = _pointing(replace(ours, places=places), at=whole + moved + _HEAD, size=len(packet))
    source.seek(0)
    copy(source, out, meta.box.start)
    out.write(grown.written())
    source.seek(meta.box.end)
    copy(source, out, whole - meta.box.end)
    for at, table in _tables(source, top, by=moved, behind=meta.box.end):
        out.seek(at + (moved if at > meta.box.start else 0))
        out.write(table)
    for start, end in erased:
        out.seek(start + (moved if start > meta.box.start else 0))
        out.write(bytes(end - start))
    last = top[-1]
    if last != meta.box:
        close_box(out, last.start + (moved if last.start > meta.box.start else 0), last.end - last.start)
    out.seek(0, os.SEEK_END)
    out.write(_box(b"mdat", packet))


def _top(file: BinaryIO) -> list[Box]:
    top = list(itertools.islice(boxes.top_level(file), _MOST_BOXES))
    if not top or top[-1].end != file.seek(0, os.SEEK_END):
        raise NoPlace("The last part of the file doesn't end where the file does.")
    if any(box.kind in (b"moof", b"mfra", b"sidx") for box in top):
        raise NoPlace("The file comes in fragments.")
    return top


def _read(file: BinaryIO, top: Sequence[Box]) -> _Meta:
    found = [box for box in top if box.kind == b"meta"]
    if len(found) != 1 or found[0].inside - found[0].start != _HEAD:
        raise NoPlace("The file has no description of its pictures, or two.")
    box = found[0]
    if box.end - box.start > _MOST_META:
        raise NoPlace("The description of the file's pictures is too long.")
    file.seek(box.inside)
    content = exactly(file, box.end - box.inside)
    parts = tuple(_boxes(content[4:]))
    kinds = [kind for kind, _ in parts]
    if any(kinds.count(kind) != 1 for kind in (b"pitm", b"iloc", b"iinf")) or kinds.count(b"iref") > 1:
        raise NoPlace("The file lacks what says where its pictures are, or has it twice.")
    named = dict(parts)
    infos, shown = _infos(named[b"iinf"]), _shown(named[b"pitm"])
    packets = _packets(infos, shown, named.get(b"iref", bytes(4)))
    return _Meta(box, content[:4], parts, ItemPlaces.read(named[b"iloc"]), infos, shown, packets)


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and contents of each. Raises NoPlace where they don't fill what is around them."""
    at = 0
    for box in itertools.islice(boxes.top_level(io.BytesIO(content)), _MOST_BOXES):
        if box.inside - box.start != _HEAD or not box.inside <= box.end <= len(content):
            raise NoPlace("A part of the file is longer than what is around it.")
        yield box.kind, content[box.inside : box.end]
        at = box.end
    if at != len(content):
        raise NoPlace("There is something between the parts of the file.")


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", _HEAD + len(content), kind) + content


def _wide(content: bytes) -> int:
    """How many bytes a number has in `iinf`, `iref` and `pitm`: their version says it."""
    return 4 if content[:1] not in (b"", b"\0") else 2


def _infos(content: bytes) -> tuple[bytes, ...]:
    wide = _wide(content)
    infos = list(_boxes(content[4 + wide :]))
    if len(content) < 4 + wide or int.from_bytes(content[4 : 4 + wide]) != len(infos):
        raise NoPlace("The file doesn't say how many items it has.")
    if any(kind != b"infe" or len(info) < 12 or info[0] not in (2, 3) for kind, info in infos):
        raise NoPlace("The file describes its items in a way that isn't changed.")
    return tuple(info for _, info in infos)


def _named(info: bytes) -> tuple[int, bytes, list[bytes]]:
    """An item's number and kind, and its name and, of a file, its content type and encoding."""
    wide = 2 if info[0] == 2 else 4
    kind = 6 + wide
    return int.from_bytes(info[4 : 4 + wide]), info[kind : kind + 4], info[kind + 4 :].split(b"\0")


def _shown(content: bytes) -> int:
    if len(content) != 4 + _wide(content):
        raise NoPlace("The file doesn't say which of its pictures is shown.")
    return int.from_bytes(content[4:])


def _packets(infos: Sequence[bytes], shown: int, references: bytes) -> tuple[int, ...]:
    """The items that are XMP and describe the picture, or none in particular."""
    described: dict[int, set[int]] = {}
    wide = _wide(references)
    for kind, content in _boxes(references[4:]):
        numbers = [
            int.from_bytes(content[at : at + wide]) for at in (0, *range(wide + 2, len(content), wide))
        ]
        if kind == b"cdsc":
            described.setdefault(numbers[0], set()).update(numbers[1:])
    found = []
    for number, kind, words in map(_named, infos):
        if kind == b"mime" and words[1:2] == [CONTENT_TYPE] and shown in described.get(number, {shown}):
            if any(words[2:3]):
                raise NoPlace("The packet is compressed.")
            found.append(number)
    if len(found) > _MOST_PACKETS:
        raise NoPlace("The file has too many packets.")
    return tuple(found)


def _content(file: BinaryIO, meta: _Meta, number: int) -> bytes:
    """A packet, cut behind xmp.MOST_BYTES and one byte more."""
    item = meta.places.of(number)
    if item.method > _IN_BOX:
        raise NoPlace("The packet is in a place that isn't read.")
    if len(item.extents) > _MOST_PARTS:
        raise NoPlace("The packet is in too many parts.")
    source: BinaryIO = io.BytesIO(meta.part(b"idat")) if item.method == _IN_BOX else file
    whole = source.seek(0, os.SEEK_END)
    content = b""
    for start, end in item.parts():
        if end > whole:
            raise NoPlace("The packet ends beyond the file.")
        source.seek(start)
        content += exactly(source, min(end - start, xmp.MOST_BYTES + 1 - len(content)))
    return content


def _erased(meta: _Meta, top: Sequence[Box]) -> Iterator[tuple[int, int]]:
    """The bytes of the packets before, of which nothing stays. Raises NoPlace where they are others' too."""
    ours = [meta.places.of(number) for number in meta.packets]
    if any(item.method != _IN_FILE for item in ours):
        raise NoPlace("The packet is among what describes the pictures.")
    if sum(len(item.extents) for item in ours) > _MOST_PARTS:
        raise NoPlace("The packets are in too many parts.")
    others = [
        part
        for item in meta.places.items
        if item.method == _IN_FILE and item.number not in meta.packets
        for part in item.parts()
    ]
    for start, end in (part for item in ours for part in item.parts()):
        if not any(box.kind == b"mdat" and box.inside <= start <= end <= box.end for box in top):
            raise NoPlace("The packet isn't where the file's contents are.")
        if any(start < stop and begin < end for begin, stop in others):
            raise NoPlace("The packet lies upon a picture.")
        yield start, end


def _with_item(meta: _Meta) -> _Meta:
    """With an item that describes the picture, whose place isn't known yet."""
    number = max(_named(info)[0] for info in meta.infos) + 1 if meta.infos else 1
    if number > _MOST_ITEMS:
        raise NoPlace("The file has as many items as it can have.")
    info = struct.pack(">B3xHH", 2, number, 0) + b"mimeXMP\0" + CONTENT_TYPE + b"\0"
    references = meta.part(b"iref") or bytes(4)
    wide = _wide(references)
    described = number.to_bytes(wide) + (1).to_bytes(2) + meta.shown.to_bytes(wide)
    return replace(
        meta.with_part(b"iref", references + _box(b"cdsc", described)),
        infos=(*meta.infos, info),
        places=meta.places.with_item(Item(number)),
        packets=(number,),
    )


def _pointing(meta: _Meta, *, at: int, size: int) -> _Meta:
    """With the packet's bytes there."""
    places = meta.places
    for number in meta.packets:
        places = places.with_item(places.placed(number, at=at, size=size))
    return replace(meta, places=places)


def _tables(file: BinaryIO, top: Sequence[Box], *, by: int, behind: int) -> Iterator[tuple[int, bytes]]:
    """Where each table of samples begins, and how it reads once what is behind that place has moved."""
    films = [(box.inside, box.end) for box in top if box.kind == b"moov"]
    tracks = [(box.inside, box.end) for box in boxes.inside(file, films, b"trak")]
    if boxes.inside(file, [*films, *tracks], b"meta"):
        raise NoPlace("A track of the file describes pictures as well.")
    held = tracks
    for kind in (b"mdia", b"minf", b"stbl"):
        held = [(box.inside, box.end) for box in boxes.inside(file, held, kind)]
    for kind, letter in ((b"stco", "I"), (b"co64", "Q")):
        for box in boxes.inside(file, held, kind):
            if box.end - box.inside > _MOST_TABLE:
                raise NoPlace("The file has too many samples.")
            file.seek(box.inside)
            head = exactly(file, 8)
            table = struct.Struct(f">{int.from_bytes(head[4:])}{letter}")
            samples = table.unpack(exactly(file, table.size)) if table.size <= _MOST_TABLE else ()
            if 8 + table.size > box.end - box.inside:
                raise NoPlace("The file has more samples than places for them.")
            yield box.inside + 8, table.pack(*(at + by if at >= behind else at for at in samples))
