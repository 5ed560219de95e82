"""A mark is found in copies of what it was put into, by its key alone, and in nothing else."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from PIL import Image

from dam.media import invisible_watermark
from dam.media.fingerprints import Grey
from dam.media.invisible_watermark import Found, Mark

KEY, IDENTIFIER = b"k" * 32, 0x0123_4567_89AB
FRAMES = 12
Change = Callable[[Grey], Grey]


@cache
def film(width: int = 320, height: int = 180, seed: int = 1) -> tuple[Grey, ...]:
    """Clouds of all sizes that drift behind a brighter shape."""
    random = np.random.default_rng(seed)
    clouds = np.zeros((height, 2 * width), np.float32)
    for size in (4, 9, 21, 60):
        small = random.normal(0, 1, (height // size + 2, 2 * width // size + 2)).astype(np.float32)
        grown = Image.fromarray(small).resize((2 * width, height), Image.Resampling.BICUBIC)
        clouds += np.asarray(grown) * size**0.5 * 3
    frames = []
    for number in range(FRAMES):
        frame = 110 + clouds[:, 5 * number : 5 * number + width]
        frame[height // 3 : height // 2, width // 5 : width // 3] += 60
        frames.append(np.clip(frame, 0, 255).astype(np.float32))
    return tuple(frames)


def marked(frames: tuple[Grey, ...], *, key: bytes = KEY, strength: float = 2.0) -> list[Grey]:
    height, width = frames[0].shape
    pattern = invisible_watermark.pattern(key, IDENTIFIER, width=width, height=height)
    return [np.clip(np.rint(frame + strength * pattern), 0, 255).astype(np.float32) for frame in frames]


def find(frames: list[Grey], *, key: bytes = KEY) -> Found | None:
    return next(iter(invisible_watermark.find(frames, [key])), None)


def resized(width: int, height: int) -> Change:
    def change(grey: Grey) -> Grey:
        return np.asarray(Image.fromarray(grey).resize((width, height), Image.Resampling.BICUBIC), np.float32)

    return change


def cropped(left: float, top: float, right: float, bottom: float) -> Change:
    def change(grey: Grey) -> Grey:
        height, width = grey.shape
        return grey[
            round(height * top) : height - round(height * bottom),
            round(width * left) : width - round(width * right),
        ].copy()

    return change


def noisy(grey: Grey) -> Grey:
    noise = np.random.default_rng(int(grey.sum())).normal(0, 6, grey.shape)
    return np.clip(grey + noise, 0, 255).astype(np.float32)


CHANGES: dict[str, Change] = {
    "nothing": lambda grey: grey,
    "brighter": lambda grey: np.clip(grey * 1.2 + 12, 0, 255),
    "darker": lambda grey: (grey * 0.7).astype(np.float32),
    "noisy": noisy,
    "smaller": resized(240, 136),
    "larger": resized(640, 360),
    "cropped by 5 %": cropped(0.025, 0.025, 0.025, 0.025),
    "cropped by 10 %": cropped(0.05, 0.05, 0.05, 0.05),
    "a corner cut off": cropped(0.1, 0, 0, 0.1),
    "one side cut off": cropped(0.07, 0, 0, 0),
    "9:16": cropped(0.342, 0, 0.342, 0),
    "letterboxed": lambda grey: np.pad(grey, ((30, 30), (0, 0))),
    "a logo": lambda grey: np.where(np.indices(grey.shape).sum(0) < 90, np.float32(250), grey),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_found_in_a_copy(change: str) -> None:
    found = find([CHANGES[change](frame) for frame in marked(film())])
    assert found is not None
    assert (found.identifier, found.mirrored) == (IDENTIFIER, False)


def test_it_is_found_in_a_mirrored_copy() -> None:
    found = find([frame[:, ::-1].copy() for frame in marked(film())])
    assert found is not None
    assert (found.identifier, found.mirrored) == (IDENTIFIER, True)


@pytest.mark.parametrize("size", [(320, 180), (181, 322), (255, 255), (111, 97), (640, 160)])
def test_it_is_found_in_pictures_of_any_shape(size: tuple[int, int]) -> None:
    assert invisible_watermark.can_hold(*size)
    found = find(marked(film(*size)))
    assert found is not None
    assert found.identifier == IDENTIFIER


def test_it_is_found_in_one_image() -> None:
    [image] = marked(film()[:1], strength=2.5)
    found = find([image])
    assert found is not None
    assert found.identifier == IDENTIFIER


def test_what_is_made_from_marked_pictures_has_both_marks() -> None:
    other = invisible_watermark.pattern(b"o" * 32, 7, width=320, height=180)
    both = [np.clip(np.rint(frame + 2 * other), 0, 255).astype(np.float32) for frame in marked(film())]
    found = invisible_watermark.find(both, [KEY, b"x" * 32, b"o" * 32])
    assert {each.identifier for each in found} == {IDENTIFIER, 7}


def test_by_another_key_there_is_nothing() -> None:
    assert find(marked(film()), key=b"x" * 32) is None


def test_pictures_without_a_mark_have_none() -> None:
    assert [find(list(film(seed=seed))) for seed in range(2, 8)] == [None] * 6


@pytest.mark.parametrize("frames", [[], [np.zeros((180, 320), np.float32)], [np.zeros((8, 9), np.float32)]])
def test_nothing_is_found_where_there_is_nothing_to_see(frames: list[Grey]) -> None:
    assert find(frames) is None


@pytest.mark.parametrize("size", [(60, 320), (1200, 200)])
def test_tiny_and_very_long_pictures_get_none(size: tuple[int, int]) -> None:
    assert not invisible_watermark.can_hold(*size)


def test_the_pattern_is_faint_and_has_as_much_of_dark_as_of_bright() -> None:
    pattern = invisible_watermark.pattern(KEY, IDENTIFIER, width=1280, height=720)
    assert pattern.shape == (720, 1280)
    assert abs(float(pattern.mean())) < 0.03
    assert float(np.sqrt((pattern**2).mean())) < 0.95


def test_what_is_printed_of_a_mark_has_no_key_in_it() -> None:
    assert "kkkk" not in repr(Mark(KEY, IDENTIFIER))
