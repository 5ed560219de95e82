"""How many of the assets a principal may see have each value: the numbers beside the filters."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count, QuerySet

from dam.accounts.principals import Principal
from dam.catalog.models import Approval, Asset, Credentials, Origin, Tag
from dam.rights import visibility
from dam.search import search
from dam.search.query import Filters, Query

MOST_TAGS = 20


@dataclass(frozen=True)
class Value:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str  # as in the search box and in addresses: "state", "origin", "credentials", "tag"
    title: str
    values: tuple[Value, ...]  # those that occur or are chosen


@dataclass(frozen=True)
class _Column:
    name: str
    title: str
    filter: str  # the field of query.Filters
    field: str  # of Version
    choices: Iterable[tuple[str, str]]


_COLUMNS = (
    _Column("state", "State", "states", "approval", Approval.choices),
    _Column("origin", "Origin", "origins", "origin", Origin.choices),
    _Column("credentials", "Credentials", "credentials", "credentials", Credentials.choices),
)


def count(
    principal: Principal,
    *,
    asked: Query | None = None,
    filters: Filters | None = None,
    within: Collection[UUID] | None = None,
) -> tuple[Facet, ...]:
    """The facets, in four queries.

    Each counts with every filter but its own, so that a choice can be widened; tags narrow, so they count
    with all of them. `within` are the hits of a search by words (Results.found): only those count.
    """
    asked = asked or Query()
    chosen = asked.filters.merged(filters or Filters())

    def assets(those: Filters) -> QuerySet[Asset]:
        found = search.among(principal, asked=replace(asked, filters=those))
        return found if within is None else found.filter(pk__in=within)

    facets = [
        _values(
            column,
            assets(replace(chosen, **{column.filter: ()})),
            getattr(chosen, column.filter),
            shown=visibility.shown(principal),
        )
        for column in _COLUMNS
    ]
    return (*facets, _tags(assets(chosen), chosen.tags))


def _values(column: _Column, assets: QuerySet[Asset], chosen: tuple[str, ...], *, shown: str) -> Facet:
    counts = dict(assets.order_by().values_list(f"{shown}__{column.field}").annotate(Count("pk")))
    values = (
        Value(value=value, label=label, count=counts.get(value, 0), chosen=value in chosen)
        for value, label in column.choices
    )
    return Facet(column.name, column.title, tuple(each for each in values if each.count or each.chosen))


def _tags(assets: QuerySet[Asset], chosen: tuple[str, ...]) -> Facet:
    counted = (
        Tag.objects.filter(assets__in=assets)
        .annotate(count=Count("assets"))
        .order_by("-count", "name")
        .values_list("name", "count")[:MOST_TAGS]
    )
    asked = {tag.lower() for tag in chosen}
    values = [Value(name, name, count, chosen=name.lower() in asked) for name, count in counted]
    there = {each.value.lower() for each in values}
    values += [Value(tag, tag, 0, chosen=True) for tag in chosen if tag.lower() not in there]
    return Facet("tag", "Tags", tuple(values))
