"""A model folder must not be able to run code."""

import json
from pathlib import Path

import pytest

from generation.generators import loading, trust
from generation.generators.base import GeneratorError


def rewrite(folder: Path, **parts: object) -> None:
    path = folder / "model_index.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **parts}))


def test_our_own_folder_is_trusted(model_folder: Path) -> None:
    trust.check(model_folder)


@pytest.mark.parametrize(
    "part",
    [
        ["os", "system"],
        ["evil", "Model"],
        ["diffusers", "DiffusionPipeline"],
        ["transformers", "pipeline"],
        [],
    ],
)
def test_foreign_classes_are_refused(model_folder: Path, part: list[str]) -> None:
    rewrite(model_folder, vae=part)
    with pytest.raises(GeneratorError, match="not trusted"):
        loading.load(model_folder)


@pytest.mark.parametrize(
    "part",
    [
        ["diffusers", {}],
        ["diffusers", []],
        [["diffusers", "AutoencoderKLWan"]],
        [{}, {}],
        ["diffusers", 1],
        ["diffusers", None],
        [True, False],
        ["diffusers"],
        ["diffusers", "AutoencoderKLWan", "more"],
        {},
    ],
)
def test_a_malformed_part_is_refused_as_a_foreign_one_is(model_folder: Path, part: object) -> None:
    rewrite(model_folder, vae=part)
    with pytest.raises(GeneratorError, match="not trusted"):
        trust.check(model_folder)


@pytest.mark.parametrize("index", [[], ["diffusers", {}], [["_class_name", "WanPipeline"]], 1, "text", None])
def test_an_index_that_is_no_object_is_refused(tmp_path: Path, index: object) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(GeneratorError, match="not a diffusers pipeline folder"):
        trust.check(tmp_path)


def test_an_index_nested_beyond_what_is_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("[" * 100_000)
    with pytest.raises(GeneratorError, match="not a diffusers pipeline folder"):
        trust.check(tmp_path)


def test_a_part_that_is_no_pair_is_refused(model_folder: Path) -> None:
    rewrite(model_folder, vae={"library": "os"})
    with pytest.raises(GeneratorError, match="not trusted"):
        loading.load(model_folder)


@pytest.mark.parametrize("name", ["StableDiffusionPipeline", ["evil", "Pipeline"], None])
def test_foreign_pipelines_are_refused(model_folder: Path, name: object) -> None:
    rewrite(model_folder, _class_name=name)
    with pytest.raises(GeneratorError, match="not a pipeline that Reelproof runs"):
        loading.load(model_folder)


@pytest.mark.parametrize("name", ["vae/diffusion_pytorch_model.bin", "pipeline.py", "transformer/model.PT"])
def test_files_that_can_carry_code_are_refused(model_folder: Path, name: str) -> None:
    (model_folder / name).write_bytes(b"")
    with pytest.raises(GeneratorError, match="only safetensors"):
        loading.load(model_folder)


def test_altered_weights_are_refused(model_folder: Path) -> None:
    path = model_folder / "vae" / "diffusion_pytorch_model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(GeneratorError, match="not those its card describes"):
        loading.load(model_folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match="not a diffusers pipeline folder"):
        loading.load(tmp_path)


def test_damaged_weights_are_refused(model_folder: Path) -> None:
    (model_folder / "reelproof.json").unlink()
    (model_folder / "transformer" / "diffusion_pytorch_model.safetensors").write_bytes(b"short")
    with pytest.raises(GeneratorError, match="cannot be loaded"):
        loading.load(model_folder)
