"""Many releases at once: what would go into the ZIP and what wouldn't, having formats made, and the ZIP."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.core import numbers
from dam.media.caption_files import Format
from dam.rights.policy import Use
from dam.web import going_back, place_form, selection, streamed
from dam.web.decorators import BrandRequest, requires
from dam.web.place_form import PlaceForm
from provenance.downloads import bundle, labelled, preset_files, presets
from provenance.downloads.models import DownloadPreset
from provenance.web.downloads import chosen_place
from provenance.web.release_file import asked_territory, asked_use, said_use, unanswered, unsaid


@require_POST
@requires(Capability.DOWNLOAD_RELEASE)
def choose(request: BrandRequest) -> HttpResponse:
    """What of the chosen clips can be had in that format; `make` has the missing files made."""
    chosen = selection.keys_or_all(request, most=bundle.MOST)
    if not chosen:
        messages.warning(request, _("Choose at least one clip."))
        return going_back.go(request)
    preset, where = _preset(request), _where(request)
    answer = where.answer()
    if answer.whole:
        place_form.remember(request, answer)
    place = bundle.Place(*chosen_place(where), said=answer.use)
    if request.POST.get("make"):
        _make(request, chosen, preset, place)
    found = bundle.entries(chosen, by=request.principal, preset=preset, place=place, at=here(request.brand))
    context: dict[str, Any] = {
        "area": "library",
        "chosen": chosen[: bundle.MOST + 1],  # one too many says so again with the next format
        "included": [entry for entry in found if entry.included],
        "excluded": [entry for entry in found if not entry.included],
        "makeable": sum(entry.can_be_made for entry in found),
        "bytes": sum(entry.file.size or 0 for entry in found if entry.file is not None),
        "presets": presets.of(request.brand),
        "preset": preset,
        "captions": _captions(request),
        "where": where,
        "place": place,
        "answered": answer.whole,
        "cut": max(0, len(chosen) - bundle.MOST),
        "most": bundle.MOST,
        "back": going_back.address(request),
    }
    return render(request, "downloads/bundle.html", context)


@require_POST
@requires(Capability.DOWNLOAD_RELEASE)
def download(request: BrandRequest) -> HttpResponseBase:
    """The ZIP, as it is written. How long it gets nobody knows before, so no part of it can be asked for.

    What it is for is said first, as with each file.
    """
    if unanswered(request):
        if not place_form.asks(request):
            return unsaid(request)
        messages.warning(request, _("Choose what you want to use the clips for, and the country."))
        return choose(request)
    pieces = bundle.stream(
        selection.keys(request),
        by=request.principal,
        preset=_preset(request),
        place=bundle.Place(asked_use(request), asked_territory(request), said=said_use(request)),
        captions=_captions(request),
        at=bundle.clock(request.principal),
    )
    name = f"{request.brand.slug}-{here(request.brand):%Y-%m-%d}.zip"
    response = StreamingHttpResponse(streamed.sent(pieces), content_type="application/zip")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Accept-Ranges"] = "none"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _where(request: BrandRequest) -> PlaceForm:
    """With what was sent, else with this person's last answer."""
    sent = request.POST if place_form.named(request) else place_form.remembered(request).named
    return PlaceForm(sent, uses=tuple(Use), other=True)


def _make(
    request: BrandRequest, chosen: list[UUID], preset: DownloadPreset | None, place: bundle.Place
) -> None:
    """Have the files made that can be; what hinders one is said once."""
    asked, why = 0, ""
    at = here(request.brand)
    for entry in bundle.entries(chosen, by=request.principal, preset=preset, place=place, at=at):
        if entry.can_be_made:
            wanted = preset or labelled.as_it_is(entry.version)
            try:
                preset_files.request(entry.version, wanted, by=request.principal, notices=entry.notices)
                asked += 1
            except preset_files.DownloadRefused as refused:
                why = refused.message
    if asked:
        text = ngettext(
            "%(count)s file is being made. Choose “Show what there is” in a while to see it here.",
            "%(count)s files are being made. Choose “Show what there is” in a while to see them here.",
            asked,
        )
        messages.success(request, text % {"count": asked})
    if why:
        messages.error(request, why)


def _captions(request: BrandRequest) -> Format | None:
    """The form that captions of each clip are to have beside it; None where none are wanted."""
    asked = request.POST.get("captions", "")
    return Format(asked) if asked in set(Format) else None


def _preset(request: BrandRequest) -> DownloadPreset | None:
    """The one that is asked for; the release itself where none is, or none of that number is there."""
    key = numbers.read(request.POST.get("preset", ""))
    return presets.of(request.brand).filter(pk=key).first() if key is not None else None
