"""Collections to choose from, by their path, and the people and groups of a brand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from dam.accounts import groups
from dam.accounts.models import Brand, Group
from dam.accounts.principals import Principal
from dam.collections import audience
from dam.collections.collections import DEEPEST
from dam.collections.models import Collection
from dam.core import sorting
from dam.web import people_choice
from dam.web.people_choice import Listed

_PARENTS = "__".join(["parent"] * (DEEPEST - 1))


@dataclass(frozen=True)
class Choice:
    """A collection with the names it lies in: "Launch / Teasers"."""

    collection: Collection
    path: str
    level: int  # 1 at the top


def to_fill(principal: Principal) -> list[Choice]:
    """Those whose clips the principal may change, by their paths. All: collections.MOST is their bound."""
    rows = audience.changeable(principal).select_related(_PARENTS).order_by()
    return sorted(map(_choice, rows), key=lambda each: sorting.key(each.path))


def to_lie_in(principal: Principal, moving: Collection | None = None) -> list[Choice]:
    """Those that can have another one in them; of one that moves, not itself and what lies in it."""
    return [
        each
        for each in to_fill(principal)
        if each.level < DEEPEST and (moving is None or moving.pk not in _line(each.collection))
    ]


def people(brand: Brand, chosen: Iterable[int]) -> Listed:
    """As many as a page can hold, and whoever was chosen: else saving would take them out."""
    here = people_choice.active(brand)
    listed = people_choice.listed(here)
    missing = set(chosen) - {user.pk for user in listed.people}
    others = [row.user for row in here.filter(user__in=missing).select_related("user")] if missing else []
    return replace(listed, people=[*listed.people, *others])


def of_groups(brand: Brand) -> QuerySet[Group]:
    return groups.of_brand(brand)


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
