"""What guests do with what they said: edit, delete, and take a deletion back. As members do with comments.

It stays as it is under the same conditions (provenance.review.corrections), and once they may say no more.
Events tell of each change without the words.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import versions
from provenance.attachments import files
from provenance.attachments.models import Attachment
from provenance.guests import links, remarks
from provenance.guests.links import GuestRefused
from provenance.guests.models import GuestLink, GuestRemark
from provenance.guests.rules import May
from provenance.review import corrections
from provenance.review.corrections import Bounds

UNDO_FOR = corrections.UNDO_FOR
AT_ONCE = 500


def refusal(said_at: datetime, bounds: Bounds) -> str:
    """Why what was said then can't be changed any more; empty where it can."""
    if bounds.held:
        return _("This clip is under legal hold, so its comments have to stay as they are.")
    if bounds.decided_at is not None and bounds.decided_at >= said_at:
        return _(
            "A decision was made after this comment, so it has to stay as it is. Write a new one instead."
        )
    return ""


def edit(link: GuestLink, remark_id: int, *, body: str, at: datetime | None = None) -> GuestRemark:
    """Put other words in the place of theirs. Raises GuestRefused."""
    at = at or timezone.now()
    body = remarks.cleaned(body)
    with trail.recording():
        link, remark = _locked(link, remark_id, at=at)
        if remark.deleted_at is not None:
            raise GuestRefused(_("This comment is deleted. Undo that first to edit it."), field="body")
        if not body and remark.drawing is None and not remark.attachments.exists():
            raise GuestRefused(_("Write a comment first."), field="body")
        if body == remark.body:
            return remark
        remark.body, remark.edited_at = body, at
        remark.save(update_fields=["body", "edited_at"])
        links.record_said(Verb.GUEST_EDITED, link, data={"remark": remark.pk}, at=at)
    return remark


def delete(link: GuestLink, remark_id: int, *, at: datetime | None = None) -> GuestRemark:
    """Nobody reads it any more; `restore` brings it back for UNDO_FOR. Raises GuestRefused."""
    at = at or timezone.now()
    with trail.recording():
        link, remark = _locked(link, remark_id, at=at)
        if remark.deleted_at is None:
            remark.deleted_at = at
            remark.save(update_fields=["deleted_at"])
            links.record_said(Verb.GUEST_DELETED, link, data={"remark": remark.pk}, at=at)
    return remark


def restore(link: GuestLink, remark_id: int, *, at: datetime | None = None) -> GuestRemark:
    """Raises GuestRefused, also once it is too late."""
    at = at or timezone.now()
    with trail.recording():
        link, remark = _locked(link, remark_id, at=at)
        if remark.deleted_at is not None:
            if remark.deleted_at <= at - UNDO_FOR:
                raise GuestRefused(
                    _(
                        "This comment was deleted more than an hour ago, so it can't be restored. Write it "
                        "again."
                    )
                )
            remark.deleted_at = None
            remark.save(update_fields=["deleted_at"])
            links.record_said(Verb.GUEST_RESTORED, link, data={"remark": remark.pk}, at=at)
    return remark


def erase(*, at: datetime) -> None:
    """Let go of what was deleted longer ago; of what was answered, of its words, drawing and files alone.

    While a clip is under legal hold nothing of it goes.
    """
    old = GuestRemark.objects.filter(
        deleted_at__lte=at - UNDO_FOR, review__version__asset__held_at=None
    ).order_by("deleted_at")
    for remark in old.filter(answers=None)[:AT_ONCE]:
        _let_go(remark, whole=True)
    files_there = Exists(Attachment.objects.filter(remark=OuterRef("pk")))
    kept = ~Q(body="") | Q(drawing__isnull=False) | files_there
    for remark in old.filter(kept, answers__isnull=False).distinct()[:AT_ONCE]:
        _let_go(remark, whole=False)


def _let_go(remark: GuestRemark, *, whole: bool) -> None:
    with transaction.atomic():
        row = GuestRemark.objects.select_for_update().filter(pk=remark.pk, deleted_at__isnull=False).first()
        if row is None or (whole and row.answers.exists()):
            return
        files.discard(list(Attachment.objects.filter(remark=row)))
        if whole:
            row.delete()
        else:
            GuestRemark.objects.filter(pk=row.pk).update(body="", drawing=None)


def _locked(link: GuestLink, remark_id: int, *, at: datetime) -> tuple[GuestLink, GuestRemark]:
    """Their link and what they said, locked with its version: a decision waits, or has been made."""
    version = versions.locked(link.version_id)
    link = remarks.locked(link, May.COMMENT, at=at)
    rows = GuestRemark.objects.select_for_update(of=("self",))
    remark = rows.filter(pk=remark_id, link=link, review=link.review_id, parent=None).first()
    if remark is None:
        raise GuestRefused(_("This comment was deleted."))
    if kept := refusal(remark.created_at, corrections.bounds(version)):
        raise GuestRefused(kept)
    return link, remark
