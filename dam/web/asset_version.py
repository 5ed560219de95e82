"""Which version of an asset a page is about: the one its reader is shown, or the one its address names."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from dam.catalog.models import Asset, Version
from dam.core import numbers
from dam.rights import visibility
from dam.web.decorators import BrandRequest


def find(request: BrandRequest, asset_id: UUID) -> Version:
    """The version of `?version=2`, else the one that is shown, with its asset. Raises Http404.

    What is not theirs to see is not there: to those who see released work alone a draft's number says no
    more than one that was never given.
    """
    rows = visibility.visible_versions(request.principal).filter(asset_id=asset_id)
    typed = request.GET.get("version", "")
    number = numbers.read(typed, digits=6)
    if not typed:
        rows = rows.filter(**{f"{visibility.shown(request.principal)}_of__isnull": False})
    elif number is not None:
        rows = rows.filter(number=number)
    else:
        raise Http404(_("Version not found."))
    rows = rows.select_related(
        "asset__created_by",
        "asset__held_by",
        "asset__latest",
        "asset__released",
        "brand",
        "created_by",
        "rights",
        "inherited",
    )
    return get_object_or_404(rows, pk__isnull=False)


def address(version: Version, *, tab: str) -> str:
    """Of a tab that shows it. Reads `version.asset` and `brand`."""
    asked = {"tab": tab}
    if version.pk != version.asset.latest_id:
        asked["version"] = str(version.number)
    return f"{reverse('asset', args=[version.brand.slug, version.asset_id])}?{urlencode(asked)}"


def others(request: BrandRequest, version: Version) -> dict[str, object]:
    """For the notes on a page: the newer version that replaced this one, and the one that is released.

    Each is None when it is this very one, or when there is none; always for those shown released work alone.
    """
    asset = version.asset
    works_here = visibility.shown(request.principal) == "latest"
    return {
        "newer": asset.latest if works_here and asset.latest_id != version.pk else None,
        "hold": asset if works_here and asset.held_at else None,
        "released": asset.released if works_here and asset.released_id != version.pk else None,
        # Links keep to the version that the address names.
        "pinned": f"&version={version.number}" if "version" in request.GET else "",
    }


def stack(asset: Asset) -> list[Version]:
    """Every version of the asset, the newest first, with what a row of the history shows.

    Each has `again`: the number of the first one before it that has the same file, None without one.
    """
    rows = asset.versions.select_related("created_by").prefetch_related("renditions")
    found = list(rows.order_by("-number"))
    first: dict[str, int] = {}
    for version in reversed(found):
        before = first.setdefault(version.sha256, version.number)
        version.again = before if before != version.number else None  # type: ignore[attr-defined]
    return found
