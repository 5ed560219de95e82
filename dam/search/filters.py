"""Filters as a queryset: the same for lists, searches and facet counts."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from dam.catalog.models import Asset
from dam.search import dates, fields, measures
from dam.search.query import Filters
from dam.search.search_field import YES, Combine, Kind, SearchField

NOTHING = Q(pk__in=())


def narrow(
    assets: QuerySet[Asset],
    filters: Filters,
    *,
    shown: str,
    either: Sequence[Filters] = (),
    at: datetime | None = None,
) -> QuerySet[Asset]:
    """Any or every value within a field, as its table says; every field; any value of each of `either`.

    `shown`: in which version. `at` is now, in the time zone of whoever asks, for days begin there. KeyError
    for a field that the table doesn't have: a filter that is passed over would show too much.
    """
    at = at or timezone.localtime()
    for name, values in filters.items():
        field = fields.FIELDS[name.removeprefix("-")]
        if name.startswith("-"):
            assets = assets.exclude(pk__in=Asset.objects.filter(_any(field, values, shown, at)))
        elif field.combine is Combine.ANY:
            assets = assets.filter(_having(field, values, shown, at))
        else:
            for value in values:
                assets = assets.filter(_having(field, (value,), shown, at))
    for group in either:
        wanted = Q()
        for name, values in group.items():
            wanted |= _having(fields.FIELDS[name], values, shown, at)
        assets = assets.filter(wanted)
    return assets


def _having(field: SearchField, values: Sequence[str], shown: str, at: datetime) -> Q:
    matching = _any(field, values, shown, at)
    # A join to many would give an asset once for each value that matches.
    return Q(pk__in=Asset.objects.filter(matching)) if field.many else matching


def _any(field: SearchField, values: Sequence[str], shown: str, at: datetime) -> Q:
    matching = Q()
    for lookup in field.lookups_for(shown):
        for value in values:
            matching |= _one(field, lookup, value, at)
    return matching


def _one(field: SearchField, lookup: str, value: str, at: datetime) -> Q:
    """One value; what the field can't read, as an address may hold, matches nothing."""
    read = value if field.kind in (Kind.TEXT, Kind.CHOICE) else field.read(value)
    if read is None:
        return NOTHING
    if field.kind is Kind.NUMBER and field.unit:
        measured = measures.bounds(read, field.unit)
        return _between(
            lookup,
            low=measured.low,
            high=measured.high,
            low_strict=measured.low_strict,
            high_strict=measured.high_strict,
        )
    if field.kind is Kind.DATE:
        low, after = dates.span(read, at.date()).bounds(at)
        return _between(lookup, low=low, high=after, low_strict=False, high_strict=True)
    return Q(**{lookup: read == YES if field.kind is Kind.FLAG else read})


def _between(lookup: str, *, low: object, high: object, low_strict: bool, high_strict: bool) -> Q:
    matching = Q()
    if low is not None:
        matching &= Q(**{f"{lookup}__{'gt' if low_strict else 'gte'}": low})
    if high is not None:
        matching &= Q(**{f"{lookup}__{'lt' if high_strict else 'lte'}": high})
    return matching
