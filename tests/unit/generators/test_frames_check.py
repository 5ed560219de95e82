"""What is no clip fails with a sentence before it is signed."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from generation.generators import frames_check
from generation.generators.base import Frames, GeneratorError, VideoRequest

REQUEST = VideoRequest(
    prompt="a white wall",
    negative_prompt="",
    seed=1,
    frames=5,
    width=12,
    height=8,
    frame_rate=Fraction(16),
    steps=4,
    guidance=3.0,
)


def plain(shade: int = 255) -> Frames:
    return np.full((5, 8, 12, 3), shade, np.uint8)


def noisy() -> Frames:
    return np.random.default_rng(1).integers(0, 256, (5, 8, 12, 3), dtype=np.uint8)


def test_a_clip_passes_unchanged() -> None:
    clip = noisy()
    assert frames_check.check(clip, REQUEST) is clip


def test_a_single_pixel_that_differs_is_enough() -> None:
    clip = plain()
    clip[3, 2, 1] = 254
    assert frames_check.check(clip, REQUEST) is clip


def test_a_clip_that_only_gets_darker_is_no_blank_one() -> None:
    clip = plain()
    clip[4] = 250
    assert frames_check.check(clip, REQUEST) is clip


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_one_plain_colour_throughout_is_refused(shade: int) -> None:
    with pytest.raises(GeneratorError, match="plain colour"):
        frames_check.check(plain(shade), REQUEST)


def test_a_plain_colour_is_refused_whatever_its_channels_are() -> None:
    clip = plain()
    clip[..., 0] = 10
    with pytest.raises(GeneratorError, match="plain colour"):
        frames_check.check(clip, REQUEST)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    clip = noisy().astype(np.float32) / 255
    clip[2, 3, 4, 1] = value
    with pytest.raises(GeneratorError, match="invalid frames"):
        frames_check.check(clip, REQUEST)


@pytest.mark.parametrize(
    "made", [None, [[0]], "frames", memoryview(b"")], ids=["None", "list", "text", "bytes"]
)
def test_what_is_no_array_is_refused(made: Any) -> None:
    with pytest.raises(GeneratorError, match="no frames"):
        frames_check.check(made, REQUEST)


def test_numbers_that_are_no_bytes_are_refused() -> None:
    with pytest.raises(GeneratorError, match="float32"):
        frames_check.check(noisy().astype(np.float32), REQUEST)


@pytest.mark.parametrize(
    "request_", [replace(REQUEST, frames=9), replace(REQUEST, width=16), replace(REQUEST, height=16)]
)
def test_another_count_or_size_is_refused(request_: VideoRequest) -> None:
    with pytest.raises(GeneratorError, match="5 frames of 12×8 pixels instead of"):
        frames_check.check(noisy(), request_)


def test_an_array_that_is_no_clip_is_refused() -> None:
    with pytest.raises(GeneratorError, match="an array of 8×12×3"):
        frames_check.check(noisy()[0], REQUEST)


def test_a_clip_that_stands_still_fails_and_a_picture_does_not() -> None:
    frame = noisy()[:1]
    frozen = np.repeat(frame, 5, axis=0)
    with pytest.raises(GeneratorError, match="stands still"):
        frames_check.check(frozen, REQUEST)
    assert frames_check.check(frame, replace(REQUEST, frames=1)) is frame
    moving = frozen.copy()
    moving[3, 2, 1, 0] ^= 1
    assert frames_check.check(moving, REQUEST) is moving
