"""Remarks on a version, at a frame or over a range of frames when one is meant."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.catalog.models import AssetKind, Version
from dam.core import errors, events
from dam.core.language import number
from dam.search import comment_texts
from provenance.attachments import files
from provenance.attachments.files import AttachmentRefused, Sender
from provenance.review import drawings, linking, mentions, places
from provenance.review.drawings import Drawing
from provenance.review.linking import NOTHING, Clips
from provenance.review.models import Comment

LONGEST = 4000


class CommentRefused(errors.Refused):
    """The comment can't be kept as it is; the message says why."""

    code = "comment"


class AlreadyResolved(errors.Refused):
    """Somebody marked the comment as resolved before."""

    code = "already_resolved"


class NotResolved(errors.Refused):
    """Somebody opened the comment again before."""

    code = "not_resolved"


def add(
    version: Version,
    *,
    by: Principal,
    body: str,
    frame: int | None = None,
    end_frame: int | None = None,
    drawing: Drawing | None = None,
    answers: Comment | None = None,
    attached: Collection[UUID] = (),
    carried_from: Comment | None = None,
    at: datetime | None = None,
) -> Comment:
    """Keep a remark, or an answer to one; `frame` counts from 0. Raises CommentRefused, or PermissionDenied.

    With `end_frame`, the last one, it is on all frames from `frame` on.
    `drawing` is what was drawn into that frame, as drawings.read gives it; an image has just one, 0. It needs
    no words, nor do files:
    `attached` are the keys of those that its author has sent for it (attachments.files).
    `carried_from` is the remark of an older version that it says again (carrying.carry_over).
    Sent again with the same files, as after an answer that got lost, it is kept once.
    Whom a remark names, by a group of theirs as well, and whom it answers hear of it as such.
    """
    by.require(Capability.COMMENT, brand=version.brand)
    author = principals.person(by)
    body = body.strip()
    require_words(body, drawing=drawing, attached=len(attached))
    require_few_clips(body)
    frame, end_frame = placed(version, frame, end_frame, drawing=drawing, is_answer=answers is not None)
    at = at or timezone.now()
    with trail.recording():
        # The version comes first, as everywhere (versions.locked): the words of its search follow below.
        version = versions.locked(version.pk)
        parent = _first_of(answers, version) if answers is not None else None
        same = Comment.objects.filter(
            version=version,
            author=author,
            body=body,
            parent=parent,
            deleted_at=None,
            attachments__in=set(attached),
        )
        if attached and (last := same.first()) and files.are_of(attached, comment=last):
            return last
        comment = Comment.objects.create(
            version=version,
            author=author,
            body=body,
            frame=frame,
            end_frame=end_frame,
            drawing=drawing,
            parent=parent,
            created_at=at,
        )
        have_found(comment)
        given = attach(attached, comment, by=by)
        data: dict[str, object] = {"body": body, "frame": frame}
        if given:
            data["attachments"] = given
        if end_frame is not None:
            data["end_frame"] = end_frame
        if drawing is not None:
            data["shapes"] = len(drawing["shapes"])
        if carried_from is not None:
            data["carried_from"] = carried_from.pk
        data |= mentions.named_in(body, brand=version.brand).recorded(author=author.pk)
        if parent is not None:
            in_thread = Comment.objects.filter(Q(pk=parent.pk) | Q(parent=parent), deleted_at=None)
            people = in_thread.order_by("author").values_list("author", flat=True)
            data["replies_to"] = sorted(set(people.distinct()) - {author.pk})
        record(Verb.COMMENT_ADDED, comment, by=by, at=at, data=data)
    return comment


def placed(
    version: Version,
    frame: int | None,
    end_frame: int | None,
    *,
    drawing: Drawing | None,
    is_answer: bool = False,
) -> tuple[int | None, int | None]:
    """First and last frame of a remark with this drawing, as they are kept. Raises CommentRefused."""
    frame = places.at(version, frame, drawn=drawing is not None and not is_answer)
    end_frame = require_place(version, frame, end_frame)
    if drawing is not None and version.kind == AssetKind.SOUND:
        raise CommentRefused(_("Sound can't be drawn on. Send your comment without the drawing."))
    if drawing is not None and (frame is None or is_answer):
        raise CommentRefused(_("A drawing needs its frame. Choose “at” and the time, and send it again."))
    return frame, end_frame


def require_place(version: Version, frame: int | None, end_frame: int | None) -> int | None:
    """The last frame of a range; None where the remark is on one frame, or on the whole clip.

    Raises CommentRefused where the version doesn't have these frames.
    """
    sound = version.kind == AssetKind.SOUND
    beyond = _("This clip is shorter than that.") if sound else _("This clip doesn't have that frame.")
    if frame is not None and not 0 <= frame < places.count(version):
        raise CommentRefused(beyond)
    if end_frame is None or end_frame == frame:
        return None
    if version.kind == AssetKind.STILL:
        raise CommentRefused(_("An image has no range. Draw on it to show what you mean."))
    if frame is None or end_frame < frame:
        raise CommentRefused(_("This range ends before it begins. Mark it again with I and O."))
    if end_frame >= places.count(version):
        raise CommentRefused(beyond)
    return end_frame


