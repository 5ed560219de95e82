"""Comments that are assigned to whoever asks, across clips: a tab of the page *Review*."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from dam.accounts.principals import Principal
from dam.accounts.times import here
from dam.catalog.models import RenditionKind
from dam.core import numbers
from dam.web import times
from dam.web.decorators import BrandRequest
from provenance.review import assigning, comments, linking
from provenance.review.linking import Clips
from provenance.review.models import Comment

PAGE = 50


@dataclass(frozen=True)
class Row:
    """One of them, as templates/review/_assigned_row.html shows it."""

    comment: Comment
    address: str
    has_poster: bool
    overdue: bool
    words: str  # clips that it points at by their titles


def context(request: BrandRequest, rows: QuerySet[Comment]) -> dict[str, Any]:
    """What templates/review/queue.html needs for these; `?after=` goes on after a place. Two queries.

    They stand in the order of assigning.SOONEST_FIRST.
    """
    place = _place(request.GET.get("after", ""))
    if place is not None:
        rows = assigning.after(rows, *place)
    found = listed(rows[: PAGE + 1], to=request.principal, at=here(request.brand))
    page = found[:PAGE]
    return {"comment_rows": page, "after": _named(page[-1].comment) if len(found) > PAGE else ""}


def listed(rows: QuerySet[Comment], *, to: Principal, at: datetime) -> list[Row]:
    """What the template shows of each, in two queries, and two more where they point at clips."""
    told = rows.select_related("author", "version__asset", "version__brand")
    found = list(told.prefetch_related("version__renditions"))
    clips = linking.clips((each.body for each in found), to=to)
    return [_row(each, clips, at=at) for each in found]


def _row(comment: Comment, clips: Clips, *, at: datetime) -> Row:
    return Row(
        comment,
        assigning.address(comment),
        RenditionKind.POSTER in comment.version.rendition_by_kind,
        comment.due_at is not None and comment.due_at < at,
        comments.headline(comment, clips),
    )


def _named(comment: Comment) -> str:
    return f"{comment.due_at.isoformat() if comment.due_at else ''}~{comment.pk}"


def _place(text: str) -> tuple[datetime | None, int] | None:
    """As `_named` says it; None for anything else."""
    due, _tilde, key = text.partition("~")
    if due:
        return times.place(text)
    number = numbers.read(key)
    return (None, number) if number is not None else None
