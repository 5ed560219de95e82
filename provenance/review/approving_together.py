"""Approving several clips of a set at once: where their template allows it, and each of them was opened.

That a person has opened a review's room, and what their player has played in it, is kept for each stage of
it, and for those reviews alone.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dam.accounts.principals import Principal
from dam.core.language import noop
from provenance.review import watching
from provenance.review.asking import Seen
from provenance.review.models import Review
from provenance.review.policies import STAGES, Refusal
from provenance.review.set_models import ReviewOpening
from provenance.review.states import ReviewState
from provenance.review.watching import Spans

NOT_ALLOWED = Refusal(
    "not_together", noop("This clip can't be approved together with others. Open it, then decide.")
)
NOT_OPENED = Refusal("not_opened", noop("You haven't opened this clip in this stage. Open it, then decide."))


@dataclass(frozen=True)
class Item:
    """A clip as a page showed it: its bytes, and where its review stood."""

    review: UUID
    sha256: str
    seen: Seen

    def __str__(self) -> str:
        return f"{self.review}:{self.sha256}:{self.seen.stage}:{self.seen.approvals}"


@dataclass(frozen=True)
class Together:
    """What one form was sent for: of which set, how many clips, and a digest of them all (contents).

    Some of them may have moved on before they were decided; each that was has an entry of its own.
    """

    review_set: UUID
    clips: int
    contents: str

    def kept(self) -> dict[str, object]:
        return {"set": str(self.review_set), "clips": self.clips, "contents": self.contents}


def contents(items: Iterable[Item]) -> str:
    """SHA-256 over the sorted lines that name each clip's review, bytes, stage and approvals: what is signed.

    >>> contents([]) == hashlib.sha256(b"").hexdigest()
    True
    """
    return hashlib.sha256("\n".join(sorted(map(str, items))).encode()).hexdigest()


def may(by: Principal) -> bool:
    """Whether they can decide any stage at all."""
    return any(by.can(stage.capability) for stage in STAGES.values())


def note_opening(review: Review, *, by: Principal) -> None:
    """This person has opened its room in the stage it waits for. Safe to repeat; no program opens one."""
    person = by.user if by.kind == "member" and may(by) else None
    if person is None or not review.together or review.state != ReviewState.OPEN:
        return
    opening = ReviewOpening(review=review, stage=review.stage, user=person, opened_at=timezone.now())
    ReviewOpening.objects.bulk_create([opening], ignore_conflicts=True)


def note_played(review: Review, *, stage: int, played: Spans, by: Principal) -> None:
    """Their player, in its room, has played this in the stage it waits for, beside what it did before."""
    if by.kind != "member" or review.state != ReviewState.OPEN or stage != review.stage or not played:
        return
    with transaction.atomic():
        rows = ReviewOpening.objects.select_for_update().filter(review=review, stage=stage, user=by.user)
        for opening in rows:
            opening.played = watching.together(_spans(opening.played), played)
            opening.save(update_fields=["played"])


def played(reviews: Collection[Review], *, by: Principal) -> dict[UUID, Spans]:
    """What of each this person's player has played in the stage it waits for, as far as that was noted."""
    stages = {review.pk: review.stage for review in reviews}
    rows = ReviewOpening.objects.filter(review__in=stages, user=by.user).values_list(
        "review", "stage", "played"
    )
    return {review: _spans(kept) for review, stage, kept in rows if stages[review] == stage}


def _spans(kept: Iterable[Iterable[float]] | None) -> Spans:
    return tuple((start, end) for start, end in kept or ())


def opened(reviews: Collection[Review], *, by: Principal) -> set[UUID]:
    """The keys of those that this person has opened in the stage they wait for."""
    stages = {review.pk: review.stage for review in reviews}
    rows = ReviewOpening.objects.filter(review__in=stages, user=by.user).values_list("review", "stage")
    return {review for review, stage in rows if stages[review] == stage}


def refuse(review: Review, *, by: Principal) -> Refusal | None:
    """Why it may not be approved together with others by this person, who may decide it."""
    if not review.together:
        return NOT_ALLOWED
    return None if opened([review], by=by) else NOT_OPENED
