"""How sure a match in the pictures is, held against what other questions score on the same pictures. Pure.

The same score means much on one picture and little on another: some look a little like everything. So a
score is measured in standard deviations above what a few hundred queries for other things (null_queries)
score on the very frame. Nothing in that is tuned to an encoder: every one's scores are log-odds of a match.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dam.search.fusion import LEAST_LIKELIHOOD
from dam.search.strengths import STRONG_LIKELIHOOD, WEAK_LIKELIHOOD

# Fewer say nothing about the spread: a small encoder may know hardly any of their words.
LEAST_QUERIES = 40
# Log-odds below this mean no match, and how far below means nothing: it would only widen the spread.
NO_MATCH = -4.0
LEAST_SPREAD = 1.0
# From how many deviations on a match is weak, likely, strong: in the test library 7 of 10 of those above the
# second line are right, of filmed clips and of drawn ones, and 9 of 10 above the third (docs/performance.md).
LINES = (2.5, 5.2, 6.0)
_MOST = 12.0

Queries = NDArray[np.float32]  # [N, D + 1]: log-odds of a match are the inner product with [frame, 1]


@dataclass(frozen=True)
class Chance:
    """What other questions score on a frame: mean and standard deviation of the log-odds."""

    mean: float
    spread: float

    def likelihood(self, log_odds: float) -> float:
        """0 to 1 that a frame with this score shows what was asked; the lines are those of `strengths`."""
        return _likelihood((log_odds - self.mean) / self.spread)


def chances(frames: NDArray[np.float32], null: Queries) -> list[Chance]:
    """One for each frame: [C, D]."""
    by_chance = np.maximum(frames @ null[:, :-1].T + null[:, -1], NO_MATCH)
    spreads = np.maximum(by_chance.std(axis=1), LEAST_SPREAD)
    means = by_chance.mean(axis=1)
    return [Chance(float(mean), float(spread)) for mean, spread in zip(means, spreads, strict=True)]


def _likelihood(deviations: float) -> float:
    """A curve through the lines, of which the likelihoods stand in `strengths`."""
    known = [_log_odds(each) for each in (WEAK_LIKELIHOOD, LEAST_LIKELIHOOD, STRONG_LIKELIHOOD)]
    at = np.interp(deviations, (LINES[0] - _MOST, *LINES, LINES[2] + _MOST), (-_MOST, *known, 2 * _MOST))
    return float(1 / (1 + math.exp(-at)))


def _log_odds(likelihood: float) -> float:
    return math.log(likelihood / (1 - likelihood))
