"""The page of all collections, and of one with its clips in their order."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.catalog.models import Asset
from dam.collections import audience, covers, inside, items, places, recent_clips
from dam.collections import collections as collecting
from dam.collections.models import Collection
from dam.core import sorting
from dam.search import search
from dam.search.saved import saved_searches
from dam.search.saved.models import SavedSearch
from dam.web import cards, name_pages, selection
from dam.web.cards import AssetCard
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment
from dam.web.row_pages import By

PAGE = 48  # clips
PAGE_OF_COLLECTIONS = 24
MOST_SMART = 12
MOST_RECENT = 12
PAGE_OF_INNER = 100  # collections in one


@dataclass(frozen=True)
class Row:
    collection: Collection
    may_manage: bool
    is_owner: bool


@require_safe
@requires(Capability.VIEW)
def listing(request: BrandRequest) -> HttpResponse:
    """Those at the top, whose covers come one by one as they come into view (`cover`)."""
    page = name_pages.read(
        _rows(request).filter(parent=None),
        column="name",
        among=Collection.objects.filter(brand=request.brand),
        request=request,
        size=PAGE_OF_COLLECTIONS,
    )
    context = {
        "area": "collections",
        "page": page,
        "rows": [_row(each, request) for each in page.rows],
        "smart": () if page.first else _smart(request),
        **({} if page.first else _recent(request)),
    }
    return render(request, "collections/collections.html", context)


@require_safe
@requires(Capability.VIEW)
def collection(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """Those that lie in it, then its clips. `after` is the place of the last clip of the page before."""
    row = seen(request, collection_id)
    after = request.GET.get("after", "")
    after = after if places.is_place(after) else ""
    context: dict[str, Any] = {
        "area": "collections",
        "collection": row,
        "may_change": request.principal.can(Capability.COLLECT),
        "selectable": selection.is_offered(request.principal),
        "row": _row(row, request),
        **_clips(request, row, after=after),
    }
    if is_fragment(request) and after:
        return render(request, "collections/_clips.html", context)
    count, ancestors = items.count(row, request.principal), collecting.ancestors(row)
    page = name_pages.read(
        _rows(request).filter(parent=row) if not after else Collection.objects.none(),
        first=(By(inside.BEHIND, int), By("place", str)),
        column="name",
        among=Collection.objects.filter(parent=row),
        request=request,
        size=PAGE_OF_INNER,
        name="inside",
    )
    context |= {
        "ancestors": ancestors,
        "page": page,
        "rows": [_row(each, request) for each in page.rows],
        "count": min(count, items.MOST_COUNTED),
        "capped": count > items.MOST_COUNTED,
        "continues": bool(after),
        "may_hold_others": len(ancestors) + 1 < collecting.DEEPEST,
    }
    return render(request, "collections/collection.html", context)


@require_safe
@requires(Capability.VIEW)
def cover(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """Its cover, and how many there are for this person."""
    row = seen(request, collection_id)
    keys = covers.shown(row, request.principal)
    count = items.count(row, request.principal)
    context = {
        "collection": row,
        "assets": _in_order(request, keys),
        "count": min(count, items.MOST_COUNTED),
        "capped": count > items.MOST_COUNTED,
    }
    return render(request, "collections/_cover.html", context)


def seen(request: BrandRequest, collection_id: UUID) -> Collection:
    """The collection, if this person sees it; else 404."""
    rows = audience.visible(request.principal).select_related("top", "owner", "parent")
    return get_object_or_404(rows, pk=collection_id)


def _rows(request: BrandRequest) -> Any:
    inner = Count("children", filter=Q(children__deleted_at=None))
    rows = audience.visible(request.principal).select_related("top", "owner").annotate(inside=inner)
    return rows.order_by(sorting.alphabetical("name"), "pk")


def _row(row: Collection, request: BrandRequest) -> Row:
    user = request.principal.user
    return Row(
        collection=row,
        may_manage=audience.may_manage(row, by=request.principal),
        is_owner=user is not None and row.owner_id == user.pk,
    )


def _clips(request: BrandRequest, row: Collection, *, after: str) -> dict[str, Any]:
    """The cards of a page, and the place of its last one if there are more."""
    found = items.seen(row, request.principal)
    if after:
        found = found.filter(place__gt=after)
    page = list(found.values_list("asset_id", "place")[: PAGE + 1])
    shown: tuple[AssetCard, ...] = cards.all_of(
        _in_order(request, [key for key, _place in page[:PAGE]]), at=here(request.brand)
    )
    return {"cards": shown, "next": page[PAGE - 1][1] if len(page) > PAGE else ""}


def _in_order(request: BrandRequest, keys: list[UUID]) -> list[Asset]:
    """With their parts; what was deleted a moment ago is left out."""
    found = search.with_parts(Asset.objects.all(), request.principal).in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _recent(request: BrandRequest) -> dict[str, Any]:
    """The clips opened last, or with `?recent=all` as many as are kept, and how many more there are."""
    keys = list(recent_clips.of(request.principal).values_list("asset", flat=True))
    shown = keys if request.GET.get("recent") == "all" else keys[:MOST_RECENT]
    found = cards.all_of(_in_order(request, shown), at=here(request.brand))
    return {"recent": found, "more_recent": len(keys) - len(shown)}


def _smart(request: BrandRequest) -> list[SavedSearch]:
    """Saved searches that are pinned, as far as there is room for them."""
    return list(saved_searches.listed(request.principal).filter(collection=True)[:MOST_SMART])
