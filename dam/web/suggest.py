"""The list under the search box, while somebody types."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.core.lazily import lazy
from dam.search import suggestions
from dam.search.query import tidy
from dam.search.saved import recent
from dam.search.saved.models import RecentSearch
from dam.search.suggestions import Kind, Suggestion
from dam.web import listing, saved_address
from dam.web.decorators import BrandRequest, requires
from dam.web.listing import ListingQuery

TITLES = {
    Kind.RECENT: (lazy("Recent searches"), "history"),
    Kind.SAVED: (lazy("Saved searches"), "bookmark"),
    Kind.FIELD: ("Filters", "sliders-horizontal"),
    Kind.TAG: (lazy("Tags"), "tag"),
    Kind.PERSON: (lazy("People"), "user"),
    Kind.MODEL: (lazy("Models"), "sparkles"),
    Kind.TITLE: (lazy("Clips"), "film"),
}


@dataclass(frozen=True)
class Option:
    """`completes`: the text of the box grows and the list goes on; else `address` is opened."""

    label: str
    address: str
    completes: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    icon: str
    options: tuple[Option, ...]


@require_safe
@requires(Capability.VIEW)
def suggest(request: BrandRequest) -> HttpResponse:
    """`q` is the text of the box up to the caret, `rest` what stands behind it."""
    found = suggestions.suggest(request.GET.get("q", ""), principal=request.principal)
    rows = {row.pk: row for row in recent.of(request.principal)} if _has(found, Kind.RECENT) else {}
    groups = tuple(
        Group(kind.value, *TITLES[kind], tuple(_option(request, each, rows) for each in of_kind))
        for kind in Kind
        if (of_kind := [each for each in found if each.kind is kind])
    )
    return render(request, "suggest/_groups.html", {"groups": groups})


def _has(found: tuple[Suggestion, ...], kind: Kind) -> bool:
    return any(each.kind is kind for each in found)


def _option(request: BrandRequest, each: Suggestion, rows: dict[int, RecentSearch]) -> Option:
    slug = request.brand.slug
    if each.kind is Kind.SAVED:
        return Option(each.label, reverse("saved-search", args=[slug, each.key]))
    if each.kind is Kind.TITLE:
        return Option(each.label, reverse("asset", args=[slug, each.key]))
    if each.kind is Kind.RECENT and isinstance(each.key, int) and each.key in rows:
        return Option(each.label, saved_address.of_recent(rows[each.key], slug))
    words = tidy(f"{each.words} {request.GET.get('rest', '')}")
    # What was chosen besides stays: the box sends it along.
    around = listing.read(request.GET, brand=request.brand)
    address = saved_address.library(slug, ListingQuery(words=words, filters=around.filters, like=around.like))
    return Option(each.label, address, completes=each.words if each.words.endswith(":") else "")
