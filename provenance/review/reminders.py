"""Saying that a review is due soon, and that it is overdue: an event, once for each date and stage.

So many days before as the stage's template says, the day before where it says nothing; and once it is
overdue, again every so many days where it says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from dam.accounts import times
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.core import locks
from provenance.review import asking
from provenance.review.asking import Asked
from provenance.review.models import Review
from provenance.review.plans import Planned
from provenance.review.states import ReviewState

SOON = timedelta(days=32)  # wider than the longest reminder, in any time zone
CHUNK = 200

_Told = tuple[str, str, str, int | None, int]  # verb, review, date, stage; days before, or which time


def remind(*, at: datetime | None = None) -> int:
    """Leave an event for each open review that is due tomorrow, where its brand is, or overdue; how many.

    Each stage is told, as it asks others.
    """
    at = at or timezone.now()
    due = (
        Review.objects.filter(
            asking.overdue(at + SOON),
            state=ReviewState.OPEN,
            version__asset__trashed_at=None,
            brand__closed_at=None,
        )
        .select_related("brand", "version__asset")
        .prefetch_related("decisions")
        .order_by("pk")
    )
    keys = list(due.values_list("pk", flat=True))
    return sum(
        _remind(list(due.filter(pk__in=keys[start : start + CHUNK])), at)
        for start in range(0, len(keys), CHUNK)
    )


def _remind(found: Sequence[Review], at: datetime) -> int:
    with trail.recording():
        locks.hold("review-reminders")  # of two that run at once the later one sees what the first has left
        told = _told(found)
        asked = asking.of(found, at=at)  # once the stage's days are over its deputies, too
        pending = [
            PendingEvent(
                said.verb,
                review.brand,
                str(review.version),
                asset_id=review.version.asset_id,
                data=_facts(review, due_at, asked[review.pk], said),
                at=at,
            )
            for review in found
            for due_at in _days(review)
            if (said := said_of(due_at, review.waits_for, zone=_zone(review), at=at))
            and not _is_told(told, said, review, due_at)
        ]
        trail.record_many(pending)
    return len(pending)


@dataclass(frozen=True)
class Said:
    """What there is to say: `count` is how many days before, of one that is overdue which time after the
    first."""

    verb: Verb
    count: int


def said_of(due_at: datetime, stage: Planned, *, zone: ZoneInfo, at: datetime) -> Said | None:
    """What there is to say of a review that is due then; None when nothing is.

    >>> noon = datetime(2027, 5, 3, 12, tzinfo=ZoneInfo("UTC"))
    >>> said_of(noon, Planned("legal"), zone=ZoneInfo("UTC"), at=noon - timedelta(days=1)).verb
    <Verb.REVIEW_DUE_TOMORROW: 'review.due_tomorrow'>
    """
    left = (due_at.astimezone(zone).date() - at.astimezone(zone).date()).days
    if due_at <= at:
        return Said(Verb.REVIEW_OVERDUE, -left // stage.again if stage.again else 0)
    if left not in stage.remind:
        return None
    return Said(Verb.REVIEW_DUE_TOMORROW, 0) if left == 1 else Said(Verb.REVIEW_DUE_SOON, left)


def _facts(review: Review, due_at: datetime, asked: Asked, said: Said) -> dict[str, object]:
    due = {"review": str(review.pk), "due_at": due_at.isoformat(), "stage_index": review.stage}
    if review.review_set_id is not None:
        due["review_set"] = str(review.review_set_id)
    if said.count:
        due["count"] = said.count
    return {**due, **asking.for_events(review, asked)}


def _days(review: Review) -> list[datetime]:
    """The day it was to be done by, and the stage's own, each once: they ask different people."""
    return sorted({day for day in (review.due_at, review.stage_due_at) if day is not None})


def _zone(review: Review) -> ZoneInfo:
    return times.of_brand(review.brand)


def _is_told(told: set[_Told], said: Said, review: Review, due_at: datetime) -> bool:
    """Whether the people of its stage have been told; of an earlier release's events, somebody."""
    about = (said.verb.value, str(review.pk), due_at.isoformat())
    return any((*about, stage, said.count) in told for stage in (review.stage, None))


def _told(found: Sequence[Review]) -> set[_Told]:
    """What was said of these clips before."""
    events = Event.objects.filter(
        asset_id__in={review.version.asset_id for review in found},
        verb__in=[Verb.REVIEW_DUE_TOMORROW, Verb.REVIEW_DUE_SOON, Verb.REVIEW_OVERDUE],
    )
    return {
        (verb, data["review"], data["due_at"], data.get("stage_index"), data.get("count", 0))
        for verb, data in events.values_list("verb", "data")
    }
