"""Where two clips show something else, by the pictures of their sprites."""

import io
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dam.media import differences, thumbnails
from dam.media.differences import Stretch, Tile
from dam.media.frames import Frame
from dam.media.specs import SPRITE


def tile(time_ms: int, value: float) -> Tile:
    return Tile(time_ms, np.full((64, 64, 3), value, np.float32))


def test_the_same_pictures_differ_nowhere() -> None:
    clip = [tile(0, 10), tile(500, 90)]
    assert differences.between(clip, clip, until_ms=1000) == []


def test_pictures_that_differ_one_after_the_other_are_one_stretch() -> None:
    one = [tile(at, 50) for at in (0, 500, 1000, 1500)]
    other = [tile(at, 120 if at in (500, 1000) else 50) for at in (0, 500, 1000, 1500)]
    assert differences.between(one, other, until_ms=2000) == [Stretch(500, 1500)]


def test_the_last_picture_lasts_to_the_end() -> None:
    assert differences.between([tile(0, 0), tile(500, 0)], [tile(0, 0), tile(500, 99)], until_ms=900) == [
        Stretch(500, 900)
    ]


def test_each_is_compared_with_the_one_nearest_in_time() -> None:
    one, other = [tile(0, 10), tile(1000, 90)], [tile(40, 10), tile(960, 90), tile(5000, 200)]
    assert differences.between(one, other, until_ms=2000) == []


def test_nothing_is_said_without_pictures() -> None:
    assert differences.between([], [tile(0, 1)], until_ms=10) == []


@pytest.mark.parametrize(("size", "noticed"), [(12, True), (0, False)])
def test_something_new_in_a_corner_counts_and_noise_does_not(size: int, noticed: bool) -> None:
    rng = np.random.default_rng(1)
    plain = np.full((64, 64, 3), 100, np.float32)
    other = plain + rng.normal(0, 1.5, plain.shape).astype(np.float32)
    other[:size, :size] = 220
    assert (differences.amount(plain, other) >= differences.NOTICED) is noticed


def test_the_pictures_of_a_sprite_are_taken_apart_again() -> None:
    def frame(index: int) -> Frame:
        pixels: NDArray[Any] = np.full((90, 160, 3), index * 20, np.uint8)
        return Frame(index, 0, pixels)

    sheet, grid = thumbnails.draw_sprite([frame(index) for index in range(0, 12, 2)], SPRITE)
    out = io.BytesIO()
    sheet.save(out, "WEBP", lossless=True)
    found = differences.tiles(out.getvalue(), grid, rate=Fraction(4))
    assert [each.time_ms for each in found] == [0, 500, 1000, 1500, 2000, 2500]
    assert [round(float(each.pixels.mean())) for each in found] == [0, 40, 80, 120, 160, 200]
