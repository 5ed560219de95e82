"""Filters as a queryset: the same for lists, searches and facet counts."""

from django.db.models import Q, QuerySet

from dam.catalog.models import Asset
from dam.search import fields
from dam.search.query import Filters
from dam.search.search_field import Combine, SearchField


def narrow(assets: QuerySet[Asset], filters: Filters, *, shown: str) -> QuerySet[Asset]:
    """Any or every value within a field, as its table says; every field. `shown`: in which version.

    KeyError for a field that the table doesn't have: a filter that is passed over would show too much.
    """
    for name, values in filters.items():
        field = fields.FIELDS[name.removeprefix("-")]
        if name.startswith("-"):
            assets = assets.exclude(pk__in=Asset.objects.filter(_any(field, values, shown)))
        elif field.combine is Combine.ANY:
            assets = _matching(assets, field, values, shown)
        else:
            for value in values:
                assets = _matching(assets, field, (value,), shown)
    return assets


def _matching(
    assets: QuerySet[Asset], field: SearchField, values: tuple[str, ...], shown: str
) -> QuerySet[Asset]:
    matching = _any(field, values, shown)
    # A join to many would give an asset once for each value that matches.
    return assets.filter(pk__in=Asset.objects.filter(matching)) if field.many else assets.filter(matching)


def _any(field: SearchField, values: tuple[str, ...], shown: str) -> Q:
    matching = Q()
    for lookup in field.lookups_for(shown):
        for value in values:
            matching |= Q(**{lookup: value})
    return matching
