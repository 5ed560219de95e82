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
