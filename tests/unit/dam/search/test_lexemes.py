"""What the index holds of a text."""

from unittest.mock import Mock

import pytest

from dam.search import lexemes, normalising
from dam.search.lexemes import Text


def vector(*texts: Text) -> dict[str, str]:
    pairs = (each.rsplit(":", 1) for each in lexemes.document(texts).vector.split(" ") if each)
    return {lexeme.strip("'"): places for lexeme, places in pairs}


def test_a_word_stands_as_it_is_and_by_its_stem() -> None:
    assert vector(Text("The bottles", "A")) == {
        "the": "1A",
        "~en.the": "1A",
        "bottles": "2A",
        "~en.bottl": "2A",
    }


def test_a_run_stands_by_its_letters_and_pairs() -> None:
    assert vector(Text("红色瓶")) == {"红": "1D", "色": "2D", "瓶": "3D", "红色": "1D", "色瓶": "2D"}


def test_no_phrase_reaches_over_two_texts() -> None:
    found = vector(Text("summer", "A"), Text("sale", "B"))
    assert int(found["sale"].strip("B")) - int(found["summer"].strip("A")) > 2


def test_joined_words_are_also_one() -> None:
    assert {"blu", "ray", "bluray"} <= set(vector(Text("Blu-ray")))


def test_what_not_all_may_read_stands_apart() -> None:
    document = lexemes.document([Text("bottle", "A"), Text("ugly", inside=True)])
    assert "'!ugly'" in document.vector
    assert "'ugly'" not in document.vector
    assert document.words == {"bottle", "ugly"}


def test_a_text_of_another_language_has_its_stems() -> None:
    found = vector(Text("Die Häuser auf dem Berg", "A"), Text("the bottles on the table"))
    assert {"~de.haus", "~en.bottl"} <= set(found)


def test_a_title_that_tells_no_language_takes_that_of_the_rest() -> None:
    found = vector(Text("Flaschen", "A"), Text("Die Flaschen stehen auf dem Tisch und im Haus"))
    assert found["~de.flasch"].startswith("1A")


def test_a_very_long_text_fits_the_database() -> None:
    text = Text(" ".join(f"word{number}" for number in range(40_000)))
    assert len(lexemes.document([text]).vector.encode()) < 1_000_000


def test_of_very_many_texts_only_the_first_are_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexemes, "MOST_LETTERS", 5000)
    taken = Mock(side_effect=normalising.tokens)
    monkeypatch.setattr(normalising, "tokens", taken)
    lines = [Text("The same words are said again in each of these lines. " * 15) for _ in range(20)]
    found = lexemes.document([Text("bottle", "A"), *lines])
    assert sum(len(call.args[0]) for call in taken.call_args_list) == lexemes.MOST_LETTERS
    assert "bottle" in found.words
