"""Further families: what diffusers' own pipelines of them make here, and what they get wrong."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load

from dam.core import dtypes
from generation.generators import families, loading
from generation.generators.base import Cancelled, Frames, GeneratorError, OnStep, VideoRequest
from generation.generators.guides import Guide, region_of
from generation.generators.modes import Mode
from generation.generators.pipeline import PipelineGenerator
from tests import tiny_models

pytestmark = pytest.mark.model

SIZE = (96, 64)
Write = Callable[[Path], Path]


def small(folder: Path) -> PipelineGenerator:
    made = loading.load(folder)
    assert isinstance(made, PipelineGenerator)
    made._card = replace(made._card, capabilities=replace(made.capabilities, sizes=(SIZE,)))
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], PipelineGenerator]:
    """The generator of a name, loaded once."""
    found: dict[str, PipelineGenerator] = {}

    def make(name: str) -> PipelineGenerator:
        if name not in found:
            found[name] = small(KINDS[name](tmp_path_factory.mktemp("models") / name.replace(" ", "-")))
        return found[name]

    return make


KINDS: dict[str, Write] = {
    "wan images": tiny_models.wan_images,
    "wan images read": lambda folder: tiny_models.wan_images(folder, reads_pictures=True),
    "wan first and last": lambda folder: tiny_models.wan_images(folder, reads_pictures=True, two=True),
    "wan vace": tiny_models.wan_vace,
    "cogvideox": tiny_models.cogvideox,
    "cogvideox 1.5": lambda folder: tiny_models.cogvideox(folder, newer=True),
    "cogvideox images": lambda folder: tiny_models.cogvideox(folder, begins_with_pictures=True),
    "cogvideox 1.5 images": lambda folder: tiny_models.cogvideox(
        folder, begins_with_pictures=True, newer=True
    ),
    "hunyuan": tiny_models.hunyuan15,
    "hunyuan images": lambda folder: tiny_models.hunyuan15(folder, begins_with_pictures=True),
    "ltx2": tiny_models.ltx2,
}
MODES = {
    "wan images": (Mode.IMAGE, Mode.FRAMES),
    "wan images read": (Mode.IMAGE,),
    "wan first and last": (Mode.FRAMES,),
    "wan vace": (Mode.TEXT, Mode.IMAGE, Mode.FRAMES, Mode.EXTEND, Mode.LEAD_IN, Mode.BLEND, Mode.EDIT),
    "cogvideox": (Mode.TEXT, Mode.RESTYLE),
    "cogvideox 1.5": (Mode.TEXT,),
    "cogvideox images": (Mode.IMAGE,),
    "cogvideox 1.5 images": (Mode.IMAGE,),
    "hunyuan": (Mode.TEXT,),
    "hunyuan images": (Mode.IMAGE,),
    "ltx2": (Mode.TEXT, Mode.IMAGE, Mode.FRAMES, Mode.EXTEND, Mode.LEAD_IN, Mode.BLEND),
}


def film(frames: int) -> Frames:
    chance = np.random.default_rng(5)
    return chance.integers(0, 256, (frames, SIZE[1], SIZE[0], 3), dtype=np.uint8)


def request(*guides: Guide, seed: int = 1, steps: int = 2, frames: int = 9, **more: Any) -> VideoRequest:
    return VideoRequest(
        prompt="a red ball",
        negative_prompt="",
        seed=seed,
        frames=frames,
        width=SIZE[0],
        height=SIZE[1],
        frame_rate=Fraction(16),
        steps=steps,
        guidance=2.0,
        guides=guides,
        **more,
    )


def guides(mode: Mode, frames: int = 9) -> tuple[Guide, ...]:
    first, last = Guide(film(1), at=0), Guide(film(1), at=frames - 1)
    return {
        Mode.TEXT: (),
        Mode.STILL: (),
        Mode.IMAGE: (first,),
        Mode.FRAMES: (first, last),
        Mode.EXTEND: (Guide(film(5), at=0),),
        Mode.LEAD_IN: (Guide(film(4), at=frames - 4),),
        Mode.BLEND: (first, Guide(film(4), at=frames - 4)),
        Mode.RESTYLE: (Guide(film(frames), at=0, strength=0.5),),
        Mode.EDIT: (Guide(film(frames), at=0, region=region_of((0, 0, 0.5, 1), width=96, height=64)),),
    }[mode]


def quiet(*, done: int, total: int, preview: bytes | None) -> None:
    """Hear nothing."""


def test_a_table_says_what_each_can_be_asked_for(made: Callable[[str], PipelineGenerator]) -> None:
    assert {name: made(name).capabilities.modes for name in KINDS} == MODES


@pytest.mark.parametrize(("name", "mode"), [(name, mode) for name in MODES for mode in MODES[name]])
def test_each_of_its_modes_makes_a_clip_of_the_size_asked_for(
    name: str, mode: Mode, made: Callable[[str], PipelineGenerator]
) -> None:
    generator = made(name)
    heard: list[tuple[int, int]] = []
    asked = request(*guides(mode), steps=4)
    latents = generator.denoise(asked, on_step=lambda *, done, total, preview: heard.append((done, total)))
    total = 2 if mode is Mode.RESTYLE else 4
    assert heard == [(step, total) for step in range(1, total + 1)]
    whole = generator.decode(latents, asked)
    assert whole.shape == (9, 64, 96, 3)
    assert whole.dtype == np.uint8
    assert generator.decode(latents, asked, tiled=True).shape == whole.shape
    assert not generator.pipeline.vae.use_tiling
    again = generator.denoise(asked, on_step=quiet)
    assert again == latents
    other = generator.denoise(replace(asked, seed=2), on_step=quiet)
    assert other != latents


@pytest.mark.parametrize("name", KINDS)
def test_what_a_model_cant_do_is_refused_and_not_ignored(
    name: str, made: Callable[[str], PipelineGenerator]
) -> None:
    generator = made(name)
    for mode in set(Mode) - set(MODES[name]) - {Mode.STILL, Mode.LOOP, Mode.EDIT}:
        with pytest.raises(GeneratorError, match="can't make clips like that"):
            generator.denoise(request(*guides(mode)), on_step=quiet)
    with pytest.raises(GeneratorError, match="can't make clips like that"):
        generator.denoise(request(loops=True), on_step=quiet)


@pytest.mark.parametrize("name", KINDS)
def test_one_that_is_cancelled_stops_at_once_and_stays_usable(
    name: str, made: Callable[[str], PipelineGenerator]
) -> None:
    generator = made(name)
    asked = request(*guides(MODES[name][0]))
    before = generator.denoise(asked, on_step=quiet)
    heard: list[int] = []

    def stop(*, done: int, total: int, preview: bytes | None) -> None:
        heard.append(done)
        raise Cancelled

    with pytest.raises(Cancelled):
        generator.denoise(asked, on_step=stop)
    assert heard == [1]
    assert generator.denoise(asked, on_step=quiet) == before


@pytest.mark.parametrize("number", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    "name", ["wan images read", "wan vace", "cogvideox images", "hunyuan images", "ltx2"]
)
def test_pictures_are_read_in_whatever_numbers_it_is_loaded(
    name: str, number: torch.dtype, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dtypes, "to_load", lambda folder, device: number)
    generator = small(KINDS[name](tmp_path / "model"))
    asked = request(*guides(Mode.IMAGE))
    assert generator.decode(generator.denoise(asked, on_step=quiet), asked).shape == (9, 64, 96, 3)


@pytest.mark.parametrize("name", ["wan images", "wan vace", "cogvideox images", "hunyuan images", "ltx2"])
def test_another_picture_makes_another_clip(name: str, made: Callable[[str], PipelineGenerator]) -> None:
    one, other = (Guide(picture, at=0) for picture in (film(1), film(1)[:, ::-1].copy()))
    generator = made(name)
    assert generator.denoise(request(one), on_step=quiet) != generator.denoise(request(other), on_step=quiet)


@pytest.mark.parametrize("name", ["cogvideox", "cogvideox 1.5"])
def test_latents_of_cogvideox_are_decoded_as_its_pipeline_decodes_its_own(
    name: str, made: Callable[[str], PipelineGenerator]
) -> None:
    """1.5 puts a latent before an odd number of them, which is no part of the clip."""
    generator = made(name)
    asked = request()
    own = generator.pipeline(
        **generator.words(asked),
        width=96,
        height=64,
        num_frames=9,
        num_inference_steps=2,
        generator=torch.Generator("cpu").manual_seed(1),
        output_type="np",
    )
    latents = generator.denoise(asked, on_step=quiet)
    assert load(latents)["latents"].shape[1] == 3
    assert np.array_equal(generator.decode(latents, asked), np.rint(own.frames[0] * 255).astype(np.uint8))


def test_latents_of_ltx2_and_hunyuan_are_decoded_as_their_pipelines_decode_their_own(
    made: Callable[[str], PipelineGenerator],
) -> None:
    for name in ("ltx2", "hunyuan"):
        generator, asked = made(name), request()
        used, more = generator.asked(asked)
        own = used(
            **generator.words(asked),
            **generator.size(asked),
            **more,
            num_inference_steps=2,
            generator=torch.Generator("cpu").manual_seed(1),
            output_type="np",
        )
        latents = generator.denoise(asked, on_step=quiet)
        frames = np.rint(own.frames[0] * 255).astype(np.uint8)
        assert np.abs(generator.decode(latents, asked).astype(int) - frames).max() <= 1


def test_hunyuan_makes_a_clip_in_its_pictures_size_whatever_it_is_told(
    made: Callable[[str], PipelineGenerator],
) -> None:
    """Why its sizes are those that its pipeline finds for its own pictures."""
    for target in (640, 960):
        parts = families.Parts(index={}, autoencoder={}, transformer={"target_size": target})
        row = families.of("HunyuanVideo15ImageToVideoPipeline")
        assert row is not None
        for width, height in row.capabilities(parts).sizes:
            found = made("hunyuan images").pipeline.video_processor.calculate_default_height_width(
                height=height, width=width, target_size=target
            )
            assert found == (height, width)


def test_parts_lie_on_the_gpu_only_while_they_work_where_memory_is_short(
    made: Callable[[str], PipelineGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is called of diffusers; without a GPU nothing of it is."""
    generator, asked = made("cogvideox"), request()
    called: list[str] = []
    for name in ("enable_model_cpu_offload", "remove_all_hooks", "to"):
        monkeypatch.setattr(
            generator.pipeline, name, lambda *_, name=name, **__: called.append(name), raising=True
        )
    latents = generator.denoise(asked, on_step=quiet, sparing=True)
    assert called == []
    gpu = SimpleNamespace(type="cuda")
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: called.append("empty_cache"))
    monkeypatch.setattr(type(generator), "device", gpu)

    def making(request: VideoRequest, *, on_step: OnStep) -> Any:
        called.append("made")
        return load(latents)

    monkeypatch.setattr(generator, "made", making)
    assert generator.denoise(asked, on_step=quiet, sparing=True) == latents
    assert called == ["empty_cache", "enable_model_cpu_offload", "made", "remove_all_hooks", "to"]
    called.clear()
    assert generator.denoise(asked, on_step=quiet) == latents
    assert called == ["made"]
