"""What a new version has put back to the beginning: the approval, or the review, of an earlier one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dam.catalog.models import Version
from dam.media.recipes import DECODED
from dam.web import comparison
from dam.web.comparison import Fact
from provenance.review.models import Review
from provenance.review.states import ReviewState
from provenance.web import review_summary

ENDED = (ReviewState.APPROVED, ReviewState.SUPERSEDED)


@dataclass(frozen=True)
class Reset:
    """`review` is of an earlier version and counts for nothing in this one, which differs by `facts`."""

    review: Review
    number: int
    approved: bool  # else it ended undecided when a newer version came
    sentence: str
    facts: tuple[Fact, ...]
    same_pictures: bool


def of(version: Version, reviews: Iterable[Review], *, at: datetime) -> Reset | None:
    """The last of the clip's `reviews`, newest first, whose version was approved before this one.

    Without an approved one, the last that a newer version ended. None where there is neither, and for a
    version that is approved itself. Reads of each review what review_summary.sentence does.
    """
    before = [each for each in reviews if each.version.number < version.number and each.state in ENDED]
    if not before or version.approval == "approved":
        return None
    last = next((each for each in before if each.state == ReviewState.APPROVED), before[0])
    facts = comparison.differing(last.version, version)
    pictures = [each.media_info.get(DECODED) for each in (last.version, version)]
    return Reset(
        last,
        last.version.number,
        approved=last.state == ReviewState.APPROVED,
        sentence=review_summary.sentence(last, at=at),
        facts=tuple(facts),
        same_pictures=pictures[0] is not None and pictures[0] == pictures[1],
    )
