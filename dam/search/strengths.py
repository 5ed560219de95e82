"""How sure a match is, in three steps. Pure: the one place that draws the lines."""

from enum import StrEnum

from dam.core.language import gettext as _
from dam.core.language import noop
from dam.search.fusion import LEAST_LIKELIHOOD

STRONG_LIKELIHOOD = 0.92
# From here to LEAST_LIKELIHOOD a match is weak; below, it is none.
WEAK_LIKELIHOOD = 0.4


class Strength(StrEnum):
    """Weak matches stand apart, below the others, and are never mixed with them."""

    STRONG = "strong"
    LIKELY = "likely"
    WEAK = "weak"

    @property
    def words(self) -> str:
        """For people."""
        return _(_WORDS[self])


_WORDS = {
    Strength.STRONG: noop("Strong match"),
    Strength.LIKELY: noop("Likely match"),
    Strength.WEAK: noop("Weak match"),
}


def of(likelihood: float) -> Strength | None:
    """None for what isn't a match."""
    if likelihood >= STRONG_LIKELIHOOD:
        return Strength.STRONG
    if likelihood >= LEAST_LIKELIHOOD:
        return Strength.LIKELY
    return Strength.WEAK if likelihood >= WEAK_LIKELIHOOD else None
