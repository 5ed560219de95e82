"""Clips around what is known of them, by a model of random weights: what is given must hold all the same."""

from dataclasses import replace

import numpy as np
import pytest

from generation.generators.base import Cancelled, Frames, GeneratorError, VideoGenerator
from generation.generators.guides import Guide, region_of
from generation.previz.world import rendering, scenes
from tests.made_clips import clip
from tests.unit.conftest import Ask

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def film() -> Frames:
    """Nine frames of 48 × 32, as the tiny model makes them."""
    found: Frames = rendering.render([scenes.sample(3)], frames=9, height=32, width=48)[0].numpy()
    return found


class Steps:
    """Hears of steps, and has it stopped at one of them."""

    def __init__(self, stop_at: int = 0) -> None:
        self.done: list[tuple[int, int]] = []
        self.stop_at = stop_at

    def __call__(self, *, done: int, total: int, preview: bytes | None) -> None:
        self.done.append((done, total))
        if done == self.stop_at:
            raise Cancelled


def made(generator: VideoGenerator, ask: Ask, *guides: Guide, loops: bool = False, seed: int = 1) -> Frames:
    return clip(generator, replace(ask(seed=seed), guides=guides, loops=loops), on_step=Steps())


def apart(one: Frames, other: Frames) -> float:
    return float(np.abs(one.astype(float) - other).mean())


def test_a_clip_begins_with_what_is_given(generator: VideoGenerator, ask: Ask, film: Frames) -> None:
    given = Guide(film[:5], at=0)
    one, other = (made(generator, ask, given, seed=seed) for seed in (1, 2))
    assert apart(one[:5], other[:5]) < 1
    assert apart(one[5:], other[5:]) > 5
    assert apart(one[:5], film[:5]) < 0.6 * apart(one[5:], film[5:])


def test_a_clip_ends_with_what_is_given(generator: VideoGenerator, ask: Ask, film: Frames) -> None:
    given = Guide(film[5:], at=5)
    one, other = (made(generator, ask, given, seed=seed) for seed in (1, 2))
    assert apart(one[5:], other[5:]) < 2
    assert apart(one[:5], other[:5]) > 5


def test_a_single_last_picture_is_come_to(generator: VideoGenerator, ask: Ask, film: Frames) -> None:
    given = made(generator, ask, Guide(film[:1], at=0), Guide(film[-1:], at=8))
    free = made(generator, ask, Guide(film[:1], at=0))
    assert apart(given[-1], film[-1]) < 0.6 * apart(free[-1], film[-1])


def test_a_clip_loops_without_a_picture_too(generator: VideoGenerator, ask: Ask) -> None:
    loop, straight = made(generator, ask, loops=True), clip(generator, ask(), on_step=Steps())
    assert apart(loop[-1], loop[0]) < 0.6 * apart(straight[-1], straight[0])


def test_outside_a_region_a_clip_is_the_one_given(generator: VideoGenerator, ask: Ask, film: Frames) -> None:
    given = Guide(film, at=0, region=region_of((0.0, 0.0, 1 / 3, 1.0), width=48, height=32))
    one, other = (made(generator, ask, given, seed=seed) for seed in (1, 2))
    assert apart(one[:, :, :16], other[:, :, :16]) > 5
    assert apart(one[:, :, 16:], other[:, :, 16:]) < 3


@pytest.mark.parametrize(("strength", "steps"), [(0.75, 1), (0.5, 2), (0.0, 4)])
def test_the_less_may_change_the_fewer_steps_are_taken(
    strength: float, steps: int, generator: VideoGenerator, ask: Ask, film: Frames
) -> None:
    heard = Steps()
    request = replace(ask(), guides=(Guide(film, at=0, strength=strength),))
    clip(generator, request, on_step=heard)
    assert heard.done[-1] == (steps, steps)


def test_the_same_request_gives_the_same_clip(generator: VideoGenerator, ask: Ask, film: Frames) -> None:
    once, again = (made(generator, ask, Guide(film[:5], at=0)) for _time in range(2))
    assert np.array_equal(once, again)


def test_each_step_is_told_and_can_be_the_last(generator: VideoGenerator, ask: Ask, film: Frames) -> None:
    request = replace(ask(), guides=(Guide(film[:1], at=0),))
    heard, stopping = Steps(), Steps(stop_at=2)
    clip(generator, request, on_step=heard)
    assert heard.done == [(done, request.steps) for done in range(1, request.steps + 1)]
    with pytest.raises(Cancelled):
        clip(generator, request, on_step=stopping)
    assert len(stopping.done) == 2


def test_pictures_between_the_steps_of_a_clip_are_refused(
    generator: VideoGenerator, ask: Ask, film: Frames
) -> None:
    with pytest.raises(GeneratorError, match="steps of 4"):
        made(generator, ask, Guide(film[:3], at=0))
