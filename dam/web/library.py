"""The library: search, facets, cards."""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.core.lazily import lazy
from dam.rights.visibility import visible_assets
from dam.search import search
from dam.web import cards, listing, saved_address, selection, times
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment

LAYOUTS = {
    "s": lazy("Small cards"),
    "m": lazy("Medium cards"),
    "l": lazy("Large cards"),
    "list": lazy("List"),
}
LAYOUT_COOKIE = "library_layout"
YEAR = 365 * 24 * 3600


@require_safe
@requires(Capability.VIEW)
def library(request: BrandRequest) -> HttpResponse:
    listing_query, at = listing.read(request.GET), here(request.brand)
    filled = listing.fill(request.principal, wanted=listing_query, at=at)
    layout = _layout(request)
    part = is_fragment(request) and listing_query.continues
    context = {
        "area": "library",
        "listing": filled,
        "facets": () if part else listing.count(request.principal, shown=filled),
        "loaded_at": at.isoformat(),
        "layout": layout,
        "layouts": LAYOUTS,
        "selectable": selection.is_offered(request.principal),
        "search_words": listing_query.words,
        "search_like": listing_query.like or "",
        "understood": search.parse(listing_query.words, by=request.principal),
    }
    if not part:
        context |= saved_address.context(request.principal, listing_query)
    response = render(request, "library/_cards.html" if part else "library/library.html", context)
    if "layout" in request.GET:
        response.set_cookie(
            LAYOUT_COOKIE, layout, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.HTTPS
        )
    return response


@require_GET
@requires(Capability.VIEW)
def card(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """One card again, after its version changed."""
    assets = search.with_parts(visible_assets(request.principal), request.principal)
    shown = cards.of(get_object_or_404(assets, pk=asset_id), at=here(request.brand))
    context = {"card": shown, "selectable": selection.is_offered(request.principal)}
    return render(request, "components/card.html", context)


@require_GET
@requires(Capability.VIEW)
def news(request: BrandRequest) -> HttpResponse:
    """How many clips have come since the page was loaded that belong on it: those its filters let through.

    A search by words ranks, so what is new has no place of its own in it.
    """
    since = times.read(request.GET.get("since", ""))
    if since is None:
        raise BadRequest(_("since must be a date and time with its offset."))
    wanted = listing.read(request.GET)
    count = listing.count_since(request.principal, wanted=wanted, since=since)
    return render(request, "library/_news.html", {"count": count, "address": wanted.address()})


def _layout(request: BrandRequest) -> str:
    chosen = request.GET.get("layout") or request.COOKIES.get(LAYOUT_COOKIE, "")
    return chosen if chosen in LAYOUTS else "m"
