"""How the clips of a collection stand: what may be used, what waits, and what is missing.

Each number is that of a filter of the library, asked in the same words: its link leads to those clips.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from dam.accounts.principals import Principal
from dam.catalog.models import Approval, Asset
from dam.collections import nesting
from dam.collections.models import Collection, CollectionItem
from dam.rights import visibility
from dam.search import fields, filter_rows, filters, row_catching_up
from dam.search.arrays import Overlap
from dam.search.search_field import YES, SearchField
from dam.search.table import clearance

# A field of the table, and the value that is counted.
COUNTED = (
    ("usable", YES),
    ("state", Approval.IN_REVIEW.value),
    ("state", Approval.CHANGES_REQUESTED.value),
    ("rights_end", "30d"),
    ("missing", clearance.CLEARANCE),
    ("missing", clearance.REQUIRED),
    ("missing", clearance.FILES),
)


@dataclass(frozen=True)
class Counted:
    name: str  # of the field
    value: str
    number: int


@dataclass(frozen=True)
class Standing:
    """Of the clips that somebody sees in a collection and in those that lie in it; each counts once."""

    total: int
    counts: tuple[Counted, ...]  # in the order of COUNTED, those that this person may ask for
    collections: int  # that lie in it
    unsettled: bool  # required fields have changed, and rows are still being gone through

    def of(self, name: str, value: str) -> int:
        return next((each.number for each in self.counts if (each.name, each.value) == (name, value)), 0)


def of(collection: Collection, principal: Principal, *, at: datetime) -> Standing:
    """In three queries at most, whatever is in it. `at` is now, where the brand is."""
    keys = nesting.keys_within([collection.pk])
    shown, brand = visibility.shown(principal), principal.brand
    known = fields.of(principal)
    asked = [
        (known[name], value)
        for name, value in COUNTED
        if name in known and _can_be(known[name], value, shown)
    ]
    conditions = {
        f"{field.name}_{value}": Count("pk", filter=_condition(field, value, shown, at, brand.pk))
        for field, value in asked
    }
    found = _clips(keys, principal).aggregate(total=Count("pk"), **conditions)
    return Standing(
        total=found["total"],
        counts=tuple(Counted(field.name, value, found[f"{field.name}_{value}"]) for field, value in asked),
        collections=len(keys) - 1,
        unsettled="missing" in known and row_catching_up.is_under_way(brand.pk),
    )


def _clips(keys: Sequence[UUID], principal: Principal) -> QuerySet[Asset]:
    """As `inside:` finds them."""
    items = CollectionItem.objects.filter(collection__in=keys, removed_at=None)
    return visibility.visible_assets(principal).filter(pk__in=items.values("asset_id")).order_by()


def _can_be(field: SearchField, value: str, shown: str) -> bool:
    return shown == "latest" or field.of_released is None or value in field.of_released


def _condition(field: SearchField, value: str, shown: str, at: datetime, brand: int) -> Q | Overlap:
    if field.of_rows:
        return filter_rows.has(field, value, brand=brand, shown=shown)
    return filters.value(field, value, shown=shown, at=at)
