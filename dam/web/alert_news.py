"""What is new in a person's saved searches: the list, the badge, and marking it as read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.core import numbers
from dam.rights.visibility import visible_assets
from dam.search import search as searching
from dam.search.saved import alerts
from dam.search.saved.models import SavedSearch
from dam.web import cards, htmx
from dam.web.cards import AssetCard
from dam.web.decorators import BrandRequest, requires

MOST = 60


@dataclass
class Row:
    """A clip, and the searches it is new in."""

    card: AssetCard
    searches: list[SavedSearch]
    at: datetime
    unread: bool = False


@require_safe
@requires(Capability.VIEW)
def news(request: BrandRequest) -> HttpResponse:
    """By clip: one that is new in two searches stands here once. `search` shows what is new in one alone."""
    at = here(request.brand)
    told_of = alerts.news(request.principal, at=at)
    only = _one(request)
    if only is not None:
        told_of = told_of.filter(alert__search=only)
    told = list(told_of[: MOST + 1])
    shown = told[:MOST]
    assets = searching.with_parts(visible_assets(request.principal), request.principal)
    found = assets.in_bulk({match.asset_id for match in shown})
    rows: dict[UUID, Row] = {}
    for match in shown:
        if match.asset_id not in found:
            continue
        card = cards.of(found[match.asset_id], at=at)
        row = rows.setdefault(match.asset_id, Row(card, [], match.found_at))
        row.searches.append(match.alert.search)
        row.unread = row.unread or match.read_at is None
    context = {
        "area": "saved",
        "rows": list(rows.values()),
        "unread": [match.pk for match in shown if match.read_at is None],
        "more": len(told) > MOST,
        "only": only,
        "has_alerts": alerts.theirs(request.principal).exists(),
    }
    return render(request, "saved/news.html", context)


def _one(request: BrandRequest) -> SavedSearch | None:
    """The search that the address names, where this person has its alert."""
    try:
        key = UUID(request.GET.get("search", ""))
    except ValueError:
        return None
    alert = alerts.theirs(request.principal).filter(search=key).select_related("search").first()
    return alert.search if alert is not None else None


@require_safe
@requires(Capability.VIEW)
def count(request: BrandRequest) -> HttpResponse:
    unread = alerts.unread(request.principal)
    context = {"unread": min(unread, alerts.COUNTED), "more": unread > alerts.COUNTED}
    return render(request, "saved/_count.html", context)


@require_POST
@requires(Capability.VIEW)
def read(request: BrandRequest) -> HttpResponse:
    """Mark as read what the page showed: what came meanwhile, or had no room there, stays unread."""
    named = numbers.read_all(request.POST.getlist("match"))
    alerts.read(request.principal, matches=named)
    if htmx.is_htmx(request):
        return htmx.nothing()
    return redirect("alert-news", request.brand.slug)
