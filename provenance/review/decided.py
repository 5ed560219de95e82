"""The reviews that are over, the latest first: a page at a time, however many there are."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from dam.accounts.principals import Principal
from provenance.review import queue
from provenance.review.models import Review

Place = tuple[datetime, UUID]  # of the last one that was shown: when it was over, and its key


def page(principal: Principal, *, after: Place | None, size: int) -> tuple[list[UUID], Place | None]:
    """The keys of the next ones, of each set the last, and where it goes on; None at the end."""
    rows = _over(principal)
    behind = Q(closed_at__gt=OuterRef("closed_at")) | Q(
        closed_at=OuterRef("closed_at"), pk__lt=OuterRef("pk")
    )
    later_in_set = rows.order_by().filter(behind, review_set=OuterRef("review_set"))
    rows = rows.filter(Q(review_set=None) | ~Exists(later_in_set))
    if after is not None:
        at, key = after
        # The first condition says again what follows from the second: an index begins there.
        rows = rows.filter(Q(closed_at__lte=at), Q(closed_at__lt=at) | Q(pk__gt=key))
    found = [(key, at) for key, at in rows.values_list("pk", "closed_at")[: size + 1] if at is not None]
    shown = found[:size]
    following = (shown[-1][1], shown[-1][0]) if len(found) > size else None
    return [key for key, _at in shown], following


def _over(principal: Principal) -> QuerySet[Review]:
    """As queue.closed_reviews has them, by themselves. Whatever is over has its moment."""
    return queue.closed_reviews(principal).select_related(None).filter(closed_at__isnull=False)
