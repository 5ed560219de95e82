from fractions import Fraction
from pathlib import Path

import pytest

from dam.media import completeness
from dam.media.errors import FileRefused

HEADER = bytes.fromhex("1a45dfa384") + bytes(4)


def test_a_file_with_all_its_frames_is_whole() -> None:
    assert completeness.check_frames(177, stated=177) == ""


def test_a_few_missing_frames_are_a_warning_and_many_a_refusal() -> None:
    assert (
        completeness.check_frames(95, stated=100) == "Part of the file is missing: it has 95 of 100 frames."
    )
    with pytest.raises(FileRefused, match="50 of 100 frames"):
        completeness.check_frames(50, stated=100)


@pytest.mark.parametrize("start", [0, 3, 100])
@pytest.mark.parametrize("counted_from_zero", [True, False])
def test_a_length_is_counted_from_zero_or_from_the_start(start: int, counted_from_zero: bool) -> None:
    end = Fraction(start + 10)
    stated = end if counted_from_zero else Fraction(10)
    assert completeness.check_seconds(start=Fraction(start), end=end, stated=stated) == ""


def test_a_file_shorter_than_it_says_is_noted_or_refused() -> None:
    assert completeness.check_seconds(start=Fraction(0), end=Fraction(9), stated=Fraction(10))
    with pytest.raises(FileRefused, match=r"5\.0 of 10\.0 seconds"):
        completeness.check_seconds(start=Fraction(0), end=Fraction(5), stated=Fraction(10))


@pytest.mark.parametrize(("present", "outcome"), [(1000, ""), (950, completeness.CUT_OFF)])
def test_matroska_says_how_many_bytes_follow(tmp_path: Path, present: int, outcome: str) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(HEADER + completeness.SEGMENT + b"\x43\xe8" + bytes(present))
    assert completeness.check_segment(path) == outcome


def test_half_of_a_matroska_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(HEADER + completeness.SEGMENT + b"\x43\xe8" + bytes(500))
    with pytest.raises(FileRefused, match="50% of its data"):
        completeness.check_segment(path)


def test_a_live_recording_of_unknown_length_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(HEADER + completeness.SEGMENT + b"\x01" + b"\xff" * 7 + bytes(500))
    assert completeness.check_segment(path) == ""


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b"RIFF\x64\0\0\0AVI " + bytes(96), ""),
        (b"RIFF\x64\0\0\0AVI " + bytes(90), completeness.CUT_OFF),
        (b"RIFF\xff\xff\xff\xffAVI " + bytes(90), ""),
        (b"GIF89a" + b"x" * 90 + b";", ""),
        (b"GIF89a" + b"x" * 90, completeness.CUT_OFF),
        (b"\x89PNG" + b"x" * 90 + b"IEND\xaeB`\x82", ""),
        (b"\x89PNG" + b"x" * 90, completeness.CUT_OFF),
    ],
)
def test_a_file_that_ends_before_its_end_is_noted(tmp_path: Path, content: bytes, outcome: str) -> None:
    (tmp_path / "file").write_bytes(content)
    assert completeness.check_end(tmp_path / "file") == outcome


def test_pictures_that_come_at_the_time_of_others_are_counted() -> None:
    assert completeness.check_times(100, frames=99) == ""
    assert "50 of 100 frames" in completeness.check_times(100, frames=50)


def test_a_recording_cut_anywhere_says_what_cannot_be_decoded() -> None:
    assert completeness.check_beginning(3, pictures=100) == ""
    assert completeness.check_beginning(63, pictures=78).startswith("The first 63 frames")


def asf(size: int, *, stated: int, live: bool = False) -> bytes:
    properties = bytes(24) + stated.to_bytes(8, "little") + bytes(40) + bytes([live]) + bytes(11)
    head = bytes(30) + completeness.ASF_PROPERTIES + properties
    return head + bytes(size - len(head))


def test_windows_media_says_how_many_bytes_it_has(tmp_path: Path) -> None:
    def check(content: bytes) -> str:
        (tmp_path / "file").write_bytes(content)
        return completeness.check_asf(tmp_path / "file")

    assert check(asf(1000, stated=1000)) == ""
    assert check(asf(950, stated=1000)) == completeness.CUT_OFF
    assert check(asf(500, stated=1000, live=True)) == ""
    with pytest.raises(FileRefused, match="50% of its data"):
        check(asf(500, stated=1000))


def test_what_lies_behind_the_last_picture_that_was_found_is_noted() -> None:
    assert completeness.check_read(990, size=1000) == ""
    assert completeness.check_read(500, size=1000) == completeness.UNREAD


def test_a_length_stated_in_frames_is_believed_to_the_frame() -> None:
    lengths = {"start": Fraction(0), "end": Fraction(37, 10), "stated": Fraction(4)}
    assert completeness.check_seconds(**lengths) == ""
    assert completeness.check_seconds(**lengths, unnoticed=completeness.SOME_FRAMES)
