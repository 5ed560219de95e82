"""Clips that comments point at, on pages: what is offered, and what stands in an address's place."""

from collections.abc import Iterable

from django.conf import settings
from django.http import JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.catalog.assets import LONGEST_TITLE
from dam.catalog.models import Asset, AssetKind, RenditionKind
from dam.rights import visibility
from dam.search import query, titles
from dam.web.decorators import BrandRequest, requires
from dam.web.templatetags.ui_tags import address_of_rendition
from provenance.review import clip_addresses
from provenance.review.linking import Clips, Part
from provenance.review.models import Comment

MOST_OFFERED = 8


@require_safe
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def offered(request: BrandRequest) -> JsonResponse:
    """Clips that a comment can point at, by words of their titles; without words the newest."""
    words = query.tidy(request.GET.get("q", ""))
    seen = visibility.visible_assets(request.principal)
    rows = titles.with_words(seen, words) if len(words) <= LONGEST_TITLE else seen.none()
    rows = rows.select_related("latest").prefetch_related("latest__renditions")
    return JsonResponse({"clips": [_offer(request, each) for each in rows[:MOST_OFFERED]]})


def _offer(request: BrandRequest, asset: Asset) -> dict[str, str]:
    version = asset.latest
    picture = ""
    if version is not None and RenditionKind.POSTER in version.rendition_by_kind:
        picture = address_of_rendition(request.brand, version, RenditionKind.POSTER)
    return {
        "title": asset.title,
        "kind": str(AssetKind(version.kind).label) if version is not None else "",
        "address": f"{settings.PUBLIC_URL}{reverse('asset', args=[request.brand.slug, asset.pk])}",
        "picture": picture,
    }


def at_home(request: BrandRequest, text: str) -> str:
    """The text with the addresses of clips that were copied under another name of this site, as PUBLIC_URL
    has them: mails and files take them along."""
    came_from = f"{request.scheme}://{request.get_host()}"
    return clip_addresses.moved(text, came_from=came_from, site=settings.PUBLIC_URL)


def parts(rows: Iterable[Comment], clips: Clips) -> dict[int, list[Part]]:
    """Of the comments that point at clips, by their keys."""
    found = {row.pk: clips.parts(row.body) for row in rows if row.deleted_at is None}
    return {key: pieces for key, pieces in found.items() if pieces}
