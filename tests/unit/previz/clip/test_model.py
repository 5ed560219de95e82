"""The folder that previz-clip is written to is one that OpenCLIP loads."""

from pathlib import Path

import numpy as np
import pytest

from dam.search.encoders import model_card, openclip
from dam.search.encoders.openclip import OpenClip
from generation.previz.clip import model as clip_model

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> OpenClip:
    """Saved with random weights and loaded again."""
    folder: Path = tmp_path_factory.mktemp("models") / "previz-clip"
    clip_model.save(clip_model.build().eval(), folder)
    return openclip.OpenClip(model_card.read(folder))


def test_pictures_of_any_size_become_unit_vectors(encoder: OpenClip) -> None:
    for height, width in ((144, 256), (256, 144), (50, 50)):
        vectors = encoder.encode_frames(np.zeros((3, height, width, 3), np.uint8))
        assert vectors.shape == (3, encoder.dimensions)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_large_model_keeps_no_tower_for_pictures_until_one_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip_model.save(clip_model.build().eval(), tmp_path)
    about, pictures = model_card.read(tmp_path), np.full((1, 90, 160, 3), 90, np.uint8)
    whole = OpenClip(about)
    monkeypatch.setattr(openclip, "LARGE", 0)
    large = OpenClip(about)
    assert large._model.visual is None
    assert large.encode_text(["red ball"]) == pytest.approx(whole.encode_text(["red ball"]), abs=1e-5)
    likeness = (large.encode_frames(pictures) * whole.encode_frames(pictures)).sum()
    assert likeness == pytest.approx(1, abs=0.01)  # may be in bfloat16


def test_text_in_any_script_becomes_unit_vectors(encoder: OpenClip) -> None:
    vectors = encoder.encode_text(["red ball", "", "красный 🎈", "word " * 100])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_capitals_and_hyphens_make_no_difference(encoder: OpenClip) -> None:
    plain, typed = encoder.encode_text(["a medium sized can", "A Medium-Sized CAN!"])
    assert plain == pytest.approx(typed)


def test_the_bias_it_was_trained_with_draws_the_line(encoder: OpenClip) -> None:
    meaning = encoder.understand("red ball")
    assert meaning.level == pytest.approx(5.0 / meaning.steepness, rel=0.01)  # its first bias is -5


def test_the_folder_is_small(tmp_path: Path) -> None:
    clip_model.save(clip_model.build().eval(), tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 10 * 1024 * 1024
