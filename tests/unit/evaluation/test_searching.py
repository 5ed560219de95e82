"""How searches are measured: by the moments that answer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dam.search.encoders import loading, model_card
from dam.search.encoders.base import TextEmbedding
from dam.search.strengths import Strength
from generation.evaluation import searching
from generation.evaluation.searching import Answer, Clip, Found, Question
from tests.integration.dam.search.seeing import ColourEncoder

RED, BLUE = [1.0, 0, 0], [0, 0, 1.0]
NONE = np.empty((0, 4), np.float32)


def clip(title: str, *frames: list[float]) -> Clip:
    return Clip(title=title, frames=np.array(frames or [BLUE], np.float32))


def asked(colour: list[float]) -> TextEmbedding:
    return TextEmbedding(vector=tuple(colour), steepness=20, level=0.7)


def test_a_title_must_have_every_word() -> None:
    library = [clip("Aurora: red bottles"), clip("red bottle"), clip("red ball"), clip("final 3")]
    assert [hit.clip for hit in searching.in_words(library, "a red bottle")] == [1, 0]


def test_a_picture_is_found_at_its_best_frame() -> None:
    library = [clip("", BLUE), clip("", BLUE, RED)]
    assert searching.in_pictures(library, asked(RED), NONE) == [Found(1, 1, Strength.STRONG)]


def test_a_hit_in_both_opens_where_it_is_seen_and_comes_first() -> None:
    words, seen = [Found(3), Found(1)], [Found(1, frame=5), Found(2, strength=Strength.WEAK)]
    assert [(hit.clip, hit.frame) for hit in searching.fused(words, seen)] == [(1, 5), (3, 0), (2, 0)]


def test_another_moment_of_the_right_clip_is_no_answer() -> None:
    question = Question("red", (Answer(clip=0, first=4, end=8),))
    assert searching.measure([[Found(0, frame=1), Found(0, frame=4)]], [question]) == {
        "recall_at_5": 1.0,
        "mean_reciprocal_rank": 0.5,
    }


def test_precision_is_told_for_each_strength() -> None:
    question = Question("red", (Answer(clip=0, first=0, end=1),))
    found = [Found(0), Found(1, strength=Strength.WEAK)]
    assert searching.precision([found], [question]) == {"strong": 1.0, "likely": 0.0, "weak": 0.0}


def test_every_scene_of_the_drawn_library_answers_its_question() -> None:
    library, questions = searching.drawn(ColourEncoder(), clips=3)
    assert [len(each.frames) for each in library] == [8, 8, 8]
    for place, question in enumerate(questions):
        first = place % 2 * searching.FRAMES
        assert Answer(place // 2, first, first + searching.FRAMES) in question.answers


def test_one_s_own_pictures_are_searched_by_title_and_by_caption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[dict[str, Any]] = []
    for colour in ("red", "blue"):
        Image.new("RGB", (32, 32), colour).save(tmp_path / f"{colour}.png")
        lines.append({"path": f"{colour}.png", "title": "Sunset", "captions": [colour]})
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, lines)))
    card = model_card.EncoderCard(identity="colours@1", folder=tmp_path, label="Colours")
    monkeypatch.setattr(model_card, "read", lambda folder: card)
    monkeypatch.setattr(loading, "load", lambda about: ColourEncoder())
    figures = searching.report(tmp_path, clips=1, captions=tmp_path / "mine.jsonl")
    assert figures["pictures"]["recall_at_5"] == 1
    assert figures["words"]["recall_at_5"] == 0
