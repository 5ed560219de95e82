import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.ingest import filenames


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("summer.mp4", "summer.mp4"),
        ("../../etc/passwd.mp4", "passwd.mp4"),
        ("C:\\clips\\a.mov", "a.mov"),
        ("quote'; $(id) & -i.mp4", "quote'; $(id) & -i.mp4"),
        ("two\nlines\r.mp4", "two lines .mp4"),
        ("evil\u202e4pm.exe", "evil4pm.exe"),
        ("zero\x00byte.mp4", "zerobyte.mp4"),
        ("  spaced   out .mp4 ", "spaced out .mp4"),
        ("", "Untitled"),
        ("..", "Untitled"),
        ("/", "Untitled"),
        ("\u200f\u200e", "Untitled"),
        ("e\u0301te\u0301.mp4", "été.mp4"),
        ("夏.mp4", "夏.mp4"),
    ],
)
def test_a_name_becomes_readable(given_name: str, cleaned: str) -> None:
    assert filenames.clean(given_name) == cleaned


def test_a_long_name_keeps_its_suffix() -> None:
    cleaned = filenames.clean("x" * 300 + ".mp4")
    assert len(cleaned) == filenames.LONGEST
    assert cleaned.endswith("….mp4")


def test_a_title_is_the_name_without_suffix_and_underscores() -> None:
    assert filenames.title_of("in_car-detection.mp4") == "in car-detection"


def test_a_title_of_a_name_without_suffix_is_the_name() -> None:
    assert filenames.title_of(".mp4") == ".mp4"


@given(st.text(max_size=400))
def test_no_name_is_a_path_or_hides_anything(name: str) -> None:
    cleaned = filenames.clean(name)
    assert cleaned
    assert len(cleaned) <= filenames.LONGEST
    assert not set(cleaned) & set("/\\\n\r\x00\u202e\u2066")
    assert filenames.clean(cleaned) == cleaned
