import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from generation.generators import model_card
from generation.generators.base import Capabilities, GeneratorError, VideoRequest

CAN = Capabilities(
    sizes=((224, 128), (128, 224)),
    min_frames=17,
    max_frames=33,
    frame_step=8,
    frame_rate=Fraction(16),
    default_steps=12,
    max_steps=40,
    default_guidance=3.0,
)
ASKED = VideoRequest(
    prompt="a ball",
    negative_prompt="",
    seed=1,
    frames=25,
    width=224,
    height=128,
    frame_rate=Fraction(16),
    steps=12,
    guidance=3.0,
)


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
    for name, said in {
        "model_index.json": {"_class_name": "WanPipeline"},
        "vae/config.json": {"scale_factor_temporal": 4, "scale_factor_spatial": 8},
        "transformer/config.json": {"patch_size": [1, 2, 2]},
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(said))
    found = model_card.read(tmp_path).capabilities
    assert found.sizes[0] == (832, 480)
    assert (found.max_frames, found.frame_step) == (81, 4)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"name": "x"}', "\x00"])
def test_a_broken_card_is_refused_in_words(tmp_path: Path, content: str) -> None:
    (tmp_path / "reelproof.json").write_text(content)
    with pytest.raises(GeneratorError, match=r"reelproof\.json"):
        model_card.read(tmp_path)


def test_a_folder_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match="not a model folder"):
        model_card.read(tmp_path / "nowhere")


def test_what_fits_is_left_alone() -> None:
    assert model_card.snap(ASKED, CAN) == ASKED


@pytest.mark.parametrize(("asked", "found"), [(1, 17), (20, 17), (22, 25), (31, 33), (500, 33)])
def test_frames_snap_to_the_nearest_possible(asked: int, found: int) -> None:
    assert model_card.snap(replace(ASKED, frames=asked), CAN).frames == found


@pytest.mark.parametrize(("asked", "found"), [((1920, 1080), (224, 128)), ((720, 1280), (128, 224))])
def test_sizes_snap_to_the_nearest_shape(asked: tuple[int, int], found: tuple[int, int]) -> None:
    request = model_card.snap(replace(ASKED, width=asked[0], height=asked[1]), CAN)
    assert (request.width, request.height) == found


def test_rate_steps_and_guidance_come_into_reach() -> None:
    request = model_card.snap(replace(ASKED, frame_rate=Fraction(30), steps=900, guidance=0.0), CAN)
    assert (request.frame_rate, request.steps, request.guidance) == (Fraction(16), 40, 1.0)
