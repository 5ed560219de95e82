"""The verbs of attachments: receive one, attach it to what is sent, discard it, have its preview made.

What a file is its bytes say (dam.media.sniffer), not its name. Rows move by conditional update; what must
happen after a commit follows from the rows: recovery sends it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.catalog import stored_files
from dam.catalog.models import Version
from dam.core import errors, events, foreign_text, locks, storage, tasks
from dam.core.storage import Stored
from dam.core.tasks import offer
from dam.ingest import backoff, disk_space, holding
from dam.media import sniffer
from dam.media.errors import FileRefused
from dam.media.sniffer import FileKind, Medium
from provenance.attachments.models import (
    Attachment,
    AttachmentKind,
    AttachmentPreview,
    AttachmentState,
)

TASK = "media.attachment"
MOST = 5  # of one comment
MOST_DRAFTS = 20  # of one sender, that nothing was sent with yet
ABANDONED = timedelta(days=2)  # a draft lives in its tab
LONGEST_NAME = 200
MOST_ATTEMPTS = 3  # of workers that died over it
LIMIT = timedelta(hours=1)
AT_ONCE = 500
_BLOCK = 1024 * 1024
_KINDS = {
    Medium.PICTURE: AttachmentKind.PICTURE,
    Medium.VIDEO: AttachmentKind.VIDEO,
    Medium.SOUND: AttachmentKind.SOUND,
    Medium.DOCUMENT: AttachmentKind.DOCUMENT,
}


class AttachmentRefused(errors.Refused):
    """`empty`, `too_large`, `unknown`, `too_many`, `drafts`, `full` or `gone`."""

    code = "attachment"


class Lost(Exception):
    """The attachment is no longer this worker's: discarded, or in other hands. Nothing was written."""


