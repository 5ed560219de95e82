"""The report on clips and pictures of one's own."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from dam.search.encoders import loading, model_card
from generation.footage import evaluate
from tests.integration.dam.search.seeing import ColourEncoder


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    lines = []
    for name, colour in (("red", (255, 0, 0)), ("blue", (0, 0, 255))):
        Image.fromarray(np.full((32, 32, 3), colour, np.uint8)).save(tmp_path / f"{name}.png")
        lines.append(json.dumps({"path": f"{name}.png", "captions": [name]}))
    file = tmp_path / "captions.jsonl"
    file.write_text("\n".join(lines))
    return file


def test_captions_are_looked_for_among_all(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load", lambda about: ColourEncoder())
    done: list[tuple[int, int]] = []
    about = model_card.current()
    report = evaluate.report(pictures, about.folder, on_progress=lambda *each: done.append(each))
    assert (report["model"], done) == (about.label, [(1, 2), (2, 2)])
    assert (report["clips"], report["captions"], report["recall_at_1"]) == (2, 2, 1.0)


@pytest.mark.parametrize("line", ['{"path": "b.mp4"}', "b.mp4", "[]", '{"path": "b.mp4", "captions": "b"}'])
def test_a_line_without_captions_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "captions.jsonl"
    file.write_text('{"path": "a.mp4", "captions": ["a"]}\n' + line)
    with pytest.raises(CommandError, match=r"Line 2 of captions\.jsonl"):
        call_command("evaluate", "clip", captions=file)


def test_a_clip_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "captions.jsonl"
    file.write_text('{"path": "nowhere.png", "captions": ["a"]}')
    with pytest.raises(CommandError, match=r"nowhere\.png"):
        call_command("evaluate", "clip", captions=file)
