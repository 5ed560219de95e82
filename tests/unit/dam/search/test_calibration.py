"""How sure a match is, held against what other questions score on the same frame."""

import numpy as np
import pytest

from dam.search import calibration, null_queries, strengths
from dam.search.calibration import Chance
from dam.search.strengths import Strength


def test_the_same_score_is_sure_where_little_scores_and_doubtful_where_everything_does() -> None:
    rare, hub = Chance(mean=-3.5, spread=1.0), Chance(mean=0.5, spread=1.5)
    assert strengths.of(rare.likelihood(3.0)) is Strength.STRONG
    assert strengths.of(hub.likelihood(3.0)) is None


@pytest.mark.parametrize(
    ("deviations", "strength"),
    [(6.1, Strength.STRONG), (5.3, Strength.LIKELY), (3.0, Strength.WEAK), (2, None)],
)
def test_the_lines_are_drawn_in_deviations(deviations: float, strength: Strength | None) -> None:
    assert strengths.of(Chance(mean=0, spread=1).likelihood(deviations)) is strength


def test_more_is_always_likelier() -> None:
    chance = Chance(mean=-3, spread=1)
    likelihoods = [chance.likelihood(score) for score in range(-40, 40)]
    assert likelihoods == sorted(likelihoods)
    assert 0 < likelihoods[0] < likelihoods[-1] <= 1


def test_chance_is_what_the_null_queries_score_on_each_frame() -> None:
    frames = np.array([[1, 0], [0, 1]], np.float32)
    null = np.array([[3, -3, 0], [5, -3, 0], [1, -3, 0]], np.float32)  # the last column is the level
    first, second = calibration.chances(frames, null)
    assert (first.mean, first.spread) == pytest.approx((3, np.std([3, 5, 1])))
    assert second == Chance(mean=-3, spread=calibration.LEAST_SPREAD)


def test_how_far_from_a_match_other_questions_are_does_not_count() -> None:
    frames = np.ones((1, 1), np.float32)
    far, near = np.array([[-50, 0], [0, 0]], np.float32), np.array([[-4, 0], [0, 0]], np.float32)
    assert calibration.chances(frames, far) == calibration.chances(frames, near)


def test_the_null_queries_are_some_hundreds_each_once() -> None:
    texts = null_queries.texts()
    assert 200 <= len(texts) <= 300
    assert len(set(texts)) == len(texts)
