"""Remarks of older versions that were open when a newer one came, shown beside that and ticked there.

They stay remarks of their own version. Found done in the newer one, a remark is resolved, and says in which
version; found not done it stays open, and goes on to the next. So there is one answer to whether a remark is
dealt with, wherever it is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.catalog.models import AssetKind, Version
from dam.core import errors, events
from dam.rights import visibility
from provenance.review import comments, places
from provenance.review.models import Comment, NotDone


class Mark(StrEnum):
    """What was found of a remark in a newer version."""

    OPEN = "open"  # not looked at yet
    DONE = "done"
    NOT_DONE = "not_done"


class TickRefused(errors.Refused):
    """The remark can't be ticked as it was shown; the message says why."""

    code = "tick"


@dataclass(frozen=True)
class Place:
    """Where a remark of one version is on another: frames of that, or that it has none there."""

    frame: int | None = None
    end_frame: int | None = None
    beyond: bool = False  # the other is shorter than that, or has no frames


def carried(version: Version, *, to: Principal) -> QuerySet[Any]:
    """Remarks of older versions that were open when this one came, as this person sees them.

    Those of the newest first, each version's in the order of its frames; `is_not_done` says whether they were
    found so in this version.
    """
    was_open = Q(resolved_at=None) | Q(resolved_at__gte=version.created_at)
    return _older(version, to=to).filter(was_open)


def of_version(number: int, *, beside: Version, to: Principal) -> QuerySet[Any]:
    """As `carried`: all that was said of the older version of this number, also what was resolved before."""
    return _older(beside, to=to).filter(version__number=number)


def _older(version: Version, *, to: Principal) -> QuerySet[Any]:
    older = visibility.visible_versions(to).filter(asset=version.asset_id, number__lt=version.number)
    ticks = NotDone.objects.filter(comment=OuterRef("pk"))
    not_done = Exists(ticks.filter(version=version))
    # What was carried over to a version in between is said there.
    said_again = Exists(
        ticks.filter(
            version__number__lt=version.number, carried_as__deleted_at=None, carried_as__isnull=False
        )
    )
    rows = Comment.objects.filter(~said_again, version__in=older, parent=None, deleted_at=None)
    return rows.annotate(is_not_done=not_done).order_by("-version__number", "frame", "created_at", "pk")


def marked(rows: QuerySet[Any], mark: Mark) -> QuerySet[Any]:
    """Those of `carried` about which this was found."""
    if mark is Mark.DONE:
        return rows.filter(resolved_at__isnull=False)
    return rows.filter(resolved_at=None, is_not_done=mark is Mark.NOT_DONE)


def counts(rows: QuerySet[Any]) -> dict[Mark, int]:
    """How many of `carried` have each mark; one query."""
    found = rows.order_by().aggregate(
        open=Count("pk", filter=Q(resolved_at=None, is_not_done=False)),
        done=Count("pk", filter=Q(resolved_at__isnull=False)),
        not_done=Count("pk", filter=Q(resolved_at=None, is_not_done=True)),
    )
    return {mark: found[mark.value] for mark in Mark}


def found_by_now(version: Version, *, to: Principal) -> dict[str, int]:
    """What a decision keeps of those that are carried: how many have each mark; {} where there are none."""
    if version.number == 1:
        return {}
    found = {mark.value: count for mark, count in counts(carried(version, to=to)).items()}
    return found if any(found.values()) else {}


def summed_up(found: Mapping[str, int]) -> str:
    """In words: "3 done, 1 not done, 1 left open"."""
    done, not_done, left = found[Mark.DONE], found[Mark.NOT_DONE], found[Mark.OPEN]
    parts = (
        (done, ngettext("%(count)s done", "%(count)s done", done)),
        (not_done, ngettext("%(count)s not done", "%(count)s not done", not_done)),
        (left, ngettext("%(count)s left open", "%(count)s left open", left)),
    )
    return ", ".join(words % {"count": count} for count, words in parts if count)


def mark_of(comment: Comment) -> Mark:
    """Of a row of `carried`."""
    if comment.resolved_at is not None:
        return Mark.DONE
    return Mark.NOT_DONE if comment.is_not_done else Mark.OPEN  # type: ignore[attr-defined]


