"""Documents that a reviewer gives as evidence: received before they approve, kept with the decision.

A document is its reviewer's draft until the approval, so that a form which is refused needs it no second
time. Its bytes are kept as they came and never read (dam.rights.consent_documents).
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.catalog import stored_files
from dam.core import errors, locks
from dam.core.language import noop
from dam.core.storage import Stored
from dam.rights import consent_documents
from dam.rights.consent_documents import Document
from provenance.review import checklist
from provenance.review.checklist import Answer
from provenance.review.models import Decision, EvidenceFile, Review

ABANDONED = timedelta(days=7)
AT_ONCE = 500


class EvidenceGone(errors.Refused):
    """Removed in another tab, or left there for too long."""

    code = "evidence_gone"
    message = noop("A document is no longer there. Choose it again.")


def drafts(review: Review, *, by: User) -> dict[int, EvidenceFile]:
    """By question: what this person has given for their approval."""
    return {row.question: row for row in _drafts(review, by=by)}


def receive(review: Review, question: int, document: Document, *, by: User) -> EvidenceFile:
    """Keep a document for a question, in the place of the one before. Raises DocumentRefused.

    Whether they may decide is the caller's question.
    """
    consent_documents.require(document)
    with transaction.atomic():
        locks.hold(f"evidence {review.pk} {by.pk}")
        discard(_drafts(review, by=by).filter(question=question))
        stored, name = consent_documents.store(document, brand_id=review.brand_id)
        return EvidenceFile.objects.create(
            brand_id=review.brand_id,
            version_id=review.version_id,
            review=review,
            user=by,
            question=question,
            filename=name,
            storage_key=stored.key,
            sha256=stored.sha256,
            size=stored.size,
        )


def remove(review: Review, question: int, *, by: User) -> None:
    """Let go of what was given for a question."""
    with transaction.atomic():
        locks.hold(f"evidence {review.pk} {by.pk}")
        discard(_drafts(review, by=by).filter(question=question))


def answered(row: EvidenceFile) -> checklist.Document:
    """As an answer names it."""
    return checklist.Document(str(row.pk), row.filename, row.sha256, row.size)


def attach(decision: Decision, answers: Iterable[Answer], *, asked: Collection[int]) -> None:
    """The documents of these answers are the decision's, in its transaction. Raises EvidenceGone."""
    for answer in answers:
        if answer.document is None or answer.question not in asked:
            continue
        rows = EvidenceFile.objects.filter(
            pk=UUID(answer.document.file),
            review=decision.review_id,
            user=decision.decided_by_id,
            question=answer.question,
            sha256=answer.document.sha256,
            decision=None,
        )
        if not rows.update(decision=decision):
            raise EvidenceGone


def find(review: Review, key: UUID, *, by: Principal) -> EvidenceFile | None:
    """For whoever may read the review: what a decision has, and what they have given themselves."""
    own = Q(user=by.user.pk) if by.user and by.kind == "member" else Q(pk=None)
    rows = EvidenceFile.objects.filter(Q(decision__isnull=False) | own, review=review)
    return rows.filter(pk=key).first()


def tidy(*, at: datetime | None = None) -> None:
    """Let go of drafts that no approval came of. Safe at any time."""
    at = at or timezone.now()
    with transaction.atomic():
        old = EvidenceFile.objects.filter(decision=None, created_at__lt=at - ABANDONED)
        discard(old.select_for_update(of=("self",), skip_locked=True).order_by("created_at")[:AT_ONCE])


def discard(rows: Iterable[EvidenceFile]) -> None:
    """Drafts, in the caller's transaction. Their files go after it; the sweep takes what is left."""
    gone = list(rows)
    EvidenceFile.objects.filter(pk__in=[row.pk for row in gone], decision=None).delete()
    for row in gone:
        stored = Stored(row.storage_key, row.sha256, row.size)
        transaction.on_commit(partial(_let_go, stored, row.brand_id))


def _drafts(review: Review, *, by: User) -> QuerySet[EvidenceFile]:
    return EvidenceFile.objects.filter(review=review, user=by, decision=None)


def _let_go(stored: Stored, brand_id: int) -> None:
    with transaction.atomic():
        stored_files.drop(stored, brand_id=brand_id)
