"""Remarks on a version, at a frame when one is meant."""

from datetime import datetime

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.core import errors, events
from dam.core.language import number
from dam.search import comment_texts
from provenance.review import mentions
from provenance.review.models import Comment

LONGEST = 4000


class CommentRefused(errors.Refused):
    """The comment can't be kept as it is; the message says why."""

    code = "comment"


class AlreadyResolved(errors.Refused):
    """Somebody marked the comment as resolved before."""

    code = "already_resolved"


def add(
    version: Version,
    *,
    by: Principal,
    body: str,
    frame: int | None = None,
    answers: Comment | None = None,
    at: datetime | None = None,
) -> Comment:
    """Keep a remark, or an answer to one; `frame` counts from 0. Raises CommentRefused, or PermissionDenied.

    Whom it names and whom it answers hear of it as such.
    """
    by.require(Capability.COMMENT, brand=version.brand)
    author = principals.person(by)
    body = body.strip()
    if not body:
        raise CommentRefused(_("Write a comment first."))
    if len(body) > LONGEST:
        raise CommentRefused(
            _("Comments can be up to %(longest)s characters. This one has %(body)s.")
            % {"longest": number(LONGEST), "body": number(len(body))}
        )
    if frame is not None and not 0 <= frame < (version.frame_count or 0):
        raise CommentRefused(_("This clip doesn't have that frame."))
    at = at or timezone.now()
    with trail.recording():
        parent = _first_of(answers, version) if answers is not None else None
        comment = Comment.objects.create(
            version=version, author=author, body=body, frame=frame, parent=parent, created_at=at
        )
        comment_texts.keep(version, source=f"comment {comment.pk}", text=body)
        data: dict[str, object] = {"body": body, "frame": frame}
        if named := mentions.people_in(body, brand=version.brand):
            data["mentions"] = [user.pk for user in named]
        if parent is not None:
            in_thread = (
                Comment.objects.filter(parent=parent).order_by("author").values_list("author", flat=True)
            )
            data["replies_to"] = sorted({parent.author_id, *in_thread.distinct()} - {author.pk})
        _record(Verb.COMMENT_ADDED, comment, by=by, at=at, data=data)
    return comment


def _first_of(answered: Comment, version: Version) -> Comment:
    """The remark that the thread began with, kept from being deleted meanwhile."""
    key = answered.parent_id or answered.pk
    first = Comment.objects.select_for_update(no_key=True).filter(pk=key, version=version).first()
    if first is None:
        raise CommentRefused(_("The comment you answer is gone. Your words are still in the box."))
    return first


def resolve(comment: Comment, *, by: Principal, at: datetime | None = None) -> None:
    """Mark a remark as dealt with. Raises AlreadyResolved, or PermissionDenied."""
    by.require(Capability.COMMENT, brand=comment.version.brand)
    at = at or timezone.now()
    with trail.recording():
        open_comment = Comment.objects.filter(pk=comment.pk, parent=None, resolved_at=None)
        if not open_comment.update(resolved_at=at, resolved_by=principals.person(by)):
            raise AlreadyResolved(_("This comment is already resolved."))
        _record(Verb.COMMENT_RESOLVED, comment, by=by, at=at, data={})


def open_in_other_versions(version: Version) -> list[tuple[int, int]]:
    """Number and count of open remarks of the asset's other versions that have some, the newest first."""
    elsewhere = Comment.objects.filter(version__asset=version.asset_id, parent=None, resolved_at=None)
    counted = elsewhere.exclude(version=version).order_by().values_list("version__number")
    return sorted(counted.annotate(Count("pk")), reverse=True)


def _record(verb: Verb, comment: Comment, *, by: Principal, at: datetime, data: dict[str, object]) -> None:
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
