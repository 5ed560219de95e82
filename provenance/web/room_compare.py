"""An older version beside the one under review, inside the review room."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core import numbers
from dam.rights import visibility
from dam.web import comparison, htmx
from dam.web.decorators import BrandRequest, requires
from provenance.review import queue
from provenance.review.models import Review
from provenance.web import comment_filter

NAMES = ("compare", "as")
MOST = 50  # versions that are offered, the newest of them
COMPARED = "compared"  # what a page hears once another version, or none, stands beside


@require_safe
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def compare(request: BrandRequest, review_id: UUID) -> HttpResponse:
    """The pieces of the room that show `?compare=1` beside, or none; without htmx the page that compares."""
    review = get_object_or_404(queue.visible_reviews(request.principal), pk=review_id)
    version = review.version
    shown = context(request, version)
    if not htmx.is_htmx(request):
        address = reverse("asset-compare", args=[request.brand.slug, version.asset_id])
        beside = shown["beside"]
        return redirect(f"{address}?one={beside.number}&two={version.number}" if beside else address)
    shown |= {"review": review, "version": version, "asset": version.asset, "swapped": True}
    response = render(request, "review/_compare.html", shown)
    parts = {"compare": str(shown["beside"].number), "as": shown["mode"]} if shown["beside"] else {}
    response = comment_filter.rewrite(request, response, names=NAMES, parameters=parts)
    return htmx.tell(response, COMPARED)


def asked(request: HttpRequest) -> int | None:
    """The number of the version that the page has beside its own: by its address, or that of the page a
    piece is for."""
    typed = request.GET.get("compare")
    if typed is None and htmx.is_htmx(request):
        typed = parse_qs(urlsplit(htmx.page(request)).query).get("compare", [""])[-1]
    return numbers.read(typed or "", digits=6)


def beside_of(request: BrandRequest, version: Version) -> int | None:
    """The number of the version that stands beside it on the page that a piece is for; None without one that
    can."""
    number = asked(request)
    if number is None or number >= version.number:
        return None
    offered = _older(version, to=request.principal).values_list("number", flat=True)[:MOST]
    return number if number in offered else None


def older_than(version: Version, *, to: Principal) -> list[Version]:
    """Those that this person may see beside it, the newest first and one more than are offered;
    `was_reviewed` where it had a review."""
    was_reviewed = Exists(Review.objects.filter(version=OuterRef("pk")))
    rows = _older(version, to=to).annotate(was_reviewed=was_reviewed).prefetch_related("renditions")
    return list(rows[: MOST + 1])


def _older(version: Version, *, to: Principal) -> QuerySet[Version]:
    rows: QuerySet[Version] = visibility.visible_versions(to)
    older = rows.filter(asset=version.asset_id, number__lt=version.number, kind=version.kind)
    return older.order_by("-number")


def usual(older: Sequence[Any]) -> Version | None:
    """What one compares with first: the last that was reviewed, else the one before."""
    return next((each for each in older if each.was_reviewed), older[0] if older else None)


def context(request: BrandRequest, version: Version) -> dict[str, Any]:
    """What templates/review/_compare.html and _beside.html need, for this person; two queries at most."""
    found = older_than(version, to=request.principal) if version.number > 1 else []
    older = found[:MOST]
    number = numbers.read(request.GET.get("compare", ""), digits=6)
    beside = next((each for each in older if each.number == number), None)
    return {
        "older": older,
        "older_left_out": len(found) > MOST,
        "usual": usual(older),
        "beside": beside,
        "mode": "side" if version.kind == "sound" else comparison.mode(request),
        "modes": {} if version.kind == "sound" else comparison.MODES,
        "shown_one": comparison.shown(beside) if beside else "",
        "shown_two": comparison.shown(version) if beside else "",
        "name_one": _("Version %(number)s") % {"number": beside.number} if beside else "",
        "name_two": _("Version %(number)s") % {"number": version.number},
    }