class Sent(Protocol):
    """A file of a request."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    def chunks(self, chunk_size: int | None = None) -> Iterable[bytes]: ...


@dataclass(frozen=True)
class Sender:
    """Who attaches: a person of the brand, or a guest by their link. Exactly one of these keys."""

    user: int | None = None
    link: int | None = None

    @property
    def own(self) -> Q:
        return Q(user=self.user, link=None) if self.user is not None else Q(user=None, link=self.link)


def most_bytes() -> int:
    """Of one file."""
    return int(settings.ATTACHMENT_MAX_BYTES)


def drafts() -> QuerySet[Attachment]:
    """Those that were not sent with anything yet."""
    return Attachment.objects.filter(comment=None, remark=None)


def receive(version: Version, file: Sent, *, by: Sender, at: datetime | None = None) -> Attachment:
    """Keep a file as its sender's draft. Raises AttachmentRefused.

    Whether they may comment on this version is the caller's question.
    """
    at = at or timezone.now()
    most = most_bytes()
    if (file.size or 0) > most:
        raise _too_large()
    try:
        disk_space.require_work(file.size or most)
    except FileRefused as full:
        raise AttachmentRefused(full.message, code="full") from full
    with storage.scratch() as folder:
        path = folder / "attachment"
        written = 0
        with path.open("wb") as out:
            for chunk in file.chunks(_BLOCK):
                written += len(chunk)
                if written > most:
                    raise _too_large()
                out.write(chunk)
        if not written:
            raise AttachmentRefused(_("The file is empty. Choose another one."), code="empty")
        kind = _require_kind(path)
        return _keep(version, path, kind, name=file.name or "", by=by, at=at)


def _keep(version: Version, path: Path, kind: FileKind, *, name: str, by: Sender, at: datetime) -> Attachment:
    brand_id, digest = version.brand_id, storage.sha256_of(path)
    with transaction.atomic():
        locks.hold(f"attachments of {by}")
        if drafts().filter(by.own).count() >= MOST_DRAFTS:
            raise AttachmentRefused(
                _("You have %(most)s files attached to comments that you haven't sent. Send or remove some.")
                % {"most": MOST_DRAFTS},
                code="drafts",
            )
        locks.hold(storage.key_for(brand_id=brand_id, sha256=digest, suffix=""))
        stored = storage.put(path, brand_id=brand_id, suffix=kind.suffix, sha256=digest)
        shown = kind.medium is not Medium.DOCUMENT
        made = Attachment.objects.create(
            brand_id=brand_id,
            version=version,
            user_id=by.user,
            link_id=by.link,
            filename=foreign_text.line(name, longest=LONGEST_NAME) or f"file{kind.suffix}",
            kind=_KINDS[kind.medium],
            format=kind.label,
            storage_key=stored.key,
            sha256=stored.sha256,
            size=stored.size,
            created_at=at,
            state=AttachmentState.WAITING if shown else AttachmentState.READY,
            sends=1,
            due_at=backoff.next_send(at, sends=0) if shown else None,
        )
        if shown:
            waiting = Attachment.objects.filter(pk=made.pk, state=AttachmentState.WAITING)
            tasks.enqueue(
                TASK, unsent=lambda: waiting.update(due_at=timezone.now()), attachment_id=str(made.pk)
            )
    return made


def _require_kind(path: Path) -> FileKind:
    kind = sniffer.read(path)
    if kind is None or kind.medium is Medium.PLAYLIST:
        raise AttachmentRefused(
            _("This kind of file can't be attached. Choose an image, a PDF, a sound or a video."),
            code="unknown",
        )
    return kind


def _too_large() -> AttachmentRefused:
    return AttachmentRefused(
        _("This file is larger than %(most)s MB. Choose a smaller one.") % {"most": most_bytes() // 1024**2},
        code="too_large",
    )


def are_of(keys: Collection[UUID], **sent: Any) -> bool:
    """Whether what was sent, `comment` or `remark`, has these files and no others: the same, sent again."""
    found = Attachment.objects.filter(**sent).values_list("pk", flat=True)
    return set(found) == set(keys)


def attach(
    keys: Collection[UUID],
    *,
    version: Version,
    by: Sender,
    comment: int | None = None,
    remark: int | None = None,
    already: int = 0,
) -> list[Attachment]:
    """Give the sender's drafts to what is being sent, in the caller's transaction; beside `already` others.

    Raises AttachmentRefused where one isn't there any more, or they are too many: then nothing is sent.
    """
    wanted = set(keys)
    if not wanted:
        return []
    if len(wanted) + already > MOST:
        raise AttachmentRefused(
            _("A comment can have %(most)s files at most. Remove some.") % {"most": MOST}, code="too_many"
        )
    mine = drafts().filter(by.own, pk__in=wanted, version=version)
    if mine.update(comment_id=comment, remark_id=remark) != len(wanted):
        raise AttachmentRefused(
            _("A file that you attached is no longer there. Remove it, and attach it again."), code="gone"
        )
    return list(Attachment.objects.filter(pk__in=wanted))


def discard(rows: Collection[Attachment]) -> None:
    """Let these go, with their files once that is written down; in the caller's transaction.

    Where this dies before, the sweep of stored files takes them.
    """
    if not rows:
        return
    keys = [row.pk for row in rows]
    previews = list(AttachmentPreview.objects.filter(attachment__in=keys))
    Attachment.objects.filter(pk__in=keys).delete()
    gone: list[Attachment | AttachmentPreview] = [*rows, *previews]
    for row in gone:
        stored = Stored(row.storage_key, row.sha256, row.size)
        transaction.on_commit(partial(_let_go, stored, row.brand_id))


def _let_go(stored: Stored, brand_id: int) -> None:
    with transaction.atomic():
        stored_files.drop(stored, brand_id=brand_id)


def discard_draft(key: UUID, *, by: Sender) -> bool:
    """Whether it was there: a draft of this sender's."""
    with transaction.atomic():
        rows = list(drafts().select_for_update(of=("self",)).filter(by.own, pk=key))
        discard(rows)
    return bool(rows)


def discard_drafts(links: Collection[int]) -> None:
    """Let those of these guests' links go, in the caller's transaction."""
    discard(list(drafts().select_for_update(of=("self",)).filter(link__in=links)))


def claim(attachment_id: UUID | str, *, token: str, at: datetime) -> Attachment | None:
    """The attachment, where its preview waits or its worker is gone; None otherwise."""
    rows = Attachment.objects.filter(Q(state=AttachmentState.WAITING) | _lost(at), pk=attachment_id)
    claimed = rows.filter(attempts__lt=MOST_ATTEMPTS).update(
        state=AttachmentState.RUNNING,
        claim=token,
        attempts=F("attempts") + 1,
        started_at=at,
        held_until=holding.until(at),
    )
    return Attachment.objects.get(pk=attachment_id) if claimed else None


