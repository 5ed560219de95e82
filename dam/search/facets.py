"""How many of the assets a principal may see have each value: the numbers beside the filters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count, QuerySet

from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.rights import visibility
from dam.search import fields, search
from dam.search.query import Filters, Query
from dam.search.search_field import Combine, Kind, SearchField

# Of a field whose values are not a fixed choice.
MOST_VALUES = 20


@dataclass(frozen=True)
class Value:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str  # of the search field
    title: str
    values: tuple[Value, ...]  # those that occur or are chosen
    more: bool = False  # there are others, less used


def count(
    principal: Principal,
    *,
    parsed: Query | None = None,
    filters: Filters | None = None,
    within: Collection[UUID] | None = None,
) -> tuple[Facet, ...]:
    """The facets, in one query each.

    Where any of several values may match, a facet counts with every filter but its own, so that a choice can
    be widened; where every value must, as with tags, it counts with all of them. `within` are the hits of a
    search by words (Results.asset_ids): only those count.
    """
    parsed = parsed or Query()
    chosen = parsed.filters.merged(filters or Filters())

    def facet(field: SearchField) -> Facet:
        counted_with = chosen.without(field.name) if field.combine is Combine.ANY else chosen
        assets = search.among(principal, parsed=replace(parsed, filters=counted_with))
        if within is not None:
            assets = assets.filter(pk__in=within)
        counts = _counts(field, assets, shown=visibility.shown(principal))
        kept = counts if field.choices else counts[:MOST_VALUES]
        values = _values(field, kept, chosen[field.name])
        return Facet(field.name, field.title, values, more=len(kept) < len(counts))

    counted = (field for field in fields.of(principal).values() if field.facet and not field.array)
    return tuple(facet(field) for field in counted if field.kind in (Kind.CHOICE, Kind.TEXT))


def _counts(field: SearchField, assets: QuerySet[Asset], *, shown: str) -> list[tuple[str, int]]:
    """Values that occur, most used first; one more than are shown, where there are so many."""
    column = field.column_for(shown)
    counts = (
        assets.filter(**{f"{column}__isnull": False})
        .values_list(column)
        .annotate(count=Count("pk"))
        .order_by("-count", column)
    )
    return list(counts if field.choices else counts[: MOST_VALUES + 1])


def _values(
    field: SearchField, counts: Sequence[tuple[str, int]], chosen: tuple[str, ...]
) -> tuple[Value, ...]:
    if field.choices:
        count_of = dict(counts)
        values = [
            Value(value, label, count_of.get(value, 0), chosen=value in chosen)
            for value, label in field.choices
        ]
        return tuple(value for value in values if value.count or value.chosen)
    lower = {value.lower() for value in chosen}
    values = [Value(value, value, count, chosen=value.lower() in lower) for value, count in counts]
    counted = {each.value.lower() for each in values}
    missing = [Value(value, value, 0, chosen=True) for value in chosen if value.lower() not in counted]
    return (*values, *missing)
