from dataclasses import replace
from fractions import Fraction

import pytest

from dam.media import budgets, specs
from tests.unit.dam.media.test_probe import INFO


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((1920, 1080), (1280, 720)),
        ((1080, 1920), (720, 1280)),
        ((128, 80), (128, 80)),
        ((321, 241), (320, 240)),
        ((2, 2), (2, 2)),
        ((1, 1), (2, 2)),
        ((16_384, 2), (1280, 2)),
    ],
)
def test_a_proxy_fits_is_even_and_never_enlarged(size: tuple[int, int], fitted: tuple[int, int]) -> None:
    assert specs.fit_size(*size, specs.PROXY.longest_side) == fitted


def test_a_release_keeps_its_size() -> None:
    assert specs.fit_size(7680, 4320, specs.RELEASE.longest_side) == (7680, 4320)


def test_longer_and_larger_videos_may_take_longer_but_not_for_ever() -> None:
    short = budgets.transcode(frames=50, seconds=2, pixels=10_000)
    long = budgets.transcode(frames=15_000, seconds=600, pixels=8_000_000)
    assert short.wall_seconds < long.wall_seconds <= 5 * 3600


def test_a_picture_that_is_held_for_hours_costs_no_more_than_one() -> None:
    held = budgets.transcode(frames=101, seconds=0, pixels=320 * 180)
    assert held.wall_seconds < 600
    assert held.file_bytes < 512 * 1024**2


@pytest.mark.parametrize(
    ("size", "ladder"),
    [
        ((3840, 2160), [(640, 360), (1280, 720), (1920, 1080)]),
        ((1280, 720), [(640, 360), (1280, 720)]),
        ((1000, 1000), [(640, 640), (1000, 1000)]),
        ((1080, 1920), [(360, 640), (720, 1280), (1080, 1920)]),
        ((300, 200), [(300, 200)]),
    ],
)
def test_a_stream_has_no_size_above_its_masters(size: tuple[int, int], ladder: list[tuple[int, int]]) -> None:
    info = replace(INFO, width=size[0], height=size[1], pixel_aspect=Fraction(1))
    assert [fitted for _rung, fitted in specs.ladder(info)] == ladder
