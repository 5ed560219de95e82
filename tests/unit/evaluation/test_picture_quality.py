"""What meets the eye in drawn clips, as they are and spoilt."""

import numpy as np
import pytest

from generation.evaluation import picture_quality
from generation.generators.base import Frames
from generation.previz.world import rendering, scenes

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def clips() -> Frames:
    shown = [scenes.sample(seed) for seed in range(40, 52)]
    drawn: Frames = rendering.render(shown, frames=5, height=144, width=256).numpy()
    return drawn


def blocky(clip: Frames, *, side: int, amount: int) -> Frames:
    """Each block of pixels a little brighter or darker than its neighbours."""
    chance = np.random.default_rng(1)
    frames, height, width, _ = clip.shape
    tones = chance.integers(-amount, amount + 1, (frames, -(-height // side), -(-width // side), 1))
    spread = tones.repeat(side, axis=1).repeat(side, axis=2)[:, :height, :width]
    spoilt: Frames = np.clip(clip.astype(int) + spread, 0, 255).astype(np.uint8)
    return spoilt


def soft(clip: Frames) -> Frames:
    """Each pixel the mean of those around it."""
    wide = np.pad(clip.astype(int), ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    near = (wide[:, :-2, 1:-1], wide[:, 2:, 1:-1], wide[:, 1:-1, :-2], wide[:, 1:-1, 2:], wide[:, 1:-1, 1:-1])
    spread: Frames = np.stack(near).mean(axis=0).astype(np.uint8)
    return spread


def test_blocks_that_can_just_be_seen_are_found_in_every_clip(clips: Frames) -> None:
    for clip in clips:
        spoilt = picture_quality.blockiness(blocky(clip, side=16, amount=5), block=16)
        assert spoilt > 1.5 * picture_quality.blockiness(clip, block=16)


def test_drawn_clips_have_about_as_much_on_the_lattice_as_off_it(clips: Frames) -> None:
    found = [picture_quality.blockiness(clip, block=16) for clip in clips]
    assert 0.8 < np.mean(found) < 1.25


def test_blocks_of_another_size_count_much_less(clips: Frames) -> None:
    on, off = (
        picture_quality.blockiness(blocky(clips[1], side=side, amount=5), block=16) for side in (16, 12)
    )
    assert off < 0.6 * on


def test_a_picture_of_one_colour_has_no_blocks() -> None:
    assert picture_quality.blockiness(np.full((3, 32, 32, 3), 90, dtype=np.uint8), block=16) == 1


def test_soft_edges_are_less_steep(clips: Frames) -> None:
    for clip in clips:
        assert picture_quality.steepness(soft(clip)) < 0.9 * picture_quality.steepness(clip) + 0.002


def test_what_is_drawn_in_fewer_pixels_is_softer_where_it_is_viewed() -> None:
    scene = [scenes.sample(44)]
    small, large = (
        rendering.render(scene, frames=3, height=rows, width=rows * 16 // 9)[0].numpy() for rows in (144, 288)
    )
    assert picture_quality.steepness(small) < 0.9 * picture_quality.steepness(large)
