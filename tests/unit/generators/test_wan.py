import io
import socket
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load, save

from generation.generators import loading, model_card, wan
from generation.generators.base import Cancelled, GeneratorError, VideoGenerator, VideoRequest
from generation.generators.modes import Mode
from tests import tiny_wan
from tests.made_clips import clip
from tests.unit.conftest import Ask

pytestmark = pytest.mark.model


def quiet(*, done: int, total: int, preview: bytes | None) -> None:
    """Hear nothing."""


def test_a_clip_has_the_frames_and_size_asked_for(generator: VideoGenerator, ask: Ask) -> None:
    frames = clip(generator, ask(), on_step=quiet)
    assert frames.shape == (9, 32, 48, 3)
    assert frames.dtype == np.uint8


def test_pictures_that_are_no_numbers_are_refused(generator: VideoGenerator, ask: Ask) -> None:
    latents = load(generator.denoise(ask(), on_step=quiet))["latents"]
    with pytest.raises(GeneratorError, match="invalid frames"):
        generator.decode(save({"latents": torch.full_like(latents, np.nan)}), ask())


def test_latents_are_decoded_as_the_pipeline_decodes_its_own(generator: VideoGenerator, ask: Ask) -> None:
    """To the bit: what was saved becomes the clip that it would have become."""
    request = ask(seed=4)
    assert isinstance(generator, wan.WanGenerator)
    own = generator.pipeline(
        prompt=generator.understand(request.prompt).canonical,
        negative_prompt=generator.understand(request.negative_prompt).canonical,
        width=request.width,
        height=request.height,
        num_frames=request.frames,
        num_inference_steps=request.steps,
        guidance_scale=request.guidance,
        max_sequence_length=model_card.read(Path(generator.pipeline.config._name_or_path)).max_tokens,
        generator=torch.Generator("cpu").manual_seed(request.seed),
        output_type="np",
    )
    frames = np.rint(own.frames[0] * 255).astype(np.uint8)
    latents = generator.denoise(request, on_step=quiet)
    assert np.array_equal(generator.decode(latents, request), frames)


def test_wans_own_codec_decodes_latents_as_its_pipeline_does_whole_and_in_tiles(tmp_path: Path) -> None:
    tiny_wan.write(tmp_path / "wan")
    made = loading.load(tmp_path / "wan")
    assert isinstance(made, wan.WanGenerator)
    request = VideoRequest(
        prompt="a red ball",
        negative_prompt="",
        seed=1,
        frames=made.capabilities.min_frames,
        width=64,
        height=32,
        frame_rate=made.capabilities.frame_rate,
        steps=1,
        guidance=1.0,
    )
    made._card = replace(made._card, capabilities=replace(made.capabilities, sizes=((64, 32),)))
    latents = made.denoise(request, on_step=quiet)
    own = made.pipeline(
        prompt=request.prompt,
        width=64,
        height=32,
        num_frames=request.frames,
        num_inference_steps=1,
        guidance_scale=1.0,
        generator=torch.Generator("cpu").manual_seed(1),
        output_type="np",
    )
    whole = made.decode(latents, request)
    assert np.array_equal(whole, np.rint(own.frames[0] * 255).astype(np.uint8))
    assert made.decode(latents, request, tiled=True).shape == whole.shape
    assert not made.pipeline.vae.use_tiling


class _Steps:
    """A pipeline that only tells of steps: these latents each time, which its codec decodes to that value."""

    num_timesteps = 4

    def __init__(self, latents: float, *, decoded: float = 0.0, spread: float = 0.0) -> None:
        self.latents = torch.full((1, 4, 3, 4, 6), latents)
        self.picture = torch.full((1, 3, 1, 32, 48), decoded)
        self.picture[..., 0] += spread
        self.scheduler = SimpleNamespace()
        self.vae = SimpleNamespace(
            decodes_at_once=True, dtype=torch.float32, decode=lambda *_, **__: (self.picture,)
        )

    def __call__(self, **given: Any) -> SimpleNamespace:
        for step in range(self.num_timesteps):
            given["callback_on_step_end"](self, step, None, {"latents": self.latents})
        return SimpleNamespace(frames=self.latents)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_latents_that_are_no_numbers_end_it_at_the_first_step(
    value: float, made_folder: Path, ask: Ask
) -> None:
    heard: list[int] = []
    broken = wan.WanGenerator(_Steps(value), model_card.read(made_folder))
    with pytest.raises(GeneratorError, match="invalid frames"):
        clip(broken, ask(), on_step=lambda *, done, total, preview: heard.append(done))
    assert heard == []


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_preview_that_is_no_number_ends_it_too(value: float, made_folder: Path, ask: Ask) -> None:
    broken = wan.WanGenerator(_Steps(0.0, decoded=value), model_card.read(made_folder))
    with pytest.raises(GeneratorError, match="invalid frames"):
        clip(broken, ask(), on_step=quiet)


