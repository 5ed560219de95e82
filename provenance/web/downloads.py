"""A released clip in other formats: the list, asking for one, cancelling it, and its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.audit.verbs import Verb
from dam.catalog.models import ReleaseState, Version
from dam.delivery import access, downloads, streaming
from dam.rights import policy, terms, territories
from dam.rights.policy import Cause, Use, Verdict
from dam.rights.visibility import visible_versions
from dam.web import asset_version, files, htmx, place_form, whom_to_ask
from dam.web.decorators import BrandRequest, requires
from dam.web.place_form import OTHER, PlaceForm
from provenance.downloads import captioning, labelled, preset_files, presets
from provenance.downloads.models import FileState, PresetFile
from provenance.releases.states import ReleaseStatus
from provenance.sidecars import store
from provenance.web import disclosure_words, download_rows
from provenance.web.release_file import asked_territory, asked_use, question, said_use, unanswered

SIDECAR_TYPE = "application/c2pa"
MOST_PLACES = 60  # offered below the field of the country


@require_safe
@requires(Capability.DOWNLOAD_RELEASE)
def listing(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The page, or as a fragment the list alone. `?use=` and `?territory=`: what is needed there."""
    return _list(request, asset_version.find(request, asset_id))


@require_POST
@requires(Capability.DOWNLOAD_RELEASE)
def make(request: BrandRequest, version_id: UUID, preset_id: int) -> HttpResponse:
    """Have the file made, unless somebody has already, with the labels that `use` and `territory` ask for."""
    version, at = _version(request, version_id), here(request.brand)
    use, territory = asked_use(request), asked_territory(request)
    needed = labelled.required(version, use=use, territory=territory, at=at)
    notices = labelled.notices(needed, territory=territory)
    if preset_id == 0 and notices:
        preset = labelled.as_it_is(version)
    else:
        preset = get_object_or_404(presets.of(request.brand), pk=preset_id)
    try:
        language = request.POST.get("captions", "")
        preset_files.request(version, preset, by=request.principal, notices=notices, language=language, at=at)
    except preset_files.DownloadRefused as refused:
        return _refused(request, version, refused.message)
    return _back(request, version)


@require_POST
@requires(Capability.DOWNLOAD_RELEASE)
def cancel(request: BrandRequest, file_id: UUID) -> HttpResponse:
    row = _file(request, file_id)
    version = _version(request, row.version_id)
    try:
        preset_files.cancel(row, by=request.principal)
    except preset_files.DownloadRefused as refused:
        return _refused(request, version, refused.message)
    return _back(request, version)


@require_safe
@requires(Capability.DOWNLOAD_RELEASE)
def file(request: BrandRequest, file_id: UUID) -> HttpResponseBase:
    """The signed file, or the part of it that is asked for. The rights policy is asked each time."""
    row = _file(request, file_id)
    version = _version(request, row.version_id)
    asks = unanswered(request)
    verdict = _verdict(request, row, version)
    if asks and verdict.causes == (Cause.LABEL,):
        return question(request, version)
    _require(request, row, version, verdict)
    if asks:
        return question(request, version)
    try:
        response = streaming.respond(
            request,
            key=row.storage_key,
            sha256=row.sha256,
            size=row.size or 0,
            content_type=row.content_type,
            save_as=_save_as(row, version),
        )
    except FileNotFoundError:
        preset_files.clear(row)  # so that it can be made again
        raise Http404(
            _("The file is missing from storage. Ask for it again on the page of the clip.")
        ) from None
    preset_files.used(row, at=timezone.now())
    downloads.record(
        request,
        response,
        verb=Verb.RELEASE_DOWNLOADED,
        version=version,
        sha256=row.sha256,
        by=request.principal,
        use=said_use(request),
        territory=asked_territory(request) or "",
    )
    return response


@require_safe
@requires(Capability.DOWNLOAD_RELEASE)
def sidecar(request: BrandRequest, file_id: UUID) -> HttpResponseBase:
    """The Content Credentials that belong beside a file; for whoever may have that. No copy of the clip."""
    row = _file(request, file_id)
    version = _version(request, row.version_id)
    _require(request, row, version, _verdict(request, row, version))
    content = store.of_file(row.release, row.sha256)
    if content is None:
        raise Http404(_("This file holds its Content Credentials itself."))
    return streaming.made(
        request, content, content_type=SIDECAR_TYPE, save_as=f"{_save_as(row, version)}.c2pa"
    )


def _save_as(row: PresetFile, version: Version) -> str:
    return files.save_as(version, row.storage_key, note=f" ({row.preset})")


def _verdict(request: BrandRequest, row: PresetFile, version: Version) -> Verdict:
    return access.may_download(
        request.principal,
        version,
        at=here(request.brand),
        use=asked_use(request),
        territory=asked_territory(request),
        named=True,
        labels=row.carries,
    )


