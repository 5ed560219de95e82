"""The words that matched, where they stand."""

import pytest

from dam.search import passages, query
from dam.search.passages import Said
from dam.search.results import Part, Passage


def found(typed: str, text: str) -> list[str]:
    (passage,) = passages.of([(Part.DESCRIPTION, text)], [], query.parse(typed, fields={}))
    return [piece.text for piece in passage.pieces if piece.matched]


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("bottle", "Two Bottles on a table", ["Bottles"]),
        ("bot", "A bottle", ["bottle"]),
        ("running", "She runs home", ["runs"]),
        ("creme", "Crème brûlée", ["Crème"]),
        ('"red bottle"', "the red bottle", ["red", "bottle"]),
        ("水瓶", "桌上的水瓶很大", ["水瓶"]),
        ("cat OR dog", "a dog", ["dog"]),
    ],
)
def test_what_matches_is_marked(typed: str, text: str, marked: list[str]) -> None:
    assert found(typed, text) == marked


def test_a_long_text_is_cut_around_the_word() -> None:
    text = "word " * 60 + "bottle " + "word " * 60
    (passage,) = passages.of([(Part.PROMPT, text)], [], query.parse("bottle", fields={}))
    shown = "".join(piece.text for piece in passage.pieces)
    assert shown.startswith("…word")
    assert shown.endswith("…")
    assert len(shown) < 120


def test_what_is_said_comes_first_with_its_time() -> None:
    said = Said(Part.SAID, "Take the bottle", 4000, 6000)
    first, _ = passages.of([(Part.TAGS, "bottle")], [said], query.parse("bottle", fields={}))
    assert (first.part, first.start_ms, first.end_ms) == (Part.SAID, 4000, 6000)


def test_a_text_without_the_words_is_left_out() -> None:
    none: tuple[Passage, ...] = passages.of([(Part.TAGS, "glass")], [], query.parse("bottle", fields={}))
    assert none == ()


def test_a_long_prompt_is_cut_and_says_so() -> None:
    pieces = passages.beginning("red " * 100)
    assert pieces[-1].text == "…"
    assert sum(len(piece.text) for piece in pieces) <= passages.LONGEST + 1
