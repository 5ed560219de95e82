"""Whom the open review of a version waits for, for those who ask why they can't use it."""

from dataclasses import dataclass
from datetime import datetime

from dam.accounts.capabilities import Capability
from dam.catalog.models import Version
from provenance.review import asking
from provenance.review.models import Review
from provenance.review.policies import STAGES
from provenance.review.states import ReviewState


@dataclass(frozen=True)
class WaitsFor:
    """`people` are named by their numbers; None: whoever has the capability, but for those `not_asked`."""

    capability: Capability
    people: frozenset[int] | None
    not_asked: frozenset[int]
    since: datetime


def of(version: Version, *, at: datetime) -> WaitsFor | None:
    """None where no review is open. A few queries. `since`: when its stage began, by the decision before."""
    rows = Review.objects.filter(version=version, state=ReviewState.OPEN)
    review = rows.select_related("version", "brand").prefetch_related("decisions").first()
    if review is None:
        return None
    asked = asking.of_one(review, at=at)
    earlier = [each.decided_at for each in review.decisions.all() if each.stage < review.stage]
    return WaitsFor(
        capability=STAGES[review.waits_for.kind].capability,
        people=None if asked.by_role else asked.people,
        not_asked=asking.not_asked(review),
        since=max(earlier, default=review.submitted_at),
    )
