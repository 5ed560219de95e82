from dataclasses import replace
from fractions import Fraction

import pytest

from dam.media import frames

from .test_probe import INFO


def test_frames_are_taken_from_the_middle_of_equal_parts() -> None:
    assert frames.choose(replace(INFO, frame_count=48), count=4) == [6, 18, 30, 42]


def test_a_short_clip_gives_each_frame_once() -> None:
    assert frames.choose(replace(INFO, frame_count=3), count=25) == [0, 1, 2]


def test_frames_can_be_asked_for_by_time() -> None:
    assert frames.choose(replace(INFO, frame_rate=Fraction(24), frame_count=48), every_ms=500) == [
        0,
        12,
        24,
        36,
        47,
    ]


def test_nothing_asked_is_an_error() -> None:
    with pytest.raises(ValueError, match="count or every_ms"):
        frames.choose(INFO)
