from typing import Any

import numpy as np
import pytest

from generation.evaluation import scores
from generation.evaluation.scores import Picture
from generation.generators.base import Frames
from generation.previz import recognition
from generation.previz.world import captions, rendering, scenes
from generation.previz.world.scenes import Scene
from tests.unit.reading_once import reading_once

pytestmark = pytest.mark.model

PROMPTS = 10  # with one among them whose motion can loop


class Renderer:
    """Answers each prompt of the exam with the renderer's own clip."""

    def __init__(self) -> None:
        self.asked = {captions.plain(s): s for s in scores.exam(scores.FIRST_SEED, PROMPTS)}

    def make(self, prompts: list[str], seeds: list[int]) -> Frames:
        return draw([self.asked[prompt] for prompt in prompts])

    def from_picture(self, prompt: str, picture: Picture, seed: int) -> Frames:
        return np.concatenate([picture[None], draw([self.asked[prompt]])[0, 1:]])

    def loop(self, prompt: str, picture: Picture, seed: int) -> Frames:
        return self.from_picture(prompt, picture, seed)


def draw(shown: list[Scene]) -> Frames:
    clips: Frames = rendering.render(shown, frames=25, height=144, width=256).numpy()
    return clips


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    with reading_once():
        return scores.evaluate(Renderer(), prompts=PROMPTS, seeds=1)


def test_several_processes_read_the_same(found: dict[str, Any]) -> None:
    fewer = 3
    one, several = (
        scores.evaluate(Renderer(), prompts=fewer, seeds=1, at_once=2, processes=processes)
        for processes in (1, 2)
    )
    assert one == several


def test_all_scenes_of_the_exam_are_held_out() -> None:
    expected = scores.exam(scores.FIRST_SEED, 30)
    assert all(scenes.is_held_out(shape=s.shape, colour=s.colour, motion=s.motion) for s in expected)


def test_a_perfect_generator_is_right(found: dict[str, Any]) -> None:
    assert found["joint"] == found["camera"] == found["count"] == 1
    assert found["first_frame_psnr"] > 50
    assert found["loop_seam"] < 1.5


def test_it_is_as_good_as_its_ceiling(found: dict[str, Any]) -> None:
    assert found["ceiling"]["joint"] == found["joint"]


def test_clips_do_not_fit_the_prompts_of_others(found: dict[str, Any]) -> None:
    assert found["floor"]["joint"] < 0.2
    assert found["floor"]["colour"] < 0.6


def test_values_are_told_apart(found: dict[str, Any]) -> None:
    assert set(found["by_motion"]) == {s.motion for s in scores.exam(scores.FIRST_SEED, PROMPTS)}


def test_progress_is_told_to_its_end() -> None:
    progress: list[tuple[int, int]] = []
    scores.ceiling(1, on_progress=lambda done, most: progress.append((done, most)))
    assert progress == [(1, 1)]


def test_its_clips_have_no_blocks_and_keep_what_they_show(found: dict[str, Any]) -> None:
    assert found["blockiness"] == pytest.approx(1)
    assert found["shape_kept"] > 0.8
    assert found["count_kept"] > 0.95


def test_it_is_less_sharp_than_the_size_in_which_clips_are_viewed(found: dict[str, Any]) -> None:
    assert 0.5 < found["sharpness"] < 0.9


def test_what_turns_is_told_from_what_rests_by_how_much_it_changes() -> None:
    expected = [s for s in scores.exam(scores.FIRST_SEED, 60) if s.motion in ("turn", "still")]
    readings = [recognition.read(draw([scene])[0]) for scene in expected]
    assert (scores.steadiness(readings, expected)["turn_told"] or 0) > 0.9


def test_without_both_nothing_is_said_of_turning() -> None:
    assert scores.steadiness([], [])["turn_told"] is None


def test_large_clips_are_read_as_small_ones_are() -> None:
    scene = scores.exam(scores.FIRST_SEED, 1)
    large = rendering.render(scene, frames=25, height=288, width=512).numpy()[0]
    assert scores.look(large).reading.shape == scene[0].shape
