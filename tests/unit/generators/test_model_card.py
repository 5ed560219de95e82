import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from generation.generators import model_card
from generation.generators.base import GeneratorError
from tests.integration.generation.models import write_card


def test_a_card_names_the_model_and_what_it_can_do(made_folder: Path) -> None:
    card = model_card.read(made_folder)
    assert (card.identity.name, card.identity.version, card.identity.licence) == (
        "previz-dit",
        "test",
        "Apache-2.0",
    )
    assert card.capabilities.sizes == ((48, 32),)
    assert card.capabilities.frame_rate == Fraction(16)


def test_a_card_is_read_without_torch(made_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from generation.generators import model_card;"
        f"model_card.read(Path({str(made_folder)!r}), digest=True); print('torch' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "False"


def test_a_folder_without_a_card_gets_its_digest_when_asked(model_folder: Path) -> None:
    expected = model_card.read(model_folder).identity.weights_sha256
    (model_folder / "reelproof.json").unlink()
    assert model_card.read(model_folder).identity.weights_sha256 == ""
    assert model_card.read(model_folder, digest=True).identity.weights_sha256 == expected


def test_a_published_wan_folder_gets_its_usual_sizes(tmp_path: Path) -> None:
    for name, data in {
        "model_index.json": {"_class_name": "WanPipeline"},
        "vae/config.json": {"scale_factor_temporal": 4, "scale_factor_spatial": 8},
        "transformer/config.json": {"patch_size": [1, 2, 2]},
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(data))
    found = model_card.read(tmp_path).capabilities
    assert found.sizes[0] == (832, 480)
    assert (found.max_frames, found.frame_step) == (81, 4)


def _any_of(*values: object) -> tuple[object, ...]:
    return values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("vae", {"scale_factor_spatial": each}) for each in _any_of([8], {}, None, "x", 0)),
        *(("transformer", {"patch_size": each}) for each in _any_of([], 2, [[]], {}, [0])),
    ],
)
def test_a_published_folder_whose_configurations_are_malformed_is_refused(
    tmp_path: Path, name: str, value: object
) -> None:
    index = {"_class_name": "WanPipeline"}
    files: dict[str, object] = {
        "model_index.json": index,
        "vae/config.json": {},
        "transformer/config.json": {},
        f"{name}/config.json": value,
    }
    for each, data in files.items():
        (tmp_path / each).parent.mkdir(exist_ok=True)
        (tmp_path / each).write_text(json.dumps(data))
    with pytest.raises(GeneratorError, match="cannot be loaded"):
        model_card.read(tmp_path)


@pytest.mark.parametrize(
    "changed",
    [
        *({"sizes": value} for value in _any_of(1, [1], [[]], [{}], {"a": 1})),
        *({"frame_rate": value} for value in _any_of("1/0", [], {})),
        *({"max_frames": value} for value in _any_of([], {}, "x", float("inf"))),
        *({"lexicon": value} for value in _any_of([1], "x", {"attributes": []})),
        {"lexicon": {"attributes": {"colour": 1}}},
        {"modes": 1},
        # The right kind, and nothing that can be made: once it failed later, where it was divided by.
        *({"frame_rate": value} for value in _any_of("0", "-16")),
        *({"sizes": value} for value in _any_of([], [[0, 144]], [[256, -144]])),
        *({"frame_step": value} for value in _any_of(0, -8)),
        *({"min_frames": value} for value in _any_of(0, 10_000)),
        *({"default_steps": value} for value in _any_of(0, 10_000)),
        {"default_guidance": float("nan")},
        {"modes": []},
    ],
)
def test_a_card_with_values_of_another_kind_is_refused_in_words(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    write_card(tmp_path, **changed)
    with pytest.raises(GeneratorError, match=r"reelproof\.json in .* is incomplete"):
        model_card.read(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"name": "x"}', "\x00", pytest.param("[" * 100_000, id="nested")]
)
def test_a_broken_card_is_refused_in_words(tmp_path: Path, content: str) -> None:
    (tmp_path / "reelproof.json").write_text(content)
    with pytest.raises(GeneratorError, match=r"reelproof\.json"):
        model_card.read(tmp_path)


def test_a_folder_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match="not a model folder"):
        model_card.read(tmp_path / "nowhere")
