"""Caption files as people send them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.media import caption_files
from dam.media.caption_files import Format, NotCaptions

SRT = (
    "1\n00:00:01,500 --> 00:00:02,750\nGood <b>morning</b>,\neverybody\n\n2\n00:00:03,0 --> 00:00:05,5\nBye\n"
)
VTT = """WEBVTT - a film
Kind: captions

NOTE
nothing of this --- is read

STYLE
::cue { color: red }

first
00:01.500 --> 00:02.750 align:start position:10%
<v Fred>Good <i.loud>morning</i> &amp; <00:02.000>hello

1:00:00.000 --> 1:00:01.000
an hour later
"""


def cues(text: str, encoding: str = "utf-8") -> list[tuple[int, int, str]]:
    return list(caption_files.read(text.encode(encoding)).cues)


def refusal(text: str | bytes) -> str:
    with pytest.raises(NotCaptions) as refused:
        caption_files.read(text if isinstance(text, bytes) else text.encode())
    return refused.value.message


def test_subrip_is_read_without_its_markup() -> None:
    assert cues(SRT) == [(1500, 2750, "Good morning,\neverybody"), (3000, 5500, "Bye")]


def test_webvtt_is_read_without_notes_styles_settings_voices_and_hours() -> None:
    assert cues(VTT) == [(1500, 2750, "Good morning & hello"), (3_600_000, 3_601_000, "an hour later")]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_line_end_and_encoding_is_read(end: str, encoding: str) -> None:
    assert cues(SRT.replace("\n", end), encoding) == cues(SRT)


def test_windows_1252_is_read_and_told() -> None:
    found = caption_files.read("1\n00:00:01,000 --> 00:00:02,000\nGrüße – “hier”\n".encode("cp1252"))
    assert found.cues[0][2] == "Grüße – “hier”"
    assert "Windows-1252" in found.remarks[0]


@pytest.mark.parametrize("point", [",", "."])
@pytest.mark.parametrize(
    ("said", "ms"), [("5{}5", 5500), ("00:05{}05", 5050), ("1:02:03{}0049", 3_723_004), ("0:07", 7000)]
)
def test_times_have_any_number_of_hours_and_decimals(said: str, ms: int, point: str) -> None:
    assert caption_files.milliseconds(said.format(point)) == ms


@pytest.mark.parametrize("said", ["", "1:60", "1:60:00", "-1", "999:00:00", "1.2.3", "half past"])
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(caption_files.NoTime):
        caption_files.milliseconds(said)


def test_overlapping_ones_stay_in_the_order_of_their_beginnings() -> None:
    assert cues("0:02 --> 0:05\nb\n\n0:01 --> 0:04\na\n") == [(1000, 4000, "a"), (2000, 5000, "b")]


def test_a_missing_empty_line_ends_no_file() -> None:
    assert [text for _s, _e, text in cues("1\n0:01 --> 0:02\none\n2\n0:02 --> 0:03\ntwo")] == ["one", "two"]


def test_one_without_words_or_time_is_left_out_and_told() -> None:
    found = caption_files.read(b"0:01 --> 0:02\n\n0:02 --> 0:02\ngone\n\n0:03 --> 0:04\nhere\n")
    assert [each[2] for each in found.cues] == ["here"]
    assert found.remarks == ("2 captions without words or time were left out.",)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\nfine\n\nwhat is this\nhere\n", "Line 5:"),
        ("1\n00:00:xx,000 --> 00:00:02,000\nfine\n", "Line 2:"),
        ("1\n00:00:02,000 --> 00:00:01,000\nfine\n", "Line 2: it ends before it begins."),
        ("0:01 --> 0:02\n" + "x" * 1001, "Line 2: one caption has more than 1,000 characters."),
    ],
)
def test_what_cant_be_read_is_named_by_its_line(text: str, line: str) -> None:
    assert refusal(text).startswith(line)


def test_what_is_no_text_too_large_or_empty_is_refused() -> None:
    assert "isn't a text file" in refusal(b"\x00\x00\x00\x18ftypmp42")
    assert "larger than 2 MB" in refusal(b"1" * (2 * 1024**2 + 1))
    assert "no captions in it" in refusal("WEBVTT\n")
    assert "broken UTF-16" in refusal(b"\xff\xfe1")
    assert "more than 10,000" in refusal("0:01 --> 0:02\nx\n" * 10_001)


def test_markup_that_is_meant_as_words_is_written_as_words() -> None:
    written = caption_files.write([(0, 1000, "a <b> & c --> d")], Format.VTT)
    assert "a &lt;b&gt; &amp; c --&gt; d" in written
    assert "-->" not in caption_files.write([(0, 1000, "c --> d")], Format.SRT).splitlines()[2]


@given(
    st.lists(
        st.tuples(st.integers(0, 10**8), st.integers(1, 10**6), st.text(min_size=1, max_size=60)), max_size=9
    ),
    st.sampled_from(list(Format)),
)
def test_what_is_written_is_read_back(found: list[tuple[int, int, str]], form: Format) -> None:
    kept = sorted(
        (start, start + length, words)
        for start, length, text in found
        if (words := caption_files.plain(text.encode("utf-8", "ignore").decode()))
        and not set(words) & set("<>{}")
        and "-->" not in words
    )
    if kept:
        assert list(caption_files.read(caption_files.write(kept, form).encode()).cues) == kept


@given(st.binary(max_size=300))
def test_no_bytes_end_the_reading_otherwise(content: bytes) -> None:
    with suppress(NotCaptions):
        caption_files.read(content)
