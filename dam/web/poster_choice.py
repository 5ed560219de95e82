"""Which frame stands for a clip: chosen at the player's frame or by its number, and taken back."""

from fractions import Fraction
from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.accounts.capabilities import Capability
from dam.catalog.models import RenditionKind, Version
from dam.core import numbers
from dam.core.errors import Refused
from dam.ingest import posters
from dam.ingest.models import Step
from dam.web import asset_version, timecode
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment

AUTOMATIC = "automatic"
MOST_DIGITS = 9


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT)
def poster(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The choice as it stands, as a part of the clip's page; `frame` is a number or "automatic"."""
    version = asset_version.find(request, asset_id)
    part = is_fragment(request)
    if request.method != "POST":
        undo = request.GET.get("undo", "")
        return _answer(request, version, undo=undo if undo == AUTOMATIC or _number(undo) is not None else "")
    before = AUTOMATIC if version.poster_frame is None else str(version.poster_frame)
    wanted = request.POST.get("frame", "")
    frame = None if wanted == AUTOMATIC else _number(wanted)
    try:
        if frame is None and wanted != AUTOMATIC:
            raise posters.NoSuchFrame(_("Enter the number of a frame."))
        changed = posters.choose(version, frame, by=request.principal)
    except Refused as refused:
        if part:
            return _answer(request, version, problem=refused.message)
        messages.error(request, refused.message)
    else:
        if part:
            return _answer(request, version, undo=before if changed and "undo" not in request.POST else "")
        messages.success(request, _("The poster was chosen. It's being made now."))
    address = redirect("asset", request.brand.slug, asset_id)
    if version.pk != version.asset.latest_id:
        address["Location"] += f"?version={version.number}"
    return address


def context(version: Version, *, start_ms: int = 0) -> dict[str, object]:
    """What assets/_poster.html takes besides the clip. `start_ms` is where its page opens it."""
    rate = Fraction(version.rate_numerator or 0, version.rate_denominator or 1)
    return {
        "start_frame": timecode.frame_at(start_ms, rate=rate) if start_ms and rate else 0,
        "poster_step": Step.objects.filter(version=version, name=RenditionKind.POSTER).first(),
        "poster_fixed": posters.why_fixed(version.kind),
        "last_frame": max(0, (version.frame_count or 0) - 1),
    }


def _answer(request: BrandRequest, version: Version, *, undo: str = "", problem: str = "") -> HttpResponse:
    prefetch_related_objects([version], "renditions")
    shown = context(version) | {
        "asset": version.asset,
        "version": version,
        "poster_undo": undo,
        "poster_problem": problem,
    }
    return render(request, "assets/_poster.html", shown, status=422 if problem else 200)


def _number(text: str) -> int | None:
    return numbers.read(text, digits=MOST_DIGITS)
