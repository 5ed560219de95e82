"""Whose turn is it? The reviews that wait for one person, and those that person may look at."""

from django.db.models import F, Func, Q, QuerySet, TextField

from dam.accounts import capabilities, memberships
from dam.accounts.models import Brand, User
from dam.rights import visibility
from provenance.review.models import Review
from provenance.review.policies import STAGES
from provenance.review.states import ReviewState

SOONEST_FIRST = (F("due_at").asc(nulls_last=True), F("submitted_at").asc(), F("pk").asc())


def visible_reviews(user: User, *, brand: Brand) -> QuerySet[Review]:
    """Every review, open or closed, of a version that this person may see."""
    seen = visibility.visible_versions(user, brand=brand)
    return Review.objects.filter(brand=brand, version__in=seen).select_related(
        "version__asset", "version__brand", "version__created_by", "submitted_by", "brand"
    )


def open_reviews(user: User, *, brand: Brand) -> QuerySet[Review]:
    """The reviews that are not decided, the most urgent first."""
    return visible_reviews(user, brand=brand).filter(state=ReviewState.OPEN).order_by(*SOONEST_FIRST)


def closed_reviews(user: User, *, brand: Brand) -> QuerySet[Review]:
    """The reviews that are over, the latest first."""
    return visible_reviews(user, brand=brand).exclude(state=ReviewState.OPEN).order_by("-closed_at", "pk")


def waiting_for(user: User, *, brand: Brand) -> QuerySet[Review]:
    """The open reviews that this person may decide now (policies.refuse_decision as a query)."""
    role = memberships.role_of(user, brand)
    if role is None:
        return Review.objects.none()
    decides = [stage.name for stage in STAGES.values() if capabilities.granted(role, stage.capability)]
    waits_for = Func(
        F("stages"), F("stage"), template="(%(expressions)s)", arg_joiner=" ->> ", output_field=TextField()
    )
    return (
        open_reviews(user, brand=brand)
        .annotate(waits_for=waits_for)
        .filter(waits_for__in=decides, content_sha256=F("version__sha256"))
        .exclude(Q(submitted_by=user) | Q(version__created_by=user))
        .exclude(decisions__decided_by=user)
    )
