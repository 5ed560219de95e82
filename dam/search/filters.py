"""Filters as a queryset: the same for lists, searches and facet counts."""

from django.db.models import Q, QuerySet

from dam.catalog.models import Asset
from dam.search.query import Filters


def narrow(assets: QuerySet[Asset], filters: Filters, *, shown: str) -> QuerySet[Asset]:
    """Any of the values within a field, every field, every tag. `shown`: in which version."""
    if filters.states:
        assets = assets.filter(**{f"{shown}__approval__in": filters.states})
    if filters.origins:
        assets = assets.filter(**{f"{shown}__origin__in": filters.origins})
    if filters.credentials:
        assets = assets.filter(**{f"{shown}__credentials__in": filters.credentials})
    for name in filters.by:
        assets = assets.filter(Q(created_by__name__icontains=name) | Q(created_by__email__istartswith=name))
    for tag in filters.tags:
        assets = assets.filter(pk__in=_tagged(tag))
    for tag in filters.excluded_tags:
        assets = assets.exclude(pk__in=_tagged(tag))
    return assets


def _tagged(tag: str) -> QuerySet[Asset]:
    return Asset.objects.filter(tags__name__iexact=tag)
