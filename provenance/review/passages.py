"""A version's reviews as its comments know them: what was under way when each was written."""

from datetime import datetime

from dam.catalog.models import Version
from provenance.review.filtering import Passage
from provenance.review.models import Review


def of(version: Version) -> list[Passage]:
    """The version's reviews, in two queries."""
    rows = Review.objects.filter(version=version).order_by("submitted_at").prefetch_related("decisions")
    return [
        Passage(
            review.stages,
            review.submitted_at,
            review.closed_at,
            _ends(review),
        )
        for review in rows
    ]


def _ends(review: Review) -> list[datetime]:
    """When each of its stages ended, of those that have: with the last of its decisions."""
    ends = {decision.stage: decision.decided_at for decision in review.decisions.all()}
    return [ends[stage] for stage in sorted(ends) if stage < review.stage]
