"""`manage.py evaluate`: needs neither database nor, with the renderer, a model."""

import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from generation.management.commands.evaluate import BUNDLED_GENERATOR

pytestmark = pytest.mark.model


def run(*words: str) -> tuple[str, str]:
    """What goes to standard output and to standard error."""
    out, err = StringIO(), StringIO()
    call_command("evaluate", *words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_renderer_is_read_right() -> None:
    out, err = run("dit", "--renderer", "--prompts", "6", "--json")
    found = json.loads(out)
    assert found["prompts"] == 6
    assert found["joint"] == 1
    assert "6 of 6 clips" in err


def test_people_get_a_table() -> None:
    out, _ = run("dit", "--renderer", "--prompts", "1")
    assert "of the renderer" in out
    assert "colour" in out


def test_a_generator_that_knows_no_scenes_is_refused(tmp_path: Path) -> None:
    for name in ("model_index", "vae/config", "transformer/config"):
        path = tmp_path / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"_class_name": "WanPipeline"} if name == "model_index" else {}))
    with pytest.raises(CommandError, match="previz"):
        run("dit", "--folder", str(tmp_path))


def test_a_model_of_another_world_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "previz-dit"
    shutil.copytree(BUNDLED_GENERATOR, folder)
    card = folder / "reelproof.json"
    card_data = json.loads(card.read_text())
    card_data["knows"]["shape"] = ["dodecahedron"]
    card.write_text(json.dumps(card_data))
    with pytest.raises(CommandError, match="trained on other scenes"):
        run("dit", "--folder", str(folder))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run("dit", "--folder", str(tmp_path))
    with pytest.raises(CommandError, match="open_clip_config"):
        run("clip", "--folder", str(tmp_path))


@pytest.mark.parametrize(
    "words",
    [
        ("dit", "--prompts", "0"),
        ("clip", "--renderer"),
        ("dit", "--renderer", "--seeds", "2"),
        ("clip", "--processes", "2"),
    ],
)
def test_options_that_make_no_sense_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*words)
