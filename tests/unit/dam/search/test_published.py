"""OpenCLIP's models are fetched by their published names, and used by them."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dam.core.model_hub import NotFetched
from dam.search import tasks
from dam.search.encoders import model_card, published
from tests import model_hub as fake
from tests.model_hub import Hub

NAME = "hf-hub:timm/ViT-B-16-SigLIP2"
REPOSITORY = "timm/ViT-B-16-SigLIP2"
FILES = {
    "open_clip_config.json": b"{}",
    "open_clip_model.safetensors": b"weights" * 200,
    "model.safetensors": b"the same for another program" * 100,
    "open_clip_pytorch_model.bin": b"the same, pickled" * 100,
    "tokenizer.json": b"{}",
    "README.md": b"",
}


@pytest.fixture
def hub(settings: Any, tmp_path: Path) -> Iterator[Hub]:
    settings.MODELS_DIR = tmp_path / "models"
    hub = Hub(files={REPOSITORY: dict(FILES)}, cards={REPOSITORY: {"license": "apache-2.0"}})
    with fake.running(hub):
        settings.MODEL_HUB = hub.url
        yield hub


def fetch(*arguments: str) -> str:
    said = StringIO()
    call_command("fetch_encoder", NAME, *arguments, stdout=said, stderr=StringIO())
    return said.getvalue()


def test_what_openclip_needs_is_fetched_once_and_nothing_pickled(hub: Hub, settings: Any) -> None:
    said = fetch("--yes")
    folder = settings.MODELS_DIR / "timm--ViT-B-16-SigLIP2"
    assert {path.name for path in folder.iterdir()} == {
        "open_clip_config.json",
        "open_clip_model.safetensors",
        "tokenizer.json",
        model_card.CARD,
    }
    assert "Licence: Apache-2.0" in said
    assert f"set ENCODER_MODEL={NAME}" in said


def test_a_fetched_model_is_used_by_its_name_and_carries_its_licence(hub: Hub, settings: Any) -> None:
    fetch("--yes")
    settings.ENCODER_MODEL = NAME
    card = model_card.current()
    assert (card.label, card.licence) == ("timm ViT-B-16-SigLIP2", "Apache-2.0")


def test_a_model_that_is_not_for_commerce_wants_a_setting(hub: Hub, settings: Any) -> None:
    hub.cards[REPOSITORY] = {"license": "other", "license_name": "apple-amlr"}
    with pytest.raises(CommandError, match="NONCOMMERCIAL_MODELS=1"):
        fetch("--yes")
    settings.NONCOMMERCIAL_MODELS = True
    fetch("--yes")
    settings.ENCODER_MODEL, settings.NONCOMMERCIAL_MODELS = NAME, False
    with pytest.raises(model_card.NoEncoder, match="NONCOMMERCIAL_MODELS=1"):
        model_card.current()


def test_nothing_is_fetched_without_a_yes(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda question: "")
    with pytest.raises(CommandError, match="Nothing was fetched"):
        fetch()
    assert len(hub.asked) == 1


def test_without_a_hub_the_sentence_says_how_to_bring_the_folder(hub: Hub, settings: Any) -> None:
    settings.MODEL_HUB = "http://127.0.0.1:9"
    with pytest.raises(NotFetched) as refused:
        published.look_up(NAME)
    assert f"hf download {REPOSITORY} --local-dir timm--ViT-B-16-SigLIP2" in str(refused.value)
    assert str(settings.MODELS_DIR / "timm--ViT-B-16-SigLIP2") in str(refused.value)


def test_a_repository_that_openclip_could_not_load_is_refused(hub: Hub) -> None:
    del hub.files[REPOSITORY]["open_clip_config.json"]
    with pytest.raises(NotFetched, match="isn't a model that OpenCLIP can load"):
        published.look_up(NAME)


def test_a_worker_fetches_it_too(hub: Hub, settings: Any) -> None:
    tasks.fetch_encoder(NAME)
    assert (settings.MODELS_DIR / "timm--ViT-B-16-SigLIP2" / "open_clip_model.safetensors").exists()
