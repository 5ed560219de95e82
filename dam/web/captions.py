"""The captions of a version: their page, sending a file, correcting them, and their files."""

from collections.abc import Container
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.captions import languages, tracks
from dam.captions.models import CaptionTrack, TrackKind, TrackSource
from dam.captions.tracks import CaptionsChanged, CaptionsRefused, Said
from dam.catalog.models import AssetKind, Version
from dam.core import numbers
from dam.core.errors import Refused
from dam.delivery import streaming
from dam.ingest import filenames
from dam.media import caption_files
from dam.media.caption_files import Format, NotCaptions
from dam.rights.visibility import visible_versions
from dam.web import asset_version, caption_forms, player_captions
from dam.web.caption_forms import PAGE, LanguageForm, Line, SaidForm, UploadForm
from dam.web.decorators import BrandRequest, for_guests, requires

REFUSED = 422
SIGNED = "provenance.sidecars.captions.signed"  # which have Content Credentials; it stands above


@dataclass(frozen=True)
class Row:
    """Captions in one language, as pages list them."""

    track: CaptionTrack
    name: str
    kind: str
    source: str
    vtt: str = ""
    srt: str = ""
    # The addresses of their Content Credentials, where there are any.
    vtt_credentials: str = ""
    srt_credentials: str = ""


def context(version: Version, *, by: Principal) -> dict[str, object]:
    """What the clip's page takes: assets/_captions.html and the player. Reads `version.brand`."""
    if version.kind != AssetKind.VIDEO:
        return {}
    found = tracks.listed(version)
    return {
        "caption_rows": _rows(version, found),
        "player_captions": player_captions.of(version, found),
        "may_caption": by.can(Capability.EDIT),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT)
def listing(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """All that a version has, and a form for another file: it replaces those of the same language."""
    version = _video(request, asset_id)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            read = caption_files.read(form.sent())
            said = form.said(form.cleaned_data["language"])
            tracks.put(version, said, read.cues, by=request.principal)
        except NotCaptions as refused:
            form.add_error("file", refused.message)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, " ".join((_("Captions added."), *read.remarks)))
            return redirect(_address(version))
    return _page(request, version, form)


