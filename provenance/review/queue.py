"""Whose turn is it? The reviews that wait for one person, and those that person may look at."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Least

from dam.accounts.principals import Principal
from dam.rights import visibility
from provenance.review import asking
from provenance.review.models import Review
from provenance.review.policies import STAGES
from provenance.review.states import ReviewState

# Review.due as the database has it: of two dates the first, of one and none the one: PostgreSQL's.
NEEDED_AT = Least("due_at", "stage_due_at")
SOONEST_FIRST = (
    NEEDED_AT.asc(nulls_last=True),
    F("submitted_at").asc(),
    F("set_place").asc(nulls_last=True),
    F("pk").asc(),
)


def visible_reviews(principal: Principal) -> QuerySet[Review]:
    """Every review, open or closed, of a version that this principal may see."""
    seen = visibility.visible_versions(principal)
    return Review.objects.filter(brand=principal.brand, version__in=seen).select_related(
        "version__asset",
        "version__brand",
        "version__created_by",
        "submitted_by",
        "brand",
        "asked_person",
        "asked_group",
        "named_person",
        "named_group",
        "named_role",
        "deputy_person",
        "deputy_group",
        "review_set",
    )


def open_reviews(principal: Principal) -> QuerySet[Review]:
    """The reviews that are not decided, the most urgent first."""
    return visible_reviews(principal).filter(state=ReviewState.OPEN).order_by(*SOONEST_FIRST)


def sent_by(principal: Principal) -> QuerySet[Review]:
    """The open reviews that this principal sent, and whose decisions they wait for."""
    if principal.user is None:
        return Review.objects.none()
    return open_reviews(principal).filter(submitted_by=principal.user)


def overdue(principal: Principal, *, at: datetime) -> QuerySet[Review]:
    """Of what waits for this principal, and of what they sent, the reviews that are late."""
    if principal.user is None:
        return Review.objects.none()
    late = asking.overdue(at)
    waiting = waiting_for(principal, at=at).filter(late).order_by().values("pk")
    return open_reviews(principal).filter(late).filter(Q(pk__in=waiting) | Q(submitted_by=principal.user))


def closed_reviews(principal: Principal) -> QuerySet[Review]:
    """The reviews that are over, the latest first."""
    return visible_reviews(principal).exclude(state=ReviewState.OPEN).order_by("-closed_at", "pk")


def returned_to(principal: Principal) -> QuerySet[Review]:
    """The reviews that sent clips back to this principal, who made them, until another version is there.

    One for each clip, the last; the latest first.
    """
    last = Review.objects.filter(version=OuterRef("version")).order_by("-submitted_at").values("pk")[:1]
    if principal.user is None:
        return Review.objects.none()
    return closed_reviews(principal).filter(
        pk=Subquery(last),
        state__in=[ReviewState.CHANGES_REQUESTED, ReviewState.REJECTED],
        version__created_by=principal.user,
        version__latest_of__isnull=False,
    )


def waiting_for(
    principal: Principal, *, stages: Collection[str] = tuple(STAGES), at: datetime | None = None
) -> QuerySet[Review]:
    """The open reviews that this principal may decide now (policies.refuse_decision as a query)."""
    if principal.user is None:
        return Review.objects.none()
    return decidable_by(principal, stages=stages).filter(
        asking.asks(principal.user, principal.brand, kinds=stages, at=at)
    )


def decidable_by(principal: Principal, *, stages: Iterable[str] = STAGES) -> QuerySet[Review]:
    """The open reviews that this principal could decide if they were asked to."""
    decides = [name for name in stages if principal.can(STAGES[name].capability)]
    kind = Func(
        F("stages"), F("stage"), template="(%(expressions)s)", arg_joiner=" ->> ", output_field=TextField()
    )
    rows = open_reviews(principal).annotate(waits_for_kind=kind)
    if principal.user is None or not decides:
        return rows.none()
    return (
        rows.filter(waits_for_kind__in=decides, content_sha256=F("version__sha256"))
        .exclude(Q(submitted_by=principal.user) | Q(version__created_by=principal.user))
        .exclude(decisions__decided_by=principal.user)
        .exclude(decisions__for_person=principal.user)
    )
