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


@pytest.mark.parametrize("name", ["v1.2", "1.5x speed", ".hidden", "no suffix"])
def test_a_title_of_a_name_without_suffix_is_the_name(name: str) -> None:
    assert filenames.title_of(name) == name


@given(st.text(max_size=400))
def test_no_name_is_a_path_or_hides_anything(name: str) -> None:
    cleaned = filenames.clean(name)
    assert cleaned
    assert len(cleaned) <= filenames.LONGEST
    assert not set(cleaned) & set("/\\\n\r\x00\u202e\u2066")
    assert filenames.clean(cleaned) == cleaned


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3"


@pytest.mark.parametrize("word", [FAMILY, PERSIAN, SINHALA, "\u2764\ufe0f", "\U0001f1e9\U0001f1ea"])
def test_what_joiners_hold_together_stays_together(word: str) -> None:
    assert filenames.clean(f"{word}.mp4") == f"{word}.mp4"
    assert filenames.title_of(f"{word}.mp4") == word


@pytest.mark.parametrize("word", ["\U0001fae9", "\U0001fa77 launch", "\U00016105", "ത\u0d4d\u200d"])
def test_what_came_with_a_later_unicode_than_pythons_is_no_nothing(word: str) -> None:
    assert filenames.clean(f"{word}.mp4") == f"{word}.mp4"
    assert filenames.title_of(f"{word}.mp4") == word
    assert filenames.for_disk(f"{word}.mp4") == f"{word}.mp4"
    assert filenames.of_title(word) == word.replace(" ", "-")


@pytest.mark.parametrize(
    "name", [".mp4", "  .MOV", "..mp4", "...mp4", " . .mp4", "_.mp4", "__-_.mp4", "….mp4"]
)
def test_a_name_of_dots_alone_gives_no_title(name: str) -> None:
    assert filenames.title_of(name) == "Untitled"


@pytest.mark.parametrize(
    "letter", ["x\u0323\u0302", FAMILY, "\U0001f44d\U0001f3fd", "\U0001f1e9\U0001f1ea", "\u0915\u094d\u0937"]
)
@pytest.mark.parametrize("before", range(8))
def test_a_cut_goes_through_no_letter(letter: str, before: int) -> None:
    cleaned = filenames.clean("x" * before + letter * 200 + ".mp4")
    stem = cleaned.removesuffix("….mp4").lstrip("x" if letter[0] != "x" else "")
    assert len(cleaned) <= filenames.LONGEST
    assert stem.replace(letter, "").strip("x") == ""


def test_the_same_name_composed_or_not_is_one_name() -> None:
    assert filenames.clean("u\u0308ber.mp4") == filenames.clean("\u00fcber.mp4")


def test_a_generated_file_keeps_the_marks_of_its_title() -> None:
    hindi = "\u0939\u093f\u0928\u094d\u0926\u0940"
    assert filenames.of_title(f"{hindi}: {PERSIAN}!") == f"{hindi}-{PERSIAN}"


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("nul.mp4", "_nul.mp4"),
        ("COM1.tar.mp4", "_COM1.tar.mp4"),
        ("a<b>:c|d?.mp4", "a_b__c_d_.mp4"),
        ("ends in dots...", "ends in dots"),
        ("console.mp4", "console.mp4"),
        ("\u202egpj.mp4", "gpj.mp4"),
    ],
)
def test_a_download_has_a_name_that_every_disk_takes(name: str, saved: str) -> None:
    assert filenames.for_disk(name) == saved


@given(st.text(max_size=300))
def test_no_download_has_a_name_too_long_for_a_disk(name: str) -> None:
    assert 0 < len(filenames.for_disk(name).encode()) <= 255
