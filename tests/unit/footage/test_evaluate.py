"""The report on clips and pictures of one's own."""

import json
from pathlib import Path

import numpy as np
import pytest
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
    report = evaluate.report(pictures)
    assert report["model"] == model_card.current().label
    assert (report["clips"], report["captions"], report["recall_at_1"]) == (2, 2, 1.0)


def test_a_line_without_captions_is_named(tmp_path: Path) -> None:
    file = tmp_path / "captions.jsonl"
    file.write_text('{"path": "a.mp4", "captions": ["a"]}\n{"path": "b.mp4"}\n')
    with pytest.raises(ValueError, match=r"Line 2 of captions\.jsonl"):
        evaluate.report(file)