def tick(
    comment: Comment, *, of: Version, wanted: Mark, seen: Mark, by: Principal, at: datetime | None = None
) -> None:
    """Say what was found of the remark in the version `of`; Mark.OPEN takes it back.

    Once it is as wanted, nothing happens. Raises TickRefused where it isn't shown with that version any more,
    or where others have found something else than was `seen`, and PermissionDenied.
    """
    by.require(Capability.COMMENT, brand=of.brand)
    at = at or timezone.now()
    with trail.recording():
        of = versions.locked(of.pk)
        row = _locked(comment, of=of, by=by)
        now = mark_of(row)
        if now is wanted:
            return
        if now is not seen:
            raise TickRefused(_("Someone else has just ticked this comment. The list is up to date now."))
        if now is Mark.NOT_DONE and _said_again(row, of=of) is not None:
            raise TickRefused(_("This comment was carried over to this version. Resolve or delete it there."))
        _mark(row, of=of, now=now, wanted=wanted, by=by, at=at)


def carry_over(
    comment: Comment, *, of: Version, seen: Mark, by: Principal, at: datetime | None = None
) -> Comment:
    """Find the remark not done in the version `of`, and say it again there: at its time, with its drawing.

    Done twice, it is said once. Raises TickRefused as `tick` does, CommentRefused where it is too long to be
    said again, and PermissionDenied.
    """
    by.require(Capability.COMMENT, brand=of.brand)
    at = at or timezone.now()
    with trail.recording():
        of = versions.locked(of.pk)
        row = _locked(comment, of=of, by=by)
        now = mark_of(row)
        if now is Mark.NOT_DONE:
            if (already := _said_again(row, of=of)) is not None:
                return already
        elif now is not seen or now is Mark.DONE:
            raise TickRefused(_("Someone else has just ticked this comment. The list is up to date now."))
        else:
            _mark(row, of=of, now=now, wanted=Mark.NOT_DONE, by=by, at=at)
        where = place(row, on=of)
        # Without the name of who said it: what is recorded stays, also once that person is forgotten.
        said = {"number": row.version.number, "words": row.body}
        words = _("From version %(number)s: %(words)s") if row.body else _("From version %(number)s")
        again = comments.add(
            of,
            by=by,
            body=words % said,
            frame=where.frame,
            end_frame=where.end_frame,
            drawing=row.drawing if where.frame is not None else None,
            carried_from=row,
            at=at,
        )
        NotDone.objects.filter(comment=row, version=of).update(carried_as=again)
    return again


def _said_again(row: Comment, *, of: Version) -> Comment | None:
    """The comment of the version `of` that took its place, unless that was deleted."""
    said = Comment.objects.filter(carried_from__comment=row, carried_from__version=of, deleted_at=None)
    return said.first()


def _locked(comment: Comment, *, of: Version, by: Principal) -> Any:
    """Its row of `carried`; the version is locked already. Raises TickRefused."""
    rows = _older(of, to=by).select_related("version__brand", "version__asset", "author")
    row = rows.select_for_update(no_key=True, of=("self",)).filter(pk=comment.pk).first()
    if row is None:
        raise TickRefused(_("This comment isn't shown with this version any more."))
    return row


def _mark(row: Comment, *, of: Version, now: Mark, wanted: Mark, by: Principal, at: datetime) -> None:
    person = principals.person(by)
    if now is Mark.DONE:
        Comment.objects.filter(pk=row.pk).update(resolved_at=None, resolved_by=None, resolved_in=None)
    NotDone.objects.filter(comment=row, version=of).delete()
    if wanted is Mark.DONE:
        done = {"resolved_at": at, "resolved_by": person, "resolved_in": of.number}
        Comment.objects.filter(pk=row.pk).update(**done)
    elif wanted is Mark.NOT_DONE:
        NotDone.objects.create(comment=row, version=of, found_by=person, found_at=at)
    comments.record(_verb(now, wanted), row, by=by, at=at, data={"in_version": of.number})
    events.publish(brand_id=of.brand_id, name=f"version-{of.pk}")


def _verb(now: Mark, wanted: Mark) -> Verb:
    if wanted is Mark.OPEN:
        return Verb.COMMENT_REOPENED if now is Mark.DONE else Verb.COMMENT_UNTICKED
    return Verb.COMMENT_RESOLVED if wanted is Mark.DONE else Verb.COMMENT_NOT_DONE


def place(comment: Comment, *, on: Version) -> Place:
    """Where the remark is on another version: at the same time, also where that has other frames a second.

    Fetch the remark's version along where there are many.
    """
    if comment.frame is None:
        return Place()
    if on.kind == AssetKind.STILL:
        return Place(places.OF_A_STILL)
    ours, theirs, count = places.rate(comment.version), places.rate(on), places.count(on)
    if ours is None or theirs is None or not count:
        return Place(beyond=True)
    frame = int(comment.frame / ours * theirs)
    if frame >= count:
        return Place(beyond=True)
    if comment.end_frame is None:
        return Place(frame)
    end = min(int(comment.end_frame / ours * theirs), count - 1)
    return Place(frame, end if end > frame else None)
