"""Two rankings become one, and a line is drawn below the matches."""

import pytest

from dam.search import fusion
from dam.search.fusion import Scale


def test_what_both_rankings_have_comes_first() -> None:
    fused = fusion.fuse(words=["a", "b"], pictures=["c", "b"])
    assert [each.key for each in fused] == ["b", "a", "c"]


def test_first_in_both_scores_one() -> None:
    assert fusion.fuse(words=["a"], pictures=["a"])[0].score == pytest.approx(1)


def test_each_key_comes_once_and_says_where_it_was_found() -> None:
    fused = {each.key: each for each in fusion.fuse(words=["a", "b"], pictures=["b"])}
    assert (fused["a"].in_words, fused["a"].in_pictures) == (True, False)
    assert (fused["b"].in_words, fused["b"].in_pictures) == (True, True)


def test_nothing_found_fuses_to_nothing() -> None:
    assert fusion.fuse(words=[], pictures=[]) == []


def test_a_score_at_the_level_is_as_likely_as_not() -> None:
    assert Scale(steepness=20, level=0.4).likelihood(0.4) == pytest.approx(0.5)


def test_an_extreme_score_does_not_overflow() -> None:
    assert Scale(steepness=1e6, level=0).likelihood(-1) == pytest.approx(0)