@require_POST
@requires(Capability.EDIT)
def make(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """`do`: captions of the transcript (in `language`), or those of an earlier version."""
    version, wanted = _video(request, asset_id), request.POST.get("do", "")
    if wanted not in ("transcript", "take-over"):
        raise Http404(_("Page not found."))
    try:
        if wanted == "transcript":
            said = Said(request.POST.get("language", ""))
            tracks.from_transcript(version, said, by=request.principal)
            messages.success(
                request, _("Captions made from the transcript. Check the words before you use them.")
            )
        else:
            tracks.take_over(version, by=request.principal)
            messages.success(request, _("Captions taken over."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(_address(version))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT)
def correct(request: BrandRequest, asset_id: UUID, track_id: int) -> HttpResponse:
    """Words and times, a page of them at a time. `seen` is the revision that the form was made of."""
    version = _video(request, asset_id)
    track = _track(request, version, track_id)
    pages = max(1, -(-len(track.cues) // PAGE))
    page = min(max(1, numbers.read(request.GET.get("page", ""), digits=4) or 1), pages)
    lines = caption_forms.lines_of(track, page - 1)
    seen, stale = str(track.revision), False
    form = SaidForm(initial={"kind": track.kind, "label": track.label})
    if request.method == "POST":
        form, seen = SaidForm(request.POST), request.POST.get("seen", "")
        count = len(lines) - 1
        lines = caption_forms.typed(request.POST.dict(), lines)
        if form.is_valid() and not any(line.problem for line in lines):
            try:
                changed = tracks.correct(
                    version,
                    track_id,
                    said=form.said(track.language),
                    first=(page - 1) * PAGE,
                    count=count,
                    instead=caption_forms.read(lines),
                    seen=_revision(seen),
                    by=request.principal,
                )
            except CaptionsChanged as refused:
                stale = True
                form.add_error(None, refused.message)
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                if changed:
                    messages.success(request, _("Saved."))
                return redirect(f"{_address(version, track)}&page={page}")
    return _corrected(request, version, track, form, lines, seen=seen, page=page, pages=pages, stale=stale)


@require_POST
@requires(Capability.EDIT)
def act(request: BrandRequest, asset_id: UUID, track_id: int) -> HttpResponse:
    """`do`: remove them, or restore those that were removed or replaced."""
    version = _video(request, asset_id)
    doing = {"remove": tracks.remove, "restore": tracks.restore}
    done = {"remove": _("Captions removed."), "restore": _("Captions restored.")}
    wanted = request.POST.get("do", "")
    if wanted not in doing:
        raise Http404(_("Page not found."))
    try:
        doing[wanted](version, track_id, by=request.principal)
        messages.success(request, done[wanted])
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(_address(version))


@for_guests
@require_safe
@requires(Capability.VIEW)
def file(request: BrandRequest, version_id: UUID, language: str, form: str) -> HttpResponseBase:
    """WebVTT or SubRip, for whoever may see the version; with `?save=1` to be kept."""
    seen = visible_versions(request.principal).select_related("asset", "brand")
    version = get_object_or_404(seen, pk=version_id)
    return respond(request, version, language=language, form=form, save="save" in request.GET)


def respond(
    request: HttpRequest, version: Version, *, language: str, form: str, save: bool = False
) -> HttpResponseBase:
    """The version's captions in this language; who asks may see it."""
    track = tracks.in_language(version, language)
    if track is None or form not in list(Format):
        raise Http404(_("File not found."))
    wanted = Format(form)
    return streaming.made(
        request,
        caption_files.write(tracks.cues(track), wanted).encode(),
        content_type=wanted.content_type,
        save_as=saved_as(version, language, wanted) if save else "",
    )


def saved_as(version: Version, language: str, form: str) -> str:
    """The name that captions are saved under."""
    number = f" v{version.number}" if version.number > 1 else ""
    return filenames.clean(f"{version.asset.title.replace('/', '-')}{number}.{language}.{form}")


def _page(request: BrandRequest, version: Version, form: UploadForm) -> HttpResponse:
    language = tracks.heard_language(version)
    found, earlier = tracks.listed(version), tracks.earlier(version)
    theirs = {each.language for each in tracks.listed(earlier)} if earlier else set()
    prefetch_related_objects(found, "changed_by")
    shown = _shown(version) | {
        "form": form,
        "rows": _rows(version, found),
        "removed": [_row(version, each) for each in tracks.removed(version)],
        "earlier": earlier if theirs - {each.language for each in found} else None,
        "transcript": LanguageForm(initial={"language": language}) if language is not None else None,
        "languages": languages.offered(),
    }
    return render(request, "assets/captions.html", shown, status=REFUSED if form.errors else 200)


def _corrected(
    request: BrandRequest,
    version: Version,
    track: CaptionTrack,
    form: SaidForm,
    lines: list[Line],
    *,
    seen: str,
    page: int,
    pages: int,
    stale: bool,
) -> HttpResponse:
    wrong = sum(1 for line in lines if line.problem)
    refused = bool(wrong or form.errors)
    shown = _shown(version) | {
        "form": form,
        "row": _row(version, track),
        "lines": lines,
        "wrong": wrong,
        "seen": seen,
        "stale": stale,
        "unsent": refused and not stale,
        "page": page,
        "pages": range(1, pages + 1) if pages > 1 else (),
        "at": f"{_address(version, track)}&page={page}",
        "back": _address(version),
    }
    return render(request, "assets/caption.html", shown, status=REFUSED if refused else 200)


def _rows(version: Version, found: list[CaptionTrack]) -> list[Row]:
    """With their Content Credentials, as far as they are signed. Two queries at most."""
    signed: set[tuple[int, str]] = import_string(SIGNED)(version) if found else set()
    return [_row(version, each, signed) for each in found]


def _row(version: Version, track: CaptionTrack, signed: Container[tuple[int, str]] = ()) -> Row:
    credentials = {
        form: reverse("captions-credentials", args=[version.brand.slug, version.pk, track.language, form])
        for form in Format
        if (track.pk, form) in signed
    }
    return Row(
        track,
        tracks.name(track),
        str(TrackKind(track.kind).label),
        str(TrackSource(track.source).label),
        player_captions.address(version, track),
        player_captions.address(version, track, Format.SRT),
        credentials.get(Format.VTT, ""),
        credentials.get(Format.SRT, ""),
    )


def _shown(version: Version) -> dict[str, object]:
    address = reverse("asset", args=[version.brand.slug, version.asset_id])
    if version.pk != version.asset.latest_id:
        address += f"?version={version.number}"
    return {"area": "library", "asset": version.asset, "version": version, "back": address}


def _address(version: Version, track: CaptionTrack | None = None) -> str:
    named = [version.brand.slug, version.asset_id, *([track.pk] if track else [])]
    return f"{reverse('asset-caption' if track else 'asset-captions', args=named)}?version={version.number}"


def _video(request: BrandRequest, asset_id: UUID) -> Version:
    version = asset_version.find(request, asset_id)
    if version.kind != AssetKind.VIDEO:
        raise Http404(_("Only videos can have captions."))
    return version


def _track(request: BrandRequest, version: Version, track_id: int) -> CaptionTrack:
    track = tracks.find(version, track_id)
    if track is not None:
        return track
    # On a page without its form what was typed stays a draft (drafts.js).
    if request.method == "POST" and any(each.pk == track_id for each in tracks.removed(version)):
        raise CaptionsRefused(
            _(
                "These captions were removed or replaced. Restore them under Captions and open them again: "
                "what you typed comes back."
            ),
            code="gone",
        )
    if request.method == "POST":
        raise CaptionsRefused(_("These captions aren't there any more."), code="gone")
    raise Http404(_("These captions aren't there any more."))


def _revision(text: str) -> int:
    seen = numbers.read(text, digits=9)
    return -1 if seen is None else seen
