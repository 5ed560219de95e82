"""The tags that visual search suggests for a clip: to accept or dismiss, on its page."""

import re
from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.catalog.models import Version
from dam.catalog.tags import TagRefused
from dam.search.tagging import suggested_tags
from dam.web import asset_version
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_htmx, with_toast

MOST_SHOWN = 20  # the others are folded
_KEY = re.compile(r"[0-9]{1,18}")


@require_safe
@requires(Capability.EDIT)
def listing(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    return _fragment(request, asset_version.find(request, asset_id))


@require_POST
@requires(Capability.EDIT)
def decide(request: BrandRequest, asset_id: UUID, suggestion_id: int) -> HttpResponse:
    """Accepting gives the clip the tag as if it had been typed; dismissing is remembered."""

    def answer(version: Version) -> None:
        if request.POST.get("answer") == "accept":
            suggested_tags.accept(version.asset, [suggestion_id], by=request.principal)
        else:
            suggested_tags.dismiss(version.asset, suggestion_id, by=request.principal)

    return _decided(request, asset_id, answer)


@require_POST
@requires(Capability.EDIT)
def accept_all(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """Accept those that the page has shown: what was suggested meanwhile waits."""
    keys = [int(each) for each in request.POST.getlist("suggestion") if _KEY.fullmatch(each)]
    return _decided(
        request,
        asset_id,
        lambda version: suggested_tags.accept(version.asset, keys, by=request.principal),
    )


def _decided(request: BrandRequest, asset_id: UUID, answer: Callable[[Version], object]) -> HttpResponse:
    version = asset_version.find(request, asset_id)
    problem = ""
    try:
        answer(version)
    except (suggested_tags.SuggestionGone, TagRefused) as refused:
        problem = refused.message
    if not is_htmx(request):
        if problem:
            messages.error(request, problem)
        return redirect("asset", request.brand.slug, asset_id)
    response = _fragment(request, asset_version.find(request, asset_id), decided=True)
    return with_toast(response, problem, tone="error") if problem else response


def _fragment(request: BrandRequest, version: Version, *, decided: bool = False) -> HttpResponse:
    suggested = list(suggested_tags.open_for(version, principal=request.principal))
    context = {
        "asset": version.asset,
        "version": version,
        "suggested": suggested[:MOST_SHOWN],
        "folded": suggested[MOST_SHOWN:],
        "is_open": request.POST.get("folded") == "1",  # what was decided on was among those
        "decided": decided,
    }
    return render(request, "assets/_suggested_tags.html", context)
