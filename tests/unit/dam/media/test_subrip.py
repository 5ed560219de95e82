import time

import pytest

from dam.media import subrip

SUBTITLES = """1
00:00:01,500 --> 00:00:02,750
<font face="Arial"><b>Good</b> morning,
everybody</font>

2
00:00:03,000 --> 00:00:03,000
gone at once

not one

3
01:00:00.000 --> 01:00:01.000
{\\an8}an hour later
"""


def test_subtitles_are_read_without_their_markup() -> None:
    assert subrip.read(SUBTITLES) == [
        (1500, 2750, "Good morning, everybody"),
        (3_600_000, 3_601_000, "an hour later"),
    ]


def test_times_count_from_the_first_frame() -> None:
    assert subrip.read(SUBTITLES, first_ms=2000)[0][:2] == (0, 750)


def test_what_is_no_subtitles_gives_none() -> None:
    assert subrip.read("\0\0 --> nothing") == []


@pytest.mark.parametrize("opened", ["<", "{\\"])
def test_markup_that_is_opened_without_end_takes_no_longer(opened: str) -> None:
    hostile = opened * 200_000
    began = time.process_time()
    assert subrip.read(f"00:00:01,000 --> 00:00:02,000\n{hostile}") == [(1000, 2000, hostile)]
    assert time.process_time() - began < 2


def test_a_number_without_end_is_no_time() -> None:
    began = time.process_time()
    assert subrip.read("1" * 200_000) == []
    assert time.process_time() - began < 2


def test_words_are_written_on_one_line_and_never_as_times() -> None:
    assert subrip.write([(1500, 3_602_750, "Good -->\n morning")]) == (
        "1\n00:00:01,500 --> 01:00:02,750\nGood → morning\n"
    )
