"""The verbs of a PDF of comments: ask for it, claim, keep, fail, put back, let go.

Rows move by conditional update. What must happen after a commit follows from the rows: recovery sends it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import stored_files
from dam.catalog.models import Asset, Version
from dam.core import errors, events, locks, storage, tasks
from dam.core.language import noop, number
from dam.core.storage import Stored
from dam.core.tasks import offer
from dam.ingest import backoff, holding
from provenance.comment_pdfs import contents
from provenance.comment_pdfs.models import UNDER_WAY, CommentPdf, PdfState
from provenance.comment_pdfs.sheet import Written
from provenance.review.filtering import Filter

TASK = "media.comment_pdf"
MOST_ATTEMPTS = 3  # of workers that died over it
MOST_WAITING = 20  # of one person
LIMIT = timedelta(hours=2)  # one that runs longer is lost
KEPT = timedelta(days=7)
AT_ONCE = 500
WORN_OUT = noop("The worker stopped several times while making this PDF.")


class PdfRefused(errors.Refused):
    """The PDF can't be made; the message says why."""

    code = "comment_pdf_refused"


class Lost(Exception):
    """The PDF is no longer this worker's: removed, or in other hands. Nothing was written."""


def request(
    version: Version,
    wanted: Filter,
    *,
    for_guests: bool,
    language: str,
    by: Principal,
    at: datetime | None = None,
) -> CommentPdf:
    """Have it made for this person. Raises PdfRefused, PermissionDenied.

    Whether they see the version is the caller's question, as for every other export of comments.
    """
    by.require(Capability.VIEW_UNRELEASED, brand=version.brand)
    person, at = principals.person(by), at or timezone.now()
    require_size(contents.read(version, wanted, for_guests=for_guests))
    mine = CommentPdf.objects.filter(brand=version.brand, user=person, state__in=UNDER_WAY)
    if mine.count() >= MOST_WAITING:
        raise PdfRefused(
            _("%(count)s PDFs that you asked for are waiting already. Wait for some of them.")
            % {"count": MOST_WAITING}
        )
    with transaction.atomic():
        pdf = CommentPdf.objects.create(
            brand=version.brand,
            version=version,
            user=person,
            wanted=wanted.parameters(),
            for_guests=for_guests,
            language=language,
            created_at=at,
            sends=1,
            due_at=backoff.next_send(at, sends=0),
        )
        _send(pdf)
    return pdf


def require_size(found: contents.Contents) -> None:
    """Raises PdfRefused for more than one PDF holds."""
    if found.comments > contents.MOST:
        raise PdfRefused(
            _("A PDF holds up to %(most)s comments, and these are %(count)s. Narrow them with a filter.")
            % {"most": number(contents.MOST), "count": number(found.comments)}
        )


def of(asset: Asset, *, by: Principal) -> QuerySet[CommentPdf]:
    """What this person had made of comments on any version of it, the newest first."""
    mine = CommentPdf.objects.filter(version__asset=asset, user=principals.person(by))
    return mine.select_related("version").order_by("-created_at")


def _send(pdf: CommentPdf) -> None:
    waiting = CommentPdf.objects.filter(pk=pdf.pk, state=PdfState.WAITING)
    tasks.enqueue(TASK, unsent=lambda: waiting.update(due_at=timezone.now()), pdf_id=str(pdf.pk))
    publish(pdf)


def claim(pdf_id: UUID | str, *, token: str, at: datetime) -> CommentPdf | None:
    """The PDF, where it waits or its worker is gone; None otherwise."""
    rows = CommentPdf.objects.filter(Q(state=PdfState.WAITING) | _lost(at), pk=pdf_id)
    claimed = rows.filter(attempts__lt=MOST_ATTEMPTS).update(
        state=PdfState.RUNNING,
        claim=token,
        attempts=F("attempts") + 1,
        progress=0,
        reason="",
        started_at=at,
        finished_at=None,
        held_until=holding.until(at),
    )
    if not claimed:
        return None
    mine = CommentPdf.objects.select_related("brand", "user", "version__asset", "version__brand").get(
        pk=pdf_id
    )
    publish(mine)
    return mine


def own(pdf: CommentPdf) -> QuerySet[CommentPdf]:
    """The row, while it is this worker's."""
    return CommentPdf.objects.filter(pk=pdf.pk, state=PdfState.RUNNING, claim=pdf.claim)