@pytest.mark.parametrize(("spread", "shown"), [(0.0, False), (0.5, True)])
def test_a_preview_of_one_colour_is_not_shown(
    spread: float, shown: bool, made_folder: Path, ask: Ask
) -> None:
    heard: list[bool] = []
    made = wan.WanGenerator(_Steps(0.0, spread=spread), model_card.read(made_folder))
    made.denoise(ask(), on_step=lambda *, done, total, preview: heard.append(preview is not None))
    assert heard == [shown] * 4


def test_the_same_seed_gives_the_same_bytes(generator: VideoGenerator, ask: Ask) -> None:
    first = clip(generator, ask(seed=4), on_step=quiet)
    clip(generator, ask(seed=5), on_step=quiet)
    assert clip(generator, ask(seed=4), on_step=quiet).tobytes() == first.tobytes()


def test_the_number_of_threads_changes_nothing(generator: VideoGenerator, ask: Ask) -> None:
    threads = torch.get_num_threads()
    try:
        clips = []
        for number in (1, 2):
            torch.set_num_threads(number)
            clips.append(clip(generator, ask(), on_step=quiet).tobytes())
    finally:
        torch.set_num_threads(threads)
    assert clips[0] == clips[1]


def test_another_seed_gives_another_clip(generator: VideoGenerator, ask: Ask) -> None:
    one, other = (clip(generator, ask(seed=seed), on_step=quiet) for seed in (1, 2))
    assert (one != other).any()


def test_another_prompt_gives_another_clip(generator: VideoGenerator, ask: Ask) -> None:
    one, other = (clip(generator, ask(prompt=p), on_step=quiet) for p in ("a red ball", "a blue can"))
    assert (one != other).any()


def test_words_for_the_same_thing_give_the_same_clip(generator: VideoGenerator, ask: Ask) -> None:
    one, other = (
        clip(generator, ask(prompt=p), on_step=quiet) for p in ("a red ball", "please, a CRIMSON orb")
    )
    assert one.tobytes() == other.tobytes()


def test_every_step_is_told_with_a_preview(generator: VideoGenerator, ask: Ask) -> None:
    heard: list[tuple[int, int, tuple[int, int]]] = []

    def on_step(*, done: int, total: int, preview: bytes | None) -> None:
        assert preview is not None
        heard.append((done, total, Image.open(io.BytesIO(preview)).size))

    clip(generator, ask(), on_step=on_step)
    assert heard == [(step, 4, (48, 32)) for step in (1, 2, 3, 4)]


def test_a_cancelled_generator_stops_at_once_and_stays_usable(generator: VideoGenerator, ask: Ask) -> None:
    before = clip(generator, ask(), on_step=quiet)
    heard: list[int] = []

    def on_step(*, done: int, total: int, preview: bytes | None) -> None:
        heard.append(done)
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        clip(generator, ask(), on_step=on_step)
    assert heard == [1, 2]
    assert clip(generator, ask(), on_step=quiet).tobytes() == before.tobytes()


def test_a_length_the_model_cannot_make_is_refused(generator: VideoGenerator, ask: Ask) -> None:
    with pytest.raises(GeneratorError, match="8 frames cannot be made"):
        clip(generator, ask(frames=8), on_step=quiet)


def test_loading_needs_no_network(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert wan.load(model_folder, model_card.read(model_folder)).identity.name == "previz-dit"


def test_a_folder_without_our_card_loads_and_reads_free_text(model_folder: Path) -> None:
    (model_folder / "reelproof.json").unlink()
    found = wan.load(model_folder, model_card.read(model_folder, digest=True))
    assert found.understand("Ein Hund").canonical == "Ein Hund"
    assert found.capabilities.frame_step == 4


def test_one_frame_is_made_where_the_model_makes_stills_alone(generator: VideoGenerator, ask: Ask) -> None:
    assert isinstance(generator, wan.WanGenerator)
    request = replace(ask(), frames=1)
    assert clip(generator, request, on_step=quiet).shape == (1, 32, 48, 3)
    card = replace(generator._card, capabilities=replace(generator.capabilities, modes=(Mode.TEXT,)))
    with pytest.raises(GeneratorError, match="1 frames"):
        wan.WanGenerator(generator.pipeline, card).denoise(request, on_step=quiet)
