"""How sure a match is, in three steps."""

import pytest

from dam.search import strengths
from dam.search.strengths import Strength


@pytest.mark.parametrize(
    ("likelihood", "strength"),
    [(0.99, Strength.STRONG), (0.7, Strength.LIKELY), (0.5, Strength.WEAK), (0.2, None)],
)
def test_a_likelihood_becomes_a_strength_or_no_match(likelihood: float, strength: Strength | None) -> None:
    assert strengths.of(likelihood) is strength
