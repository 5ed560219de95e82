"""Comments elsewhere that point at a clip: on its Review tab the newest, and a page with all."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.catalog.models import Version
from dam.core import numbers
from dam.web import asset_version
from dam.web.decorators import BrandRequest, requires
from provenance.review import linking, pointing
from provenance.review.linking import Part
from provenance.review.models import Comment

FEW, PAGE = 3, 30


@dataclass(frozen=True)
class Row:
    """One of them; `parts` are its words with the clips that it points at."""

    comment: Comment
    address: str
    parts: list[Part]


def context(request: BrandRequest, version: Version, *, most: int = FEW, before: int = 0) -> dict[str, Any]:
    """What review/_pointing.html shows; `pointing_more` is the key that the next page begins after."""
    rows = pointing.at(version.asset, by=request.principal)
    if before:
        rows = rows.filter(pk__lt=before)
    rows = rows.select_related("author", "version__asset", "version__brand")
    found = list(rows[: most + 1])
    page = pointing.really(version.asset, found[:most])
    clips = linking.clips((each.body for each in page), to=request.principal)
    return {
        "pointing": [Row(each, _address(each), clips.parts(each.body)) for each in page],
        "pointing_more": found[most - 1].pk if len(found) > most else 0,
    }


def _address(comment: Comment) -> str:
    return asset_version.address(comment.version, tab="review")


@require_safe
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def listing(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    version = asset_version.find(request, asset_id)
    before = numbers.read(request.GET.get("before", "")) or 0
    shown = {
        "area": "library",
        "asset": version.asset,
        "version": version,
        "back": asset_version.address(version, tab="review"),
        **context(request, version, most=PAGE, before=before),
    }
    return render(request, "review/pointing.html", shown)
