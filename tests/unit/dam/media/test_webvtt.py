import re
from fractions import Fraction

import pytest

from dam.media import webvtt

CUE = re.compile(r"(\S+) --> (\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)")


def grid(indexes: list[int], *, columns: int = 5) -> dict[str, object]:
    return {"columns": columns, "rows": 5, "tile_width": 160, "tile_height": 90, "frames": indexes}


def test_each_tile_has_a_cue_with_its_part_of_the_sprite() -> None:
    text = webvtt.thumbnails(grid([1, 4, 7], columns=2), frame_count=9, rate=Fraction(3), picture="sprite")
    assert text == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.000\nsprite#xywh=0,0,160,90\n\n"
        "00:00:01.000 --> 00:00:02.000\nsprite#xywh=160,0,160,90\n\n"
        "00:00:02.000 --> 00:00:03.000\nsprite#xywh=0,90,160,90\n"
    )


@pytest.mark.parametrize("count", [1, 2, 17, 25, 48, 1000, 86_400 * 24])
def test_cues_follow_one_another_from_the_first_frame_to_the_last(count: int) -> None:
    indexes = sorted({(2 * part + 1) * count // 50 for part in range(25)})
    assert indexes[-1] < count
    rate = Fraction(24000, 1001)
    text = webvtt.thumbnails(grid(indexes), frame_count=count, rate=rate, picture="sprite")
    cues = CUE.findall(text)
    assert [cue[0] for cue in cues[1:]] == [cue[1] for cue in cues[:-1]]
    assert cues[0][0] == "00:00:00.000"
    ended = [float(part) for part in cues[-1][1].split(":")]
    assert ended[0] * 3600 + ended[1] * 60 + ended[2] == pytest.approx(float(count / rate), abs=0.001)
    assert len(cues) == len(indexes)


def test_a_tile_lies_within_the_time_that_it_stands_for() -> None:
    indexes = [(2 * part + 1) * 480 // 50 for part in range(25)]
    text = webvtt.thumbnails(grid(indexes), frame_count=480, rate=Fraction(24), picture="sprite")
    for (start, end, *_rest), index in zip(CUE.findall(text), indexes, strict=True):
        seconds = [float(each.rpartition(":")[2]) for each in (start, end)]
        assert seconds[0] <= index / 24 < seconds[1]
