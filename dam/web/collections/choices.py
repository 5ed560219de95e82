"""Collections to choose from, by their path, and the people and groups of a brand."""

from dataclasses import dataclass

from django.db.models import QuerySet

from dam.accounts import groups
from dam.accounts.models import Brand, Group, Membership, User
from dam.accounts.principals import Principal
from dam.collections import audience
from dam.collections.collections import DEEPEST
from dam.collections.models import Collection
from dam.core import sorting

MOST = 500  # of those changed last
MOST_PEOPLE = 1_000
_PARENTS = "__".join(["parent"] * (DEEPEST - 1))


@dataclass(frozen=True)
class Choice:
    """A collection with the names it lies in: "Launch / Teasers"."""

    collection: Collection
    path: str
    level: int  # 1 at the top


def to_fill(principal: Principal) -> list[Choice]:
    """Those whose clips the principal may change, by their paths."""
    rows = audience.changeable(principal).select_related(_PARENTS).order_by("-updated_at", "pk")[:MOST]
    return sorted(map(_choice, rows), key=lambda each: sorting.key(each.path))


def to_lie_in(principal: Principal, moving: Collection | None = None) -> list[Choice]:
    """Those that can have another one in them; of one that moves, not itself and what lies in it."""
    return [
        each
        for each in to_fill(principal)
        if each.level < DEEPEST and (moving is None or moving.pk not in _line(each.collection))
    ]


def people(brand: Brand) -> list[User]:
    rows = Membership.objects.filter(brand=brand, user__is_active=True).select_related("user")
    return [row.user for row in rows.order_by(sorting.alphabetical("user__name"), "pk")[:MOST_PEOPLE]]


def of_groups(brand: Brand) -> QuerySet[Group]:
    return groups.of_brand(brand)[:MOST_PEOPLE]


def _choice(row: Collection) -> Choice:
    names = [each.name for each in _rows(row)]
    return Choice(row, " / ".join(reversed(names)), len(names))


def _line(row: Collection) -> set[object]:
    return {each.pk for each in _rows(row)}


def _rows(row: Collection) -> list[Collection]:
    """It and what it lies in, from the inside out."""
    found, outer = [row], row.parent
    while outer is not None:
        found.append(outer)
        outer = outer.parent
    return found