def own(row: Attachment) -> QuerySet[Attachment]:
    """The row, while it is this worker's."""
    return Attachment.objects.filter(pk=row.pk, state=AttachmentState.RUNNING, claim=row.claim)


@dataclass(frozen=True)
class Shown:
    """What a worker made to be shown; `width` and `height` of a picture, in pixels."""

    stored: Stored
    content_type: str
    width: int | None = None
    height: int | None = None


def keep_preview(row: Attachment, shown: Shown, *, kind: AttachmentKind, duration_ms: int | None) -> None:
    """It is shown from now on. Raises Lost."""
    with transaction.atomic():
        # Whoever made the same bytes and lost them drops them under this lock (stored_files.drop).
        locks.hold(storage.key_for(brand_id=row.brand_id, sha256=shown.stored.sha256, suffix=""))
        _end(row, state=AttachmentState.READY, kind=kind, duration_ms=duration_ms)
        AttachmentPreview.objects.create(
            attachment_id=row.pk,
            brand_id=row.brand_id,
            storage_key=shown.stored.key,
            sha256=shown.stored.sha256,
            size=shown.stored.size,
            content_type=shown.content_type,
            width=shown.width,
            height=shown.height,
        )


def fail(row: Attachment, *, reason: str) -> None:
    """It stays a file to download. Raises Lost."""
    with transaction.atomic():
        _end(row, state=AttachmentState.FAILED, reason=reason[:300])


def put_back(row: Attachment, *, reason: str = "", at: datetime) -> None:
    """Leave it to another worker: at once, or, when something was away, after a while and not for ever."""
    fields: dict[str, Any] = {"state": AttachmentState.WAITING, "attempts": F("attempts") - 1, "due_at": at}
    if reason and row.interruptions + 1 >= backoff.MOST_INTERRUPTIONS:
        fail(row, reason=reason)
        return
    if reason:
        fields["due_at"] = backoff.next_retry(at, interruptions=row.interruptions)
        fields["interruptions"] = F("interruptions") + 1
    with transaction.atomic():
        _end(row, reason=reason[:300], **fields)


def _end(row: Attachment, **fields: Any) -> None:
    if not own(row).update(claim="", held_until=None, **fields):
        raise Lost
    tell(row)


def tell(row: Attachment) -> None:
    """Tell the pages that are open, where others see it. What it is attached to may have come meanwhile."""
    now = Attachment.objects.select_related("remark").filter(pk=row.pk).first()
    if now is not None and now.comment_id is not None:
        events.publish(brand_id=now.brand_id, name=f"version-{now.version_id}")
    elif now is not None and now.remark is not None:
        events.publish(brand_id=now.brand_id, name=f"guests-{now.remark.review_id}")


def recover(*, at: datetime | None = None) -> None:
    """Send what waits and nobody makes, give up what wore out its workers, let abandoned drafts go."""
    at = at or timezone.now()
    worn = Attachment.objects.filter(_lost(at), attempts__gte=MOST_ATTEMPTS)
    for row in worn[:AT_ONCE]:
        if worn.filter(pk=row.pk).update(state=AttachmentState.FAILED, held_until=None, claim=""):
            tell(row)
    due = Q(due_at=None) | Q(due_at__lte=at)
    waiting = Attachment.objects.filter(due, Q(state=AttachmentState.WAITING) | _lost(at))
    for row in waiting.order_by(F("due_at").asc(nulls_first=True), "pk")[:AT_ONCE]:
        if not offer(TASK, attachment_id=str(row.pk)):
            break
        Attachment.objects.filter(pk=row.pk).update(
            sends=F("sends") + 1, due_at=backoff.next_send(at, sends=row.sends)
        )
    with transaction.atomic():
        old = drafts().select_for_update(of=("self",), skip_locked=True)
        discard(list(old.filter(created_at__lt=at - ABANDONED).order_by("created_at")[:AT_ONCE]))


def _lost(at: datetime) -> Q:
    return Q(state=AttachmentState.RUNNING) & (holding.free(at) | Q(started_at__lt=at - LIMIT))
