"""The library: search, facets, cards."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.bulk import edits
from dam.core import language
from dam.core.lazily import lazy
from dam.custom_fields import clip_kinds, schema
from dam.rights import visibility
from dam.search import orders, search
from dam.search.facets import Facet
from dam.web import cards, columns, listing, saved_address, selection, timeline, times
from dam.web.cards import AssetCard
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment

LIST, TIMELINE = "list", "timeline"
LAYOUTS = {
    "s": lazy("Small cards"),
    "m": lazy("Medium cards"),
    "l": lazy("Large cards"),
    LIST: lazy("List"),
    TIMELINE: lazy("Timeline"),
}
LAYOUT_COOKIE = "library_layout"
YEAR = 365 * 24 * 3600


@require_safe
@requires(Capability.VIEW)
def library(request: BrandRequest) -> HttpResponse:
    listing_query, at = listing.read(request.GET, brand=request.brand), here(request.brand)
    listing_query = listing.told(listing_query, by=request.principal)
    if listing.is_of_a_form(request.GET, listing_query.known):
        return redirect(f"{request.path}{listing_query.address()}")
    month = timeline.start_of(request.GET.get("month", ""), listing_query.sort)
    if month is not None and listing_query.found is None and not listing_query.continues:
        listing_query = replace(listing_query, after=month)
    layout = _layout(request)
    part = is_fragment(request) and listing_query.continues
    facets: tuple[Facet, ...] = ()
    if part:
        filled = listing.fill(request.principal, wanted=listing_query, at=at)
    else:
        filled, facets = listing.fill_and_count(request.principal, wanted=listing_query, at=at)
    in_time = layout == TIMELINE and not filled.results and filled.query.sort in timeline.ORDERS
    context = {
        "area": "library",
        "listing": filled,
        **_in_columns(request, layout, (*filled.cards, *filled.less_likely)),
        "facets": facets,
        "loaded_at": at.isoformat(),
        "layout": layout,
        "layouts": LAYOUTS,
        "in_time": in_time,
        "months": timeline.months(filled.cards, after=filled.query.after) if in_time else {},
        "month": request.GET.get("month", "") if month else "",
        "selectable": selection.is_offered(request.principal),
        "may_bulk": edits.may(request.principal),
        **_orders(request, filled),
        "search_words": listing_query.words,
        "search_like": listing_query.like or "",
        "understood": search.parse(listing_query.words, by=request.principal),
    }
    if not part:
        required = clip_kinds.named(schema.of(request.brand).required)
        context["before_review"] = language.listed(required)
        context |= saved_address.context(request.principal, listing_query)
    response = render(request, "library/_cards.html" if part else "library/library.html", context)
    if "layout" in request.GET:
        response.set_cookie(
            LAYOUT_COOKIE, layout, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.HTTPS
        )
    return response


def _orders(request: BrandRequest, filled: listing.Listing) -> dict[str, Any]:
    """The orders that the page offers: of a list, or of what words found the best first and those; none of
    what is alike."""
    offered, asked = orders.offered(visibility.shown(request.principal)), filled.query
    rows: list[tuple[orders.Order | None, str, str]]
    if filled.results is None:
        order: orders.Order | None = asked.sort
        rows = [(each, orders.TITLES[each], asked.sorted_by(each)) for each in offered]
    elif asked.like or not (filled.results.total and filled.results.query.has_words):
        return {"orders": ()}
    else:
        order = asked.found
        rows = [(None, _("Best matches first"), asked.found_in(None))]
        rows += [(each, orders.TITLES[each], asked.found_in(each)) for each in offered]
    title = next(title for each, title, _address in rows if each == order)
    return {"orders": rows, "order": order, "order_title": title, "best_first": asked.found_in(None)}


@require_GET
@requires(Capability.VIEW)
def card(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """One card again, after its version changed."""
    assets = search.with_parts(visibility.visible_assets(request.principal), request.principal)
    shown = cards.of(get_object_or_404(assets, pk=asset_id), at=here(request.brand))
    context = {"brand": request.brand, "card": shown, "selectable": selection.is_offered(request.principal)}
    context |= {"cells": _in_columns(request, request.GET.get("layout", ""), (shown,))["cells"].get(asset_id)}
    return render(request, "components/card.html", context, using="jinja")


@require_GET
@requires(Capability.VIEW)
def news(request: BrandRequest) -> HttpResponse:
    """How many clips have come since the page was loaded that belong on it: those its filters let through.

    A search by words ranks, so what is new has no place of its own in it.
    """
    since = times.read(request.GET.get("since", ""))
    if since is None:
        raise BadRequest(_("since must be a date and time with its offset."))
    wanted = listing.read(request.GET, brand=request.brand)
    count = listing.count_since(request.principal, wanted=wanted, since=since)
    return render(request, "library/_news.html", {"count": count, "address": wanted.address()})


def _in_columns(request: BrandRequest, layout: str, shown: tuple[AssetCard, ...]) -> dict[str, Any]:
    """The columns of a list, and what its clips have in them; nothing for another layout."""
    if layout != LIST:
        return {"columns": (), "cells": {}}
    chosen = columns.chosen(request.principal)
    return {
        "columns": chosen,
        "cells": columns.fill(shown, chosen, by=request.principal),
        "may_choose_columns": columns.may(request.principal),
    }


def _layout(request: BrandRequest) -> str:
    chosen = request.GET.get("layout") or request.COOKIES.get(LAYOUT_COOKIE, "")
    return chosen if chosen in LAYOUTS else "m"