def progress(pdf: CommentPdf, percent: int) -> None:
    """Raises Lost."""
    if not own(pdf).update(progress=percent):
        raise Lost
    publish(pdf)


def keep(pdf: CommentPdf, stored: Stored, written: Written, *, at: datetime) -> None:
    """It is there from now on, and its reader is told. Raises Lost."""
    with trail.recording():
        # Whoever made the same bytes and lost them drops them under this lock (stored_files.drop).
        locks.hold(storage.key_for(brand_id=pdf.brand_id, sha256=stored.sha256, suffix=""))
        _end(
            pdf,
            state=PdfState.READY,
            progress=100,
            sha256=stored.sha256,
            size=stored.size,
            storage_key=stored.key,
            threads=written.threads,
            undrawn=written.undrawn,
            missing_frames=written.missing_frames,
            finished_at=at,
        )
        trail.record(
            Verb.COMMENTS_EXPORTED,
            brand=pdf.brand,
            target=str(pdf.version),
            actor=pdf.user,
            asset_id=pdf.version.asset_id,
            data={
                "format": "pdf",
                "version": pdf.version.number,
                "threads": written.threads,
                "for_guests": pdf.for_guests,
                "sha256": stored.sha256,
            },
            at=at,
        )


def fail(pdf: CommentPdf, *, reason: str, at: datetime) -> None:
    """Raises Lost."""
    with transaction.atomic():
        _end(pdf, state=PdfState.FAILED, reason=reason[:300], finished_at=at)


def put_back(pdf: CommentPdf, *, reason: str = "", at: datetime) -> None:
    """Leave it to another worker: at once, or, when something was away, after a while and not for ever."""
    fields: dict[str, Any] = {"state": PdfState.WAITING, "attempts": F("attempts") - 1, "progress": 0}
    if not reason:
        fields["due_at"] = at
    elif pdf.interruptions + 1 >= backoff.MOST_INTERRUPTIONS:
        fail(pdf, reason=reason, at=at)
        return
    else:
        fields["due_at"] = backoff.next_retry(at, interruptions=pdf.interruptions)
        fields["interruptions"] = F("interruptions") + 1
    _end(pdf, reason=reason[:300], **fields)


def _end(pdf: CommentPdf, **fields: Any) -> None:
    if not own(pdf).update(claim="", held_until=None, **fields):
        raise Lost
    publish(pdf)


def remove(pdf: CommentPdf) -> None:
    """Let the row and its file go; one that is being made is noticed by its worker."""
    with transaction.atomic():
        rows = CommentPdf.objects.select_for_update(of=("self",)).select_related("version")
        row = rows.filter(pk=pdf.pk).first()
        if row is None:
            return
        CommentPdf.objects.filter(pk=row.pk).delete()
        if row.storage_key:
            stored = Stored(key=row.storage_key, sha256=row.sha256, size=row.size or 0)
            stored_files.drop(stored, brand_id=row.brand_id)
        publish(row)


def publish(pdf: CommentPdf) -> None:
    events.publish(brand_id=pdf.brand_id, name=f"comment-pdfs-{pdf.version.asset_id}")


def recover(*, at: datetime | None = None) -> None:
    """Send what waits and nobody makes, give up what wore out its workers, and let old ones go."""
    at = at or timezone.now()
    worn = CommentPdf.objects.filter(_lost(at), attempts__gte=MOST_ATTEMPTS)
    worn.update(state=PdfState.FAILED, reason=str(_(WORN_OUT)), finished_at=at, held_until=None, claim="")
    due = Q(due_at=None) | Q(due_at__lte=at)
    waiting = CommentPdf.objects.filter(due, Q(state=PdfState.WAITING) | _lost(at))
    for pdf in waiting.order_by(F("due_at").asc(nulls_first=True), "pk")[:AT_ONCE]:
        if not offer(TASK, pdf_id=str(pdf.pk)):
            break
        CommentPdf.objects.filter(pk=pdf.pk).update(
            sends=F("sends") + 1, due_at=backoff.next_send(at, sends=pdf.sends)
        )
    old = CommentPdf.objects.filter(created_at__lt=at - KEPT).exclude(state=PdfState.RUNNING)
    for pdf in old.order_by("created_at")[:AT_ONCE]:
        remove(pdf)


def _lost(at: datetime) -> Q:
    return Q(state=PdfState.RUNNING) & (holding.free(at) | Q(started_at__lt=at - LIMIT))
