"""Boxes that say more than they hold."""

import io
import struct
from pathlib import Path

import pytest

from dam.media import boxes


def box(kind: bytes, inside: bytes = b"", *, size: int | None = None) -> bytes:
    return struct.pack(">I4s", len(inside) + 8 if size is None else size, kind) + inside


FTYP = box(b"ftyp", b"isom\x00\x00\x02\x00")
MOOV = box(b"moov", box(b"mvhd", bytes(8)) + box(b"trak", box(b"tkhd")))
MDAT = box(b"mdat", bytes(100))


def fault(tmp_path: Path, *parts: bytes) -> str | None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"".join(parts))
    return boxes.fault(path)


def test_boxes_are_read_in_their_order() -> None:
    found = list(boxes.top_level(io.BytesIO(FTYP + MDAT)))
    assert [(item.kind, item.start, item.inside, item.end) for item in found] == [
        (b"ftyp", 0, 8, 16),
        (b"mdat", 16, 24, 124),
    ]


@pytest.mark.parametrize(
    "parts",
    [
        (FTYP, MOOV, MDAT),
        (FTYP, MDAT, MOOV, box(b"free")),
        (FTYP, MOOV, box(b"mdat", bytes(9), size=0)),  # to the end of the file
        (FTYP, MOOV, struct.pack(">I4sQ", 1, b"mdat", 26), bytes(10)),  # a long length
        (FTYP, MOOV, box(b"mdat", bytes(9), size=5000)),  # media data that breaks off can still be signed
        (FTYP, MOOV, MDAT, bytes(3)),  # too little for another
        (FTYP, box(b"moov", box(b"meta", bytes(4) + box(b"hdlr"))), MDAT),
        (FTYP, box(b"moov", box(b"meta", box(b"hdlr"))), MDAT),  # QuickTime's own
    ],
)
def test_a_sound_file_has_no_fault(tmp_path: Path, parts: tuple[bytes, ...]) -> None:
    assert fault(tmp_path, *parts) is None


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("free", (FTYP, MOOV, MDAT, box(b"free", bytes(28), size=5000))),
        ("moov", (FTYP, MDAT, MOOV[:-9])),
        ("free", (FTYP, box(b"free", b"", size=3), MOOV, MDAT)),
        ("trak", (FTYP, box(b"moov", box(b"trak", size=40)), MDAT)),
        ("tkhd", (FTYP, box(b"moov", box(b"trak", box(b"tkhd", size=4))), MDAT)),
        ("mdat", (FTYP, box(b"moov", box(b"mdat", size=99)), MDAT)),
    ],
)
def test_a_wrong_length_is_found_and_named(tmp_path: Path, name: str, parts: tuple[bytes, ...]) -> None:
    assert f"“{name}” at byte" in (fault(tmp_path, *parts) or "")


def test_nesting_on_purpose_is_not_followed_to_its_end(tmp_path: Path) -> None:
    nested = b""
    for _ in range(10_000):
        nested = box(b"moov", nested)
    assert "more parts" in (fault(tmp_path, FTYP, nested) or "")


@pytest.mark.parametrize(
    ("edits", "changes"),
    [
        ([(1000, 0, 1.0)], False),
        ([(500, -1, 0.0), (1000, 40, 1.0)], False),  # nothing is shown at first
        ([(1000, 0, 2.0)], True),
        ([(1000, 0, 1.0), (3000, 40, 0.0)], True),
        ([], False),
    ],
)
@pytest.mark.parametrize("version", [0, 1])
def test_an_edit_list_with_another_speed_is_noticed(
    tmp_path: Path, edits: list[tuple[int, int, float]], changes: bool, version: int
) -> None:
    form = ">QqI" if version else ">IiI"
    inside = b"".join(struct.pack(form, length, time, int(rate * 65536)) for length, time, rate in edits)
    elst = box(b"elst", struct.pack(">B3xI", version, len(edits)) + inside + bytes(20))
    path = tmp_path / "film.mp4"
    path.write_bytes(FTYP + MDAT + box(b"moov", box(b"trak", box(b"edts", elst))))
    assert boxes.changes_speed(path) is changes


def test_an_edit_list_that_says_more_than_it_holds_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    elst = box(b"elst", struct.pack(">II", 0, 2**32 - 1) + b"\1", size=2**31)
    path = tmp_path / "film.mp4"
    path.write_bytes(FTYP + box(b"moov", box(b"trak", box(b"edts", elst)), size=2**31))
    assert not boxes.changes_speed(path)
