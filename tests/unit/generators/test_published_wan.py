"""Wan as it is published: what diffusers' own pipelines make of its parts, and what they get wrong."""

from dataclasses import replace
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load

from generation.diffusers_compat import diffusers
from generation.generators import loading, wan
from generation.generators.base import Frames, GeneratorError, VideoRequest
from generation.generators.guides import Guide, region_of
from generation.generators.modes import Mode
from tests import tiny_wan

pytestmark = pytest.mark.model

SIZE = (64, 32)


def small(folder: Path) -> wan.WanGenerator:
    made = loading.load(folder)
    assert isinstance(made, wan.WanGenerator)
    made._card = replace(made._card, capabilities=replace(made.capabilities, sizes=(SIZE,)))
    return made


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> wan.WanGenerator:
    """Like Wan 2.1."""
    return small(tiny_wan.write(tmp_path_factory.mktemp("models") / "wan21"))


@pytest.fixture(scope="module")
def patched(tmp_path_factory: pytest.TempPathFactory) -> wan.WanGenerator:
    """Like Wan 2.2 5B."""
    folder = tmp_path_factory.mktemp("models") / "wan22"
    return small(tiny_wan.write(folder, begins_with_pictures=True))


def request(*guides: Guide, seed: int = 1, steps: int = 2, **more: Any) -> VideoRequest:
    return VideoRequest(
        prompt="a red ball",
        negative_prompt="",
        seed=seed,
        frames=5,
        width=SIZE[0],
        height=SIZE[1],
        frame_rate=Fraction(16),
        steps=steps,
        guidance=1.0,
        guides=guides,
        **more,
    )


def film(frames: int) -> Frames:
    chance = np.random.default_rng(5)
    return chance.integers(0, 256, (frames, SIZE[1], SIZE[0], 3), dtype=np.uint8)


def latents(made: wan.WanGenerator, asked: VideoRequest, heard: list[int] | None = None) -> torch.Tensor:
    def told(*, done: int, total: int, preview: bytes | None) -> None:
        if heard is not None:
            heard.append(done)

    return load(made.denoise(asked, on_step=told))["latents"]


def test_what_a_published_folder_can_do_follows_from_its_parts(
    plain: wan.WanGenerator, patched: wan.WanGenerator
) -> None:
    assert plain.capabilities.modes == (Mode.TEXT, Mode.STILL, Mode.RESTYLE)
    assert patched.capabilities.modes == (Mode.TEXT, Mode.STILL, Mode.IMAGE)


def test_a_clip_begins_with_its_picture_whatever_the_seed(patched: wan.WanGenerator) -> None:
    given = Guide(film(1), at=0)
    one, other = (latents(patched, request(given, seed=seed)) for seed in (1, 2))
    assert torch.equal(one[:, :, 0], other[:, :, 0])
    assert not torch.equal(one[:, :, 1], other[:, :, 1])
    another = latents(patched, request(Guide(film(1)[:, ::-1].copy(), at=0)))
    assert not torch.equal(one[:, :, 0], another[:, :, 0])
    frames = patched.decode(patched.denoise(request(given), on_step=lambda **_: None), request(given))
    assert frames.shape == (5, 32, 64, 3)


@pytest.mark.parametrize(("kept", "steps"), [(0.5, 2), (0.0, 4), (0.99, 1)])
def test_a_clip_is_made_again_in_as_many_steps_as_it_may_change(
    kept: float, steps: int, plain: wan.WanGenerator
) -> None:
    heard: list[int] = []
    guide = Guide(film(5), at=0, strength=kept)
    made = latents(plain, request(guide, steps=4), heard)
    assert len(heard) == steps
    assert made.shape == latents(plain, request(steps=4)).shape
    assert torch.isfinite(made).all()


def test_the_less_may_change_the_nearer_it_stays(plain: wan.WanGenerator) -> None:
    def made(kept: float) -> torch.Tensor:
        return latents(plain, request(Guide(film(5), at=0, strength=kept), steps=8))

    again = made(0.0)
    assert (made(0.9) - made(0.8)).abs().mean() < (made(0.9) - again).abs().mean()


@pytest.mark.parametrize(
    "guides",
    [
        (Guide(film(1), at=0), Guide(film(1), at=4)),  # its pipeline would ignore the last one without a word
        (Guide(film(1), at=4),),
        (Guide(film(5), at=0, region=region_of((0, 0, 0.5, 0.5), width=64, height=32)),),
        (Guide(film(5), at=0, strength=0.5),),
    ],
)
def test_what_they_cant_do_is_refused_and_not_ignored(
    guides: tuple[Guide, ...], patched: wan.WanGenerator
) -> None:
    with pytest.raises(GeneratorError, match="can't make clips like that"):
        latents(patched, request(*guides))


def test_a_loop_is_refused(plain: wan.WanGenerator) -> None:
    with pytest.raises(GeneratorError, match="can't make clips like that"):
        latents(plain, request(loops=True))


def test_diffusers_takes_an_autoencoder_of_patches_for_a_finer_one(patched: wan.WanGenerator) -> None:
    """Why such a model restyles nothing. Once this fails, it may."""
    parts = {name: getattr(patched.pipeline, name) for name in wan._PARTS}
    found = diffusers.WanVideoToVideoPipeline(**parts)
    assert (found.vae_scale_factor_spatial, patched.pipeline.vae.config.scale_factor_spatial) == (8, 16)


def test_it_reads_prompts_with_ftfy() -> None:
    """Without it diffusers loads, and fails at the first prompt."""
    assert find_spec("ftfy") is not None
