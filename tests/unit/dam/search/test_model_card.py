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
