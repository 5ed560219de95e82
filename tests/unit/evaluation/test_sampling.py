"""Clips from a picture and loops, with a model of random weights: what is given must hold all the same."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.diffusers_compat import diffusers
from generation.evaluation.sampling import Picture, Sampler
from generation.previz.world import rendering, scenes

pytestmark = pytest.mark.model

PROMPT = "a large red ball turning in a studio by day, static shot"


@pytest.fixture(scope="module")
def sampler(made_folder: Path) -> Sampler:
    return Sampler(made_folder)


@pytest.fixture(scope="module")
def picture() -> Picture:
    found: Picture = rendering.render([scenes.sample(3)], frames=1, height=32, width=48)[0, 0].numpy()
    return found


def apart(one: Picture, other: Picture) -> float:
    return float(np.abs(one.astype(float) - other).mean())


def test_words_become_a_clip_for_each_seed(sampler: Sampler) -> None:
    clips = sampler.make([PROMPT] * 2, [1, 2])
    assert clips.shape == (2, 9, 32, 48, 3)
    assert not np.array_equal(clips[0], clips[1])


def test_a_clip_begins_with_its_picture_whatever_the_seed(sampler: Sampler, picture: Picture) -> None:
    one, other = (sampler.from_picture(PROMPT, picture, seed) for seed in (1, 2))
    assert np.array_equal(one[0], other[0])
    assert not np.array_equal(one[-1], other[-1])
    assert apart(one[0], picture) < 0.6 * apart(one[-1], picture)


def test_a_loop_comes_back_to_its_picture(sampler: Sampler, picture: Picture) -> None:
    loop, straight = sampler.loop(PROMPT, picture, 1), sampler.from_picture(PROMPT, picture, 1)
    assert apart(loop[-1], loop[0]) < 0.6 * apart(straight[-1], straight[0])


def test_the_same_seed_gives_the_same_frames(sampler: Sampler, picture: Picture) -> None:
    once, again = (sampler.from_picture(PROMPT, picture, 5) for _ in range(2))
    assert np.array_equal(once, again)


def test_the_stock_pipeline_for_pictures_runs_on_the_same_folder(
    made_folder: Path, sampler: Sampler, picture: Picture
) -> None:
    stock = diffusers.WanImageToVideoPipeline.from_pretrained(str(made_folder), local_files_only=True)
    stock.set_progress_bar_config(disable=True)
    clip = stock(
        image=Image.fromarray(picture),
        prompt=PROMPT,
        height=32,
        width=48,
        num_frames=9,
        num_inference_steps=2,
        output_type="np",
    ).frames[0]
    ours = sampler.from_picture(PROMPT, picture, 1)
    assert apart(clip[0] * 255, ours[0]) < 2
