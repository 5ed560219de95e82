"""Clips that were sent to review together: what somebody sees of a set, how far it is, and what comes next.

Each clip has its own review. Whoever doesn't see a clip is neither shown it nor told how many there are.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from dam.accounts.principals import Principal
from provenance.review import absences, queue
from provenance.review.models import Absence, Review
from provenance.review.set_models import ReviewSet
from provenance.review.states import ReviewState

IN_ORDER = ("set_place", "pk")


@dataclass(frozen=True)
class Progress:
    """Of the clips of a set that somebody sees: how many there are, are open, wait for them, came back to
    them, wait for somebody whom they stand in for, and are late (theirs to decide or sent by them)."""

    total: int = 0
    open: int = 0
    waiting: int = 0
    returned: int = 0
    standing: int = 0
    overdue: int = 0

    @property
    def over(self) -> int:
        return self.total - self.open


@dataclass(frozen=True)
class Place:
    """Where a review stands among those of its set that somebody sees, from 1, and what is beside it."""

    number: int
    total: int
    previous: UUID | None
    next: UUID | None


def visible(principal: Principal) -> QuerySet[ReviewSet]:
    """The sets of which this principal sees a clip at least."""
    seen = queue.visible_reviews(principal).filter(review_set__isnull=False).values("review_set")
    return ReviewSet.objects.filter(brand=principal.brand, pk__in=seen).select_related("submitted_by")


def reviews_of(review_set: ReviewSet, principal: Principal) -> QuerySet[Review]:
    """What they see of it, in its order."""
    return queue.visible_reviews(principal).filter(review_set=review_set).order_by(*IN_ORDER)


def one_of_each(rows: QuerySet[Review]) -> QuerySet[Review]:
    """Of these, in their order, the first of each set; one that was sent alone is one of its own."""
    number = Window(
        RowNumber(),
        partition_by=["review_set_id"],
        order_by=list(rows.query.order_by),  # type: ignore[arg-type]
    )
    # Numbered by their keys alone: whole rows, with all that goes along with them, would be sorted on disk.
    in_sets = rows.filter(review_set__isnull=False).select_related(None).order_by()
    keys = in_sets.annotate(number_in_set=number).filter(number_in_set=1)
    return rows.filter(Q(review_set=None) | Q(pk__in=keys.values("pk")))


def progress(
    keys: Collection[UUID],
    principal: Principal,
    absent: Sequence[Absence] = (),
    *,
    late_at: datetime | None = None,
) -> dict[UUID, Progress]:
    """Of these sets, in five queries at most; `absent` as absences.now_for says; what is late then."""
    if not keys:
        return {}
    seen = queue.visible_reviews(principal).filter(review_set__in=keys)
    counted = seen.order_by().values("review_set")
    counts = counted.annotate(total=Count("pk"), open=Count("pk", filter=Q(state=ReviewState.OPEN)))

    def of(rows: QuerySet[Review]) -> dict[UUID, int]:
        grouped = rows.filter(review_set__in=keys).order_by().values("review_set")
        return dict(grouped.annotate(count=Count("pk", distinct=True)).values_list("review_set", "count"))

    waiting, returned = of(queue.waiting_for(principal)), of(queue.returned_to(principal))
    standing = of(absences.reviews_for(principal, list(absent))) if absent else {}
    late = of(queue.overdue(principal, at=late_at)) if late_at else {}
    return {
        key: Progress(
            total=row["total"],
            open=row["open"],
            waiting=waiting.get(key, 0),
            returned=returned.get(key, 0),
            standing=standing.get(key, 0),
            overdue=late.get(key, 0),
        )
        for row in counts
        for key in [row["review_set"]]
    }


def place(review: Review, principal: Principal) -> Place | None:
    """None of one that was sent alone."""
    if review.review_set is None:
        return None
    keys = list(reviews_of(review.review_set, principal).values_list("pk", flat=True))
    at = keys.index(review.pk)
    return Place(
        number=at + 1,
        total=len(keys),
        previous=keys[at - 1] if at else None,
        next=keys[at + 1] if at + 1 < len(keys) else None,
    )


def following(review: Review, principal: Principal) -> Review | None:
    """What they decide after this one: the next of its set that waits for them, then one before it; where
    none of the set does, the first of all that wait."""
    waiting: QuerySet[Any] = queue.waiting_for(principal).exclude(pk=review.pk)
    if review.review_set_id is not None:
        later = Q(set_place__gt=review.set_place)
        rows = waiting.filter(review_set=review.review_set_id).annotate(comes_later=later)
        of_set: Review | None = rows.order_by(F("comes_later").desc(), *IN_ORDER).first()
        if of_set is not None:
            return of_set
    first: Review | None = waiting.first()
    return first
