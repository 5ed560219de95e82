"""What authors do with remarks of their own: edit, delete, and take a deletion back.

A remark stays as it is once it belongs to what somebody relied on: when a decision was made after it, when
its thread is resolved, and while its clip is under legal hold. Events tell of each change without the words.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.catalog.models import Version
from dam.core import errors
from provenance.attachments import files
from provenance.attachments.models import Attachment
from provenance.review import comments, mentions
from provenance.review.models import Comment, Decision

UNDO_FOR = timedelta(hours=1)  # as the sentence below says; then the words are erased
AT_ONCE = 500


class CommentKept(errors.Refused):
    """The remark has to stay as it is; the message says why."""

    code = "comment_kept"


@dataclass(frozen=True)
class Bounds:
    """What of a version keeps its remarks as they are."""

    decided_at: datetime | None  # the newest decision, of all its reviews
    held: bool


def bounds(version: Version) -> Bounds:
    newest = Decision.objects.filter(review__version=version).aggregate(at=Max("decided_at"))["at"]
    return Bounds(newest, held=version.asset.held_at is not None)


def refusal(comment: Comment, bounds: Bounds) -> str:
    """Why its author can't change the remark any more; empty where they can. Its parent is asked, too."""
    first = comment.parent or comment
    if bounds.held:
        return _("This clip is under legal hold, so its comments have to stay as they are.")
    if first.resolved_at is not None:
        return _("This comment is resolved, so it has to stay as it is. Write a new one instead.")
    if bounds.decided_at is not None and bounds.decided_at >= comment.created_at:
        return _(
            "A decision was made after this comment, so it has to stay as it is. Write a new one instead."
        )
    return ""


def listed(version: Version, *, to: Principal, at: datetime) -> QuerySet[Comment]:
    """The remarks on a version as this person is shown them: also what they can still bring back."""
    mine = Q(author=to.user, deleted_at__gt=at - UNDO_FOR) if to.user is not None else Q(pk=None)
    return Comment.objects.filter(Q(pk__in=comments.shown().values("pk")) | mine, version=version)


def edit(
    comment: Comment,
    *,
    by: Principal,
    body: str,
    attached: Collection[UUID] = (),
    detached: Collection[UUID] = (),
    at: datetime | None = None,
) -> None:
    """Put other words in the place of the remark's; whoever is named for the first time hears of it.

    `attached` are keys of files that come, `detached` of those that go, for good.
    People outside no longer read it until it is shown to them again.

    Raises CommentRefused for words that can't be kept, CommentKept, PermissionDenied.
    """
    at = at or timezone.now()
    body = body.strip()
    with trail.recording():
        comment = _locked(comment, by=by)
        if comment.deleted_at is not None:
            raise CommentKept(_("This comment is deleted. Undo that first to edit it."))
        had = list(Attachment.objects.filter(comment=comment))
        going = [each for each in had if each.pk in set(detached)]
        kept = len(had) - len(going)
        comments.require_words(body, drawing=comment.drawing, attached=kept + len(attached))
        comments.require_few_clips(body)
        if body == comment.body and not going and not attached:
            return
        before = mentions.named_in(comment.body, brand=comment.version.brand)
        named = mentions.named_in(body, brand=comment.version.brand)
        shown, comment.for_guests = comment.for_guests, False
        comment.body, comment.edited_at = body, at
        comment.save(update_fields=["body", "edited_at", "for_guests"])
        comments.have_found(comment)
        data: dict[str, object] = {}
        if given := comments.attach(attached, comment, by=by, already=kept):
            data["attached"] = given
        if going:
            files.discard(going)
            data["detached"] = [each.sha256 for each in going]
        data |= named.recorded(author=comment.author_id, before=before)
        comments.record(Verb.COMMENT_EDITED, comment, by=by, at=at, data=data)
        if shown:  # somebody chose to show the words before, not these
            comments.record(Verb.GUEST_HIDDEN, comment, by=by, at=at, data={})


def delete(comment: Comment, *, by: Principal, at: datetime | None = None) -> None:
    """Take the remark out of the list; once it is, nothing happens. `restore` brings it back for UNDO_FOR.

    Raises CommentKept, PermissionDenied.
    """
    at = at or timezone.now()
    with trail.recording():
        comment = _locked(comment, by=by)
        if comment.deleted_at is not None:
            return
        comment.deleted_at = at
        comment.save(update_fields=["deleted_at"])
        comments.have_found(comment)
        comments.record(Verb.COMMENT_DELETED, comment, by=by, at=at, data={})


def restore(comment: Comment, *, by: Principal, at: datetime | None = None) -> None:
    """Bring a deleted remark back as it was. Raises CommentKept when it is too late, PermissionDenied."""
    at = at or timezone.now()
    with trail.recording():
        comment = _locked(comment, by=by)
        if comment.deleted_at is None:
            return
        if not is_undoable(comment, at=at):
            raise CommentKept(
                _("This comment was deleted more than an hour ago, so it can't be restored. Write it again.")
            )
        comment.deleted_at = None
        comment.save(update_fields=["deleted_at"])
        comments.have_found(comment)
        comments.record(Verb.COMMENT_RESTORED, comment, by=by, at=at, data={})


def is_undoable(comment: Comment, *, at: datetime) -> bool:
    return comment.deleted_at is not None and comment.deleted_at > at - UNDO_FOR


def erase(*, at: datetime | None = None) -> int:
    """Let go of the words of what was deleted longer ago; how many. What nothing answers goes altogether.

    While a clip is under legal hold nothing of it goes.
    """
    over = (at or timezone.now()) - UNDO_FOR
    old = Comment.objects.filter(deleted_at__lte=over, version__asset__held_at=None)
    erased = 0
    # First the answers: what nothing answers any more then goes, too.
    for keys in (old.filter(parent__isnull=False), old.filter(parent=None, replies=None)):
        while found := list(keys.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
            erased += len(found)
            old.filter(pk__in=found).delete()
    _let_files_go(old)
    rest = old.exclude(body="", drawing=None)
    while found := list(rest.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        erased += old.filter(pk__in=found).update(body="", drawing=None)
    return erased


def _let_files_go(old: QuerySet[Comment]) -> None:
    """Those of what stays for its answers' sake; those of what went, the sweep of stored files takes."""
    while found := list(Attachment.objects.filter(comment__in=old)[:AT_ONCE]):
        with transaction.atomic():
            files.discard(found)


def _locked(comment: Comment, *, by: Principal) -> Comment:
    """The author's remark as it is now, locked with its version: a decision waits, or has been made."""
    by.require(Capability.COMMENT, brand=comment.version.brand)
    if by.user is None or comment.author_id != by.user.pk:
        raise PermissionDenied(_("You can only change your own comments."))
    version = versions.locked(comment.version_id)
    rows = Comment.objects.select_for_update(no_key=True, of=("self",)).select_related("parent")
    row = rows.filter(pk=comment.pk).first()
    if row is None:
        raise CommentKept(_("This comment was deleted."))
    row.version = version
    if kept := refusal(row, bounds(version)):
        raise CommentKept(kept)
    return row
