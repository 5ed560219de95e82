"""Which encoder is installed, read without loading it."""

import json
from pathlib import Path

import pytest
from pytest_django import Settings

from dam.search.encoders import model_card


def encoder(folder: Path, weights: bytes = b"weights") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / model_card.CONFIG).write_text("{}")
    (folder / model_card.WEIGHTS[0]).write_bytes(weights)
    return folder


def test_a_folder_names_the_encoder(tmp_path: Path, settings: Settings) -> None:
    settings.ENCODER_MODEL = str(encoder(tmp_path / "ViT-B-32"))
    assert model_card.current().label == "ViT-B-32"
    assert model_card.current().identity.startswith("ViT-B-32@")


def test_other_weights_are_another_encoder(tmp_path: Path, settings: Settings) -> None:
    settings.ENCODER_MODEL = str(encoder(tmp_path / "clip", b"early"))
    early = model_card.current().identity
    encoder(tmp_path / "clip", b"later weights")
    assert model_card.current().identity != early


def test_a_card_beside_the_weights_gives_the_words(tmp_path: Path, settings: Settings) -> None:
    folder = encoder(tmp_path / "clip")
    (folder / model_card.CARD).write_text(
        json.dumps({"label": "Small 1", "bad_at": "reading", "vocabulary": ["red"]})
    )
    settings.ENCODER_MODEL = str(folder)
    found = model_card.current()
    assert (found.label, found.bad_at, found.vocabulary) == ("Small 1", "reading", frozenset({"red"}))


def test_a_folder_without_weights_is_said_to_be_none(tmp_path: Path, settings: Settings) -> None:
    settings.ENCODER_MODEL = str(tmp_path)
    with pytest.raises(model_card.NoEncoder, match="Set ENCODER_MODEL"):
        model_card.current()


def gated(folder: Path) -> Path:
    folder.mkdir()
    drawn = encoder(folder / "drawn")
    for name in model_card.GATED:
        (folder / name).write_bytes(b"weights")
    (folder / model_card.CARD).write_text(json.dumps({"label": "Both", "drawn": drawn.name}))
    return folder


def test_an_encoder_of_two_halves_is_another_when_any_part_changes(tmp_path: Path) -> None:
    folder = gated(tmp_path / "both")
    found = {model_card.read(folder).identity}
    for part in (folder / "gate.safetensors", folder / "drawn" / model_card.WEIGHTS[0]):
        part.write_bytes(b"other weights")
        found.add(model_card.read(folder).identity)
    assert len(found) == 3


def test_half_an_encoder_is_none(tmp_path: Path) -> None:
    folder = gated(tmp_path / "both")
    (folder / "drawn" / model_card.WEIGHTS[0]).unlink()
    with pytest.raises(model_card.NoEncoder, match="drawn"):
        model_card.read(folder)
