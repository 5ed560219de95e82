from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.media import probe
from dam.media.probe import MediaInfo

INFO = MediaInfo(
    container="MP4",
    video_codec="h264",
    video_index=0,
    width=720,
    height=576,
    rotation=0,
    mirrored=False,
    pixel_aspect=Fraction(16, 15),
    pixel_format="yuv420p",
    transfer="sdr",
    interlaced=False,
    frame_rate=Fraction(24000, 1001),
    variable_rate=False,
    frame_count=48,
    duration_ms=2002,
    first_pts=Fraction(1, 3),
    warnings=("Its sound can't be decoded.",),
)


def test_facts_survive_json() -> None:
    assert MediaInfo.from_json(INFO.to_json()) == INFO


def test_an_unknown_key_is_ignored() -> None:
    assert MediaInfo.from_json(INFO.to_json() | {"later": 1}) == INFO


def test_shown_width_is_in_square_pixels() -> None:
    assert INFO.shown_width == 768


def test_sound_is_told_by_its_stream() -> None:
    assert not INFO.has_audio
    assert replace(INFO, audio_index=1).has_audio


@pytest.mark.parametrize("rate", ["24000/1001", "24", "25", "30000/1001", "30", "25/2", "60000/1001", "60"])
@pytest.mark.parametrize("tick", [Fraction(1, 1000), Fraction(1, 90_000), Fraction(1, 11_456)])
def test_a_constant_rate_is_found_through_rounded_time_stamps(rate: str, tick: Fraction) -> None:
    wanted = Fraction(rate)
    pts = [round(n / wanted / tick) for n in range(240)]
    timing = probe.measure_timing(pts, time_base=tick, declared=[wanted])
    assert (timing.frame_rate, timing.variable_rate, timing.frame_count) == (wanted, False, 240)


def test_a_false_declared_rate_is_not_believed() -> None:
    timing = probe.measure_timing(
        [n * 40 for n in range(50)], time_base=Fraction(1, 1000), declared=[Fraction(60_000), Fraction(1000)]
    )
    assert timing.frame_rate == 25


def test_order_of_packets_does_not_matter() -> None:
    timing = probe.measure_timing([0, 3, 1, 2, 6, 4, 5], time_base=Fraction(1, 25), declared=[])
    assert (timing.frame_rate, timing.variable_rate) == (Fraction(25), False)


def test_missing_frames_keep_the_rate_and_leave_holes() -> None:
    timing = probe.measure_timing(
        [0, 1, 2, 3, 5, 6, 7, 8, 9], time_base=Fraction(1, 24), declared=[Fraction(24)]
    )
    assert (timing.frame_rate, timing.variable_rate, timing.frame_count) == (Fraction(24), True, 10)


def test_a_variable_rate_is_laid_on_the_grid_of_its_average() -> None:
    timing = probe.measure_timing([0, 10, 100, 110, 400], time_base=Fraction(1, 100), declared=[])
    assert timing.variable_rate
    assert (timing.frame_rate, timing.frame_count) == (Fraction(1), 5)


def test_one_frame_lasts_as_long_as_it_says() -> None:
    timing = probe.measure_timing([7], time_base=Fraction(1, 25), declared=[Fraction(25)], last_duration=2)
    assert (timing.frame_count, timing.duration, timing.first_pts) == (1, Fraction(2, 25), Fraction(7, 25))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.integers(1, 100_000))
def test_any_time_stamps_give_a_usable_grid(pts: list[int], ticks: int) -> None:
    timing = probe.measure_timing(pts, time_base=Fraction(1, ticks), declared=[Fraction(30)])
    assert 0 < timing.frame_rate <= 240
    assert timing.frame_count >= 1
    assert timing.duration > 0