def attach(keys: Collection[UUID], comment: Comment, *, by: Principal, already: int = 0) -> list[str]:
    """Give the author's files to the remark, beside `already` others: the hashes of their bytes.

    What is recorded is for ever, and a file's name may be a person's. Raises CommentRefused.
    """
    author = Sender(user=principals.person(by).pk)
    try:
        given = files.attach(keys, version=comment.version, by=author, comment=comment.pk, already=already)
    except AttachmentRefused as refused:
        raise CommentRefused(refused.message) from refused
    return [each.sha256 for each in given]


def headline(comment: Comment, seen: Clips = NOTHING) -> str:
    """Its words, or what it is where it needs none; of clips that it points at the titles that are `seen`."""
    if comment.body:
        return seen.plain(comment.body)
    return _("Drawing") if comment.drawing is not None else _("Attached file")


def require_words(body: str, *, drawing: Drawing | None, attached: int = 0) -> None:
    """Raises CommentRefused where a remark says nothing, or too much; files say something."""
    if not body and drawing is None and not attached:
        raise CommentRefused(_("Write a comment first."))
    if len(body) > LONGEST:
        raise CommentRefused(
            _("Comments can be up to %(longest)s characters. This one has %(body)s.")
            % {"longest": number(LONGEST), "body": number(len(body))}
        )


def require_few_clips(body: str) -> None:
    """Raises CommentRefused where a remark points at more clips than a page shows of it."""
    if (count := linking.count_in(body)) > linking.MOST:
        raise CommentRefused(
            _("A comment can link up to %(most)s clips. This one links %(count)s.")
            % {"most": number(linking.MOST), "count": number(count)}
        )


def _first_of(answered: Comment, version: Version) -> Comment:
    """The remark that the thread began with, kept from being deleted meanwhile."""
    key = answered.parent_id or answered.pk
    first = Comment.objects.select_for_update(no_key=True).filter(pk=key, version=version).first()
    if first is None or not shown().filter(pk=key).exists():
        raise CommentRefused(_("The comment you answer is gone. Your words are still in the box."))
    return first


def shown() -> QuerySet[Comment]:
    """What stands in lists: all but what its author deleted, unless others have answered that."""
    answered = Exists(Comment.objects.filter(parent=OuterRef("pk"), deleted_at=None))
    return Comment.objects.filter(Q(deleted_at=None) | answered)


def words_of(keys: Collection[int]) -> dict[int, str]:
    """What these remarks say now; of one that was deleted, or is a drawing alone, nothing. One query."""
    rows = Comment.objects.filter(pk__in=keys, deleted_at=None).exclude(body="")
    return dict(rows.values_list("pk", "body"))


def have_found(comment: Comment) -> None:
    """Have search find the words of the remark, as they are now; of one that was deleted nothing."""
    gone = comment.deleted_at is not None
    words = () if gone else (linking.without(comment.body), drawings.words(comment.drawing))
    source = f"comment {comment.pk}"
    if text := "\n".join(filter(None, words)):
        comment_texts.keep(comment.version, source=source, text=text)
    else:
        comment_texts.drop(comment.version, source=source)


def resolve(comment: Comment, *, by: Principal, at: datetime | None = None) -> None:
    """Mark a remark as dealt with. Raises AlreadyResolved, or PermissionDenied."""
    by.require(Capability.COMMENT, brand=comment.version.brand)
    at = at or timezone.now()
    with trail.recording():
        open_comment = shown().filter(pk=comment.pk, parent=None, resolved_at=None)
        if not open_comment.update(resolved_at=at, resolved_by=principals.person(by)):
            raise AlreadyResolved(_("This comment is already resolved."))
        record(Verb.COMMENT_RESOLVED, comment, by=by, at=at, data={})


def reopen(comment: Comment, *, by: Principal, at: datetime | None = None) -> None:
    """Take back that a remark was dealt with. Raises NotResolved, or PermissionDenied."""
    by.require(Capability.COMMENT, brand=comment.version.brand)
    at = at or timezone.now()
    with trail.recording():
        resolved = shown().filter(pk=comment.pk, parent=None, resolved_at__isnull=False)
        if not resolved.update(resolved_at=None, resolved_by=None, resolved_in=None):
            raise NotResolved(_("This comment isn't resolved any more."))
        record(Verb.COMMENT_REOPENED, comment, by=by, at=at, data={})


def open_in_newer_versions(version: Version) -> list[tuple[int, int]]:
    """Number and count of open remarks of the asset's newer versions that have some, the newest first.

    Those of older ones are shown (provenance.review.carrying).
    """
    elsewhere = shown().filter(version__asset=version.asset_id, parent=None, resolved_at=None)
    newer = elsewhere.filter(version__number__gt=version.number).order_by().values_list("version__number")
    return sorted(newer.annotate(Count("pk")), reverse=True)


def record(
    verb: Verb, comment: Comment, *, by: Principal | None, at: datetime, data: dict[str, object]
) -> None:
    """Leave the audit event, and tell the pages that are open."""
    version = comment.version
    trail.record(
        verb,
        brand=version.brand,
        target=str(version),
        actor=by,
        asset_id=version.asset_id,
        data={"comment": comment.pk, **data},
        at=at,
    )
    events.publish(brand_id=version.brand_id, name=f"version-{version.pk}")
    events.publish(brand_id=version.brand_id, name=f"remarks-{version.asset_id}")
