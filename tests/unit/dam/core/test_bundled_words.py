import json
from pathlib import Path

import pytest
from django.utils import translation

from dam.core import bundled_words

ROOT = Path(__file__).parents[4]
CARDS = sorted((ROOT / "generation").glob("*/weights/*/reelproof.json"))


def test_there_are_cards() -> None:
    assert len(CARDS) >= 3


@pytest.mark.parametrize("card", CARDS, ids=lambda path: path.parent.name)
def test_what_a_bundled_card_says_is_in_the_catalogues(card: Path) -> None:
    kept = json.loads(card.read_text())
    assert {kept[name] for name in ("good_at", "bad_at", "note") if kept.get(name)} <= bundled_words.WORDS


def test_another_models_words_stay_its_own() -> None:
    with translation.override("de"):
        assert bundled_words.said("anything at all") == "anything at all"
        assert bundled_words.said("") == ""
