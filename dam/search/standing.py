"""How the clips of a collection stand: what may be used, what waits, and what is missing.

Each number is that of a filter of the library, asked in the same words: its link leads to those clips. Where
the collection holds many, the numbers are kept for a minute for everyone who sees the same of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, QuerySet

from dam.accounts.principals import Guest, Principal
from dam.catalog.models import Approval, Asset
from dam.collections import nesting
from dam.collections.models import Collection, CollectionItem
from dam.core import locks
from dam.core.language import ngettext
from dam.rights import visibility
from dam.search import fields, filters, row_catching_up, search
from dam.search.search_field import YES, SearchField
from dam.search.table import clearance

KEPT_SECONDS = 60.0


@dataclass(frozen=True)
class Measure:
    """What is counted: its icon, from Lucide, and its words after the number."""

    icon: str
    words: Callable[[int], str]  # where English has one form for any number, others may have several
    always: bool = False  # told even where there is none: that nothing may be used is news


# By a field of the table and the value that is counted.
COUNTED: Mapping[tuple[str, str], Measure] = {
    ("usable", YES): Measure(
        "circle-check-big", lambda n: ngettext("may be used", "may be used", n), always=True
    ),
    ("state", Approval.IN_REVIEW.value): Measure("clock", lambda n: ngettext("in review", "in review", n)),
    ("state", Approval.CHANGES_REQUESTED.value): Measure(
        "message-square", lambda n: ngettext("with changes requested", "with changes requested", n)
    ),
    ("rights_end", "30d"): Measure(
        "calendar-clock",
        lambda n: ngettext("with clearance ending within 30 days", "with clearance ending within 30 days", n),
    ),
    ("missing", clearance.CLEARANCE): Measure(
        "scale", lambda n: ngettext("without a clearance", "without a clearance", n)
    ),
    ("missing", clearance.REQUIRED): Measure(
        "list-x", lambda n: ngettext("without a required field", "without a required field", n)
    ),
    ("missing", clearance.FILES): Measure(
        "triangle-alert", lambda n: ngettext("with a failed step", "with a failed step", n)
    ),
}


@dataclass(frozen=True)
class Counted:
    name: str  # of the field
    value: str
    number: int

    @property
    def measure(self) -> Measure:
        return COUNTED[self.name, self.value]

    @property
    def words(self) -> str:
        """What stands after the number."""
        return self.measure.words(self.number)

    @property
    def is_told(self) -> bool:
        return bool(self.number) or self.measure.always


@dataclass(frozen=True)
class Standing:
    """Of the clips that somebody sees in a collection and in those that lie in it; each counts once."""

    total: int
    counts: tuple[Counted, ...]  # in the order of COUNTED, those that this person may ask for
    collections: int  # that lie in it
    unsettled: bool  # required fields have changed, and rows are still being gone through
    kept: bool  # for KEPT_SECONDS: they may be as old


def of(collection: Collection, principal: Principal, *, at: datetime) -> Standing:
    """In a few queries, whatever is in it. `at` is now, where the brand is.

    Of more clips than search.MOST_COUNTED, seen or not, the numbers are kept for KEPT_SECONDS, and only one
    at a time counts those that aren't.
    """
    shown, known = visibility.shown(principal), fields.of(principal)
    asked = [
        (known[name], value)
        for name, value in COUNTED
        if name in known and _can_be(known[name], value, shown)
    ]
    # What somebody sees of its clips follows from these, whoever it is (visibility.visible_assets): of what
    # is released a guest sees what the link opens.
    names = "-".join(f"{field.name}.{value}" for field, value in asked)
    opened = f"-link-{principal.link_id}" if isinstance(principal, Guest) else ""
    place = f"standing:{collection.pk}:{shown}{opened}:{names}"
    found: Mapping[str, int] | None = cache.get(place)
    is_kept = found is not None
    if found is None:
        keys = nesting.keys_within([collection.pk])
        is_kept = _are_many(keys)
        count = partial(_count, keys, principal, asked, at)
        found = _in_turn(place, count) if is_kept else count()
    return Standing(
        total=found["total"],
        counts=tuple(Counted(field.name, value, found[f"{field.name}_{value}"]) for field, value in asked),
        collections=found["collections"],
        unsettled="missing" in known and row_catching_up.is_under_way(principal.brand.pk),
        kept=is_kept,
    )


def _in_turn(place: str, count: Callable[[], Mapping[str, int]]) -> Mapping[str, int]:
    """Many pages ask at once, after a change: the first counts, and the others take what it has kept."""
    with transaction.atomic():
        locks.hold(place)
        found: Mapping[str, int] | None = cache.get(place)
        if found is None:
            found = count()
            cache.set(place, found, KEPT_SECONDS)
    return found


def _are_many(keys: Sequence[UUID]) -> bool:
    """Seen or not: what isn't seen is gone through as well."""
    items = CollectionItem.objects.filter(collection__in=keys, removed_at=None)
    return items[: search.MOST_COUNTED + 1].count() > search.MOST_COUNTED


def _count(
    keys: Sequence[UUID], principal: Principal, asked: Sequence[tuple[SearchField, str]], at: datetime
) -> Mapping[str, int]:
    shown, brand = visibility.shown(principal), principal.brand
    conditions = {
        f"{field.name}_{value}": Count(
            "pk", filter=filters.value(field, value, brand=brand, shown=shown, at=at)
        )
        for field, value in asked
    }
    found = _clips(keys, principal).aggregate(total=Count("pk"), **conditions)
    return {**found, "collections": len(keys) - 1}


def _clips(keys: Sequence[UUID], principal: Principal) -> QuerySet[Asset]:
    """As `inside:` finds them."""
    items = CollectionItem.objects.filter(collection__in=keys, removed_at=None)
    return visibility.visible_assets(principal).filter(pk__in=items.values("asset_id")).order_by()


def _can_be(field: SearchField, value: str, shown: str) -> bool:
    return shown == "latest" or field.of_released is None or value in field.of_released
