"""Who stands in for whom now, by the absences that people said (provenance.review.absences)."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from dam.accounts.models import Brand, User
from provenance.review.models import Absence


def now(at: datetime) -> QuerySet[Absence]:
    """The absences that last at this moment."""
    return Absence.objects.filter(ended_at=None, from_at__lte=at, until_at__gt=at)


def deputies(brands: Collection[int], *, at: datetime) -> dict[int, dict[int, int]]:
    """By brand, who stands in for each who is away. One query."""
    found: dict[int, dict[int, int]] = {brand: {} for brand in brands}
    for brand, person, deputy in now(at).filter(brand__in=brands).values_list("brand", "person", "deputy"):
        found[brand][person] = deputy
    return found


def those_of(deputy: User, brand: Brand, *, at: datetime) -> list[int]:
    """Whom this person stands in for themselves; what these would stand in for isn't handed on."""
    return sorted(now(at).filter(brand=brand, deputy=deputy).values_list("person", flat=True))