def _require(request: BrandRequest, row: PresetFile, version: Version, verdict: Verdict) -> None:
    """Raise PermissionDenied where it may not leave, Http404 where it isn't there."""
    if not verdict.allowed:
        raise PermissionDenied(whom_to_ask.refusal(version, verdict, by=request.principal))
    if row.state != FileState.READY or row.release.state != ReleaseStatus.READY or row.size is None:
        raise Http404(_("This file isn't there any more. Ask for it again on the page of the clip."))


def _version(request: BrandRequest, version_id: UUID) -> Version:
    seen = visible_versions(request.principal).select_related("asset", "brand", "rights", "inherited")
    return get_object_or_404(seen, pk=version_id)


def _file(request: BrandRequest, file_id: UUID) -> PresetFile:
    rows = PresetFile.objects.select_related("brand", "release", "version__asset")
    return get_object_or_404(rows, pk=file_id, brand=request.brand)


def _list(request: BrandRequest, version: Version, *, status: int = 200) -> HttpResponse:
    at = here(request.brand)
    left = policy.left(terms.of(version))
    anywhere = labelled.required(version, use=None, territory=None, at=at)
    labels = any(each.label for each in anywhere)
    person = place_form.asks(request)
    form = _form(request, uses=left.uses) if person or labels else None
    use, territory = chosen_place(form)
    answered = not person or (form is not None and form.answer().whole)
    if person and answered and form is not None:
        place_form.remember(request, form.answer())
    verdict = access.may_download(request.principal, version, at=at, use=use, territory=territory, named=True)
    needed = labelled.required(version, use=use, territory=territory, at=at)
    notices = labelled.notices(needed, territory=territory)
    offered = verdict.allowed and answered
    captions = _captions(request, version)
    language = captions.language if captions else ""
    rows = (
        download_rows.of(version, by=request.principal, notices=notices, language=language)
        if offered
        else None
    )
    captioned = captions if any(row.captioned for row in rows or ()) else None
    asked = dict(form.answer().named if form is not None else {})
    if captioned is not None:
        asked["captions"] = captioned.language
    context = {
        "area": "library",
        "asset": version.asset,
        "version": version,
        "verdict": verdict,
        "way": whom_to_ask.way(version, verdict.causes, by=request.principal, at=at),
        "rows": rows,
        "cropped": any(row.cropped for row in rows or ()),
        "where": form,
        "captions": captioned,
        "asked": asked,
        "query": urlencode(asked),
        "notices": disclosure_words.of_notices(notices),
        "unlabelled": form is not None and not notices and offered and version.release == ReleaseState.READY,
        "answered": answered,
        "labels_somewhere": labels,
        "places": [territories.typed([place]) for place in territories.folded(left.territories)][
            :MOST_PLACES
        ],
    }
    fragment = htmx.is_fragment(request, target="downloads")
    template = "downloads/_list.html" if fragment else "downloads/asset.html"
    return render(request, template, context, status=status)


@dataclass(frozen=True)
class CaptionChoice:
    """Which captions the files get: the language, and all there are with their names."""

    language: str
    choices: list[tuple[str, str]]


def _captions(request: BrandRequest, version: Version) -> CaptionChoice | None:
    """None where there is nothing to choose from."""
    choices = captioning.choices(version)
    if not choices:
        return None
    asked = _where(request).get("captions", "")
    return CaptionChoice(asked if asked in dict(choices) else choices[0][0], choices)


def _form(request: BrandRequest, *, uses: tuple[str, ...]) -> PlaceForm:
    """With what is asked; a person's last answer stands for it where this clip is cleared for that use."""
    person = place_form.asks(request)
    before = place_form.remembered(request)
    initial: dict[str, str] = {}
    asked: Mapping[str, Any] | None = None
    if place_form.named(request) or not person:
        asked = _where(request)
    elif before.whole and before.use in (*uses, OTHER):
        asked = before.named
    elif before.territory:
        initial = {"territory": territories.typed([before.territory])}
    form = PlaceForm(asked, uses=uses, other=person, required=person, initial=initial)
    form.fields["territory"].widget.attrs["list"] = "where_places"
    return form


def _where(request: BrandRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def chosen_place(form: PlaceForm | None) -> tuple[Use | None, str | None]:
    """What the form names, as the policy is asked; what it can't read asks for everything."""
    answer = form.answer() if form is not None else place_form.Answer()
    return answer.policy_use, answer.territory or None


def _refused(request: BrandRequest, version: Version, why: str) -> HttpResponse:
    if htmx.is_fragment(request):
        return htmx.with_toast(_list(request, version), why, tone="bad")
    messages.error(request, why)
    return _page(request, version)


def _back(request: BrandRequest, version: Version) -> HttpResponse:
    return _list(request, version) if htmx.is_fragment(request) else _page(request, version)


def _page(request: BrandRequest, version: Version) -> HttpResponse:
    address = reverse("asset-downloads", args=[request.brand.slug, version.asset_id])
    sent = _where(request)
    asked = {name: sent[name] for name in ("use", "territory", "captions") if sent.get(name)}
    return redirect(f"{address}?{urlencode({'version': version.number, **asked})}")
