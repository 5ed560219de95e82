"""XMP that a JPEG has in further segments: joined as it was, or told as unread; never believed in part."""

import hashlib
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dam.media import runner, xmp, xmp_extended
from dam.media.embedded_metadata import XMP
from tests import embedded_factory as factory

NOTE = '<xmpNote:HasExtendedXMP xmlns:xmpNote="http://ns.adobe.com/xmp/note/">{}</xmpNote:HasExtendedXMP>'
MORE = factory.xmp(
    "<dc:title>No</dc:title><dc:description>" + "Long. " * 15_000 + "</dc:description>", source_type=""
)
GUID = hashlib.md5(MORE, usedforsecurity=False).hexdigest().upper()
Pieces = list[tuple[str, int, int, bytes]]  # GUID, length of the whole, place, content


def pieces(content: bytes = MORE, *, guid: str = GUID, size: int = 40_000) -> Pieces:
    return [
        (guid, len(content), place, content[place : place + size]) for place in range(0, len(content), size)
    ]


def segments(parts: Pieces) -> list[bytes]:
    return [
        xmp_extended.MARK + struct.pack(">32sII", guid.encode(), length, place) + content
        for guid, length, place, content in parts
    ]


def jpeg(path: Path, parts: Sequence[bytes], *, guid: str = GUID) -> Path:
    factory.picture(path, packet=factory.xmp("<dc:title>Penguin</dc:title>" + NOTE.format(guid)))
    data = path.read_bytes()
    further = b"".join(b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part for part in parts)
    path.write_bytes(data[:2] + further + data[2:])
    return path


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "backwards"])
@pytest.mark.parametrize("guid", [GUID, GUID.lower()])
def test_what_stands_in_further_segments_is_read(tmp_path: Path, order: int, guid: str) -> None:
    parts = segments(pieces())[::order]
    assert len(parts) == 3
    said = runner.probe(jpeg(tmp_path / "a.jpg", parts, guid=guid)).embedded
    assert said.texts["title"] == "Penguin"  # the packet itself goes first
    assert said.texts["description"].startswith("Long. Long.")
    assert (said.sources["description"], said.unread) == (XMP, ())


def without(place: int) -> Callable[[Pieces], Pieces]:
    return lambda parts: [*parts[:place], *parts[place + 1 :]]


DAMAGED: dict[str, Callable[[Pieces], Pieces]] = {
    "none there": lambda _parts: [],
    "the first missing": without(0),
    "the last missing": without(2),
    "one twice": lambda parts: [*parts, parts[1]],
    "one that reaches into another": lambda parts: [parts[0], (GUID, len(MORE), 39_999, MORE[39_999:80_000])],
    "of another length": lambda parts: [*parts[:2], (GUID, len(MORE) + 1, 80_000, MORE[80_000:])],
    "of no length": lambda _parts: [(GUID, 0, 0, b"")],
    "of four gigabytes": lambda _parts: [(GUID, 0xFFFFFFFF, 0, MORE[:100])],
    "far away": lambda parts: [*parts[:2], (GUID, len(MORE), 0xFFFFFFFF, MORE[80_000:])],
    "of other words": lambda parts: [
        *parts[:2],
        (GUID, len(MORE), 80_000, MORE[80_000:].replace(b"L", b"l")),
    ],
    "of another GUID": lambda parts: [("0" * 32, *part[1:]) for part in parts],
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_of_segments_that_are_not_the_whole_nothing_is_believed(tmp_path: Path, damage: str) -> None:
    said = runner.probe(jpeg(tmp_path / "a.jpg", segments(DAMAGED[damage](pieces())))).embedded
    assert (said.texts["title"], said.unread) == ("Penguin", (XMP,))
    assert "description" not in said.texts


def test_segments_that_end_within_their_head_are_passed_over() -> None:
    cut = [xmp_extended.MARK + b"0" * length for length in (0, 1, 31, 39)]
    assert xmp_extended.joined([*cut, *segments(pieces())], GUID) == MORE


def test_more_than_a_packet_may_have_is_not_joined() -> None:
    content = bytes(xmp.MOST_BYTES + 1)
    guid = hashlib.md5(content, usedforsecurity=False).hexdigest()
    with pytest.raises(xmp.Unreadable, match="too large"):
        xmp_extended.joined(segments(pieces(content, guid=guid)), guid)


def test_the_rest_may_not_be_more_than_xmp_either(tmp_path: Path) -> None:
    content = b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + MORE
    guid = hashlib.md5(content, usedforsecurity=False).hexdigest()
    said = runner.probe(jpeg(tmp_path / "a.jpg", segments(pieces(content, guid=guid)), guid=guid)).embedded
    assert (said.texts["title"], said.unread) == ("Penguin", (XMP,))
