"""Which models are installed, whether they can run, and whether they may be used."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from generation import model_register
from generation.generators.base import GeneratorError
from generation.model_register import ModelKind
from tests.integration.generation.models import CARD, write_card


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A folder of a generator, without weights, that is the one in use."""
    made = write_card(tmp_path / "model")
    settings.GENERATOR_MODEL = str(made)
    return made


def test_the_bundled_models_are_installed_and_can_run() -> None:
    generator, encoder = model_register.installed()
    assert (generator.kind, generator.name, generator.problem) == (ModelKind.GENERATOR, "previz-dit", "")
    assert (encoder.kind, encoder.problem) == (ModelKind.ENCODER, "")
    assert {generator.licence, encoder.licence} == {"Apache-2.0"}
    assert encoder.name.startswith("reelproof-clip")


def test_the_generator_in_use_says_what_it_can_do(folder: Path) -> None:
    model = model_register.generator()
    assert model.folder == folder
    assert (model.identity.name, model.identity.licence) == ("Test model", "Apache-2.0")
    assert model.capabilities.sizes == ((128, 80), (80, 128))
    assert model.lexicon is not None


def test_the_register_says_what_a_generator_makes(folder: Path) -> None:
    (line, _) = model_register.installed()
    assert line.ability == "Makes clips from prompts: 128×80, 80×128, up to 2.1 s."
    assert (line.version, line.licence, line.folder) == ("1", "Apache-2.0", folder)


def test_a_folder_that_is_not_there_is_listed_with_its_problem(tmp_path: Path, settings: Any) -> None:
    settings.GENERATOR_MODEL = str(tmp_path / "nowhere")
    settings.ENCODER_MODEL = str(tmp_path / "nothing")
    generator, encoder = model_register.installed()
    assert "not a model folder" in generator.problem
    assert "Set ENCODER_MODEL" in encoder.problem
    assert (generator.name, encoder.name) == ("nowhere", "nothing")


def test_a_folder_with_foreign_code_cannot_run(folder: Path) -> None:
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "WanPipeline", "vae": ["evil", "V"]}))
    with pytest.raises(GeneratorError, match="not trusted"):
        model_register.generator()
    assert "not trusted" in model_register.installed()[0].problem


def test_a_pipeline_that_nobody_runs_here_is_a_problem(folder: Path) -> None:
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "LTXPipeline"}))
    assert "not a pipeline that Reelproof runs" in model_register.installed()[0].problem


@pytest.mark.parametrize(
    ("licence", "words"),
    [
        ("Apache-2.0", ""),
        ("", "licence is unknown"),
        ("CC-BY-NC-4.0", "doesn't allow commercial use"),
        ("PolyForm-Noncommercial-1.0.0", "doesn't allow commercial use"),
        ("CC-BY-4.0", ""),
    ],
)
def test_a_licence_asks_for_caution(folder: Path, licence: str, words: str) -> None:
    (folder / "reelproof.json").write_text(json.dumps(CARD | {"licence": licence}))
    caution = model_register.installed()[0].caution
    assert words in caution
    assert bool(words) == bool(caution)


def test_the_register_needs_no_torch() -> None:
    code = (
        "import django, os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'dam.settings'; django.setup();"
        "from generation import model_register; model_register.installed(); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split()[-1] == "False"


def test_people_are_told_what_is_installed(folder: Path) -> None:
    out = StringIO()
    call_command("models", stdout=out)
    assert "generator  Test model 1" in out.getvalue()
    assert "Apache-2.0" in out.getvalue()


def test_programs_are_told_what_is_installed(tmp_path: Path, settings: Any) -> None:
    settings.GENERATOR_MODEL = str(tmp_path / "nowhere")
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("models", "--json", stdout=out)
    assert left.value.code == 1
    generator, encoder = json.loads(out.getvalue())
    assert (generator["kind"], encoder["kind"]) == ("generator", "encoder")
    assert generator["problem"]
    assert not encoder["problem"]
