from fractions import Fraction

import pytest

from dam.web import timecode


@pytest.mark.parametrize(
    ("frame", "rate", "shown"),
    [
        (0, Fraction(24), "00:00:00:00"),
        (95, Fraction(24), "00:00:03:23"),
        (96, Fraction(24000, 1001), "00:00:04:00"),
        (25 * 3600 * 2 + 24, Fraction(25), "02:00:00:24"),
        (3, Fraction(1, 2), "00:00:03:00"),
    ],
)
def test_frames_are_counted_in_the_nominal_rate(frame: int, rate: Fraction, shown: str) -> None:
    assert timecode.of_frame(frame, rate=rate) == shown


def test_a_frame_lasts_until_the_next_one_begins() -> None:
    rate = Fraction(24000, 1001)
    assert [timecode.frame_at(ms, rate=rate) for ms in (0, 41, 42, 1000)] == [0, 0, 1, 23]


@pytest.mark.parametrize("rate", ["24", "24000/1001", "30000/1001", "60", "120", "1000"])
def test_a_frames_own_time_in_milliseconds_leads_back_to_it(rate: str) -> None:
    for frame in range(0, 5000, 7):
        milliseconds = round(Fraction(frame) / Fraction(rate) * 1000)
        assert timecode.frame_at(milliseconds, rate=Fraction(rate)) == frame
