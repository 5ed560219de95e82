"""The model that comes with the project, as a worker loads it."""

import socket
from dataclasses import replace

import numpy as np
import pytest
import torch
from django.conf import settings

from generation import prompt_parser
from generation.generators import loading, model_card
from generation.generators.base import VideoGenerator, VideoRequest
from tests.made_clips import clip

BUNDLED = settings.BASE_DIR / "generation" / "previz" / "weights" / "previz-dit"


@pytest.fixture(scope="module")
def generator() -> VideoGenerator:
    with pytest.MonkeyPatch.context() as patch:

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("a connection was opened")

        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        return loading.load(BUNDLED)


def request(generator: VideoGenerator, prompt: str, *, seed: int = 1, steps: int = 0) -> VideoRequest:
    can = generator.capabilities
    width, height = can.sizes[0]
    return VideoRequest(
        prompt=prompt,
        negative_prompt="",
        seed=seed,
        frames=can.max_frames,
        width=width,
        height=height,
        frame_rate=can.frame_rate,
        steps=steps or can.default_steps,
        guidance=can.default_guidance,
    )


def generate(generator: VideoGenerator, prompt: str, *, seed: int = 1, steps: int = 0) -> np.ndarray:
    return clip(generator, request(generator, prompt, seed=seed, steps=steps), on_step=lambda **_: None)


def test_the_bundled_model_is_small_and_says_what_it_is() -> None:
    card = model_card.read(BUNDLED, digest=True)
    assert card.identity.licence == "Apache-2.0"
    assert not card.identity.early_checkpoint
    assert sum(path.stat().st_size for path in BUNDLED.rglob("*") if path.is_file()) < 64 * 2**20


@pytest.mark.parametrize("word", ["battle", "boat", "heat"])
def test_a_word_that_only_looks_like_a_known_one_is_left_alone(word: str) -> None:
    lexicon = model_card.read(BUNDLED).lexicon
    assert lexicon is not None
    found = prompt_parser.understand(f"a red {word}", lexicon)
    assert (found.unknown, found.taken) == ((word,), ())


def test_it_draws_the_clip_it_promises(generator: VideoGenerator) -> None:
    frames = generate(generator, "a red ball bouncing on a table by day")
    width, height = generator.capabilities.sizes[0]
    assert frames.shape == (generator.capabilities.max_frames, height, width, 3)
    assert frames.std() > 20


def test_it_draws_one_picture_in_the_colour_that_was_asked_for(generator: VideoGenerator) -> None:
    asked = replace(request(generator, "a large red ball on a table by day", seed=3), frames=1)
    (picture,) = clip(generator, asked, on_step=lambda **_: None)
    red, green, blue = picture.astype(int).transpose(2, 0, 1)
    assert ((red > green + 60) & (red > blue + 60)).mean() > 0.01


def test_it_says_what_else_bears_on_its_bytes(generator: VideoGenerator) -> None:
    found = generator.environment
    assert found["torch"] == torch.__version__
    assert found["device"] in ("cpu", "cuda")
    assert found["dtype"] in ("float32", "bfloat16")
    assert found["scheduler"].endswith("Scheduler")


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_threads(generator: VideoGenerator) -> None:
    threads = torch.get_num_threads()
    made = []
    try:
        for number in (1, 2):
            torch.set_num_threads(number)
            made.append(generate(generator, "a blue cube turning in a studio", seed=3, steps=4).tobytes())
    finally:
        torch.set_num_threads(threads)
    assert made[0] == made[1]


def test_objects_go_where_the_prompt_sends_them(generator: VideoGenerator) -> None:
    frames = generate(generator, "a large red ball moving left on a meadow by day").astype(int)
    red, green, blue = frames[[4, -4]].transpose(3, 0, 1, 2)
    columns = [
        np.nonzero((r > 1.5 * g) & (r > 1.5 * b))[1].mean() for r, g, b in zip(red, green, blue, strict=True)
    ]
    assert columns[0] > columns[1] + 40


def test_day_is_brighter_than_night(generator: VideoGenerator) -> None:
    day, night = (
        generate(generator, f"a red ball standing still in the sky {when}", steps=8)
        for when in ("by day", "at night")
    )
    assert day.mean() > 1.5 * night.mean()


def test_the_object_takes_the_colour_of_the_prompt(generator: VideoGenerator) -> None:
    """Red and blue objects in the same place differ in the way their names say."""
    red, blue = (
        generate(generator, f"a large {colour} ball standing still in a studio by day", steps=8).astype(int)
        for colour in ("red", "blue")
    )
    difference = (red - blue)[:, 60:100, 108:148].mean(axis=(0, 1, 2))
    assert difference[0] > 10
    assert difference[2] < -10
