"""The asset page, its edit form, the trash and the way back."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.audit.models import Event
from dam.catalog import assets
from dam.catalog.models import Approval, RenditionKind, Version
from dam.collections import audience, favourites, recent_clips
from dam.core import language
from dam.core.lazily import lazy
from dam.delivery import access
from dam.ingest import steps as processing_steps
from dam.ingest import waiting
from dam.rights import making, terms
from dam.rights.visibility import trashed_assets, visible_assets
from dam.web import (
    asset_version,
    captions,
    going_back,
    made_from,
    metadata_rows,
    place_form,
    poster_choice,
    rights_statements,
    timed_text_lists,
    usage_status,
    whom_to_ask,
)
from dam.web import trash as trashing
from dam.web.asset_forms import AssetForm
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment, is_htmx
from dam.web.own_fields import rows
from dam.web.place_form import Answer

TABS = {
    "details": lazy("Details"),
    "rights": lazy("Rights"),
    "review": lazy("Review"),
    "versions": lazy("Versions"),
    "credentials": lazy("Credentials"),
    "origin": lazy("Origin"),
    "files": lazy("Files"),
    "activity": lazy("Activity"),
}
PARTS = ("panel", "rights-answer", "question-said")  # what htmx asks for alone
NEWEST_EVENTS = 100
MOST_COLLECTIONS = 20


@require_safe
@requires(Capability.VIEW)
def asset(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The whole page, or the panel of one tab where htmx asks for that."""
    try:
        version = asset_version.find(request, asset_id)
    except Http404:
        in_trash = trashed_assets(request.principal).filter(pk=asset_id).first()
        if in_trash is None or request.principal.user is None or is_htmx(request):
            raise
        # Links lead here that nobody takes back: from mails, comments, takes that began with it.
        return render(request, "assets/in_trash.html", {"asset": in_trash}, status=404)
    tabs = _tabs(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in tabs else _first_tab(version, tabs)
    start_ms = _milliseconds(request.GET.get("t", ""))
    context = _page(request, version) | {
        "tabs": tabs,
        "tab": tab,
        "tab_title": tabs[tab],
        "start_ms": start_ms,
        "until_ms": _milliseconds(request.GET.get("to", "")),
    }
    if context["tab"] == "versions":
        context["versions"] = asset_version.stack(version.asset)
    if context["tab"] == "rights":
        context |= made_from.context(request, version)
    if context["tab"] == "files":
        steps = processing_steps.of(version)
        context |= {"steps": steps, "waits": waiting.of(steps)}
    if context["tab"] == "activity":
        events = Event.objects.filter(brand=request.brand, asset_id=asset_id).order_by("-sequence")
        newest = list(events[: NEWEST_EVENTS + 1])
        context["events"], context["older"] = newest[:NEWEST_EVENTS], len(newest) > NEWEST_EVENTS
    part = any(is_fragment(request, target=target) for target in PARTS)
    if not part:
        recent_clips.note(version.asset, by=request.principal, at=timezone.now())
        if request.principal.can(Capability.EDIT):
            context |= poster_choice.context(version, start_ms=start_ms)
        context |= captions.context(version, by=request.principal)
        context["timed_texts"] = timed_text_lists.of(version, principal=request.principal)
    return render(request, "assets/_panel.html" if part else "assets/asset.html", context)


@require_safe
@requires(Capability.VIEW)
def usage_line(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The line under the player again, after the version changed.

    A page that stays open says so when its clip may be seen no more: what it showed isn't cleared now.
    """
    try:
        found = asset_version.find(request, asset_id)
    except Http404:
        if not is_htmx(request):
            raise
        return render(request, "assets/_usage_gone.html")
    page = _page(request, found) | {"alone": True}
    return render(request, "assets/_usage_status.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT)
def edit(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The title, description and tags: of the work, so of all its versions."""
    shown = asset_version.find(request, asset_id).asset
    form = AssetForm(request.POST if request.method == "POST" else None, asset=shown)
    part = is_fragment(request)
    if request.method == "POST" and form.is_valid() and form.save(by=request.principal):
        if not part:
            return redirect("asset", request.brand.slug, shown.pk)
        saved = _page(request, asset_version.find(request, asset_id)) | {"saved": True}
        return render(request, "assets/_details.html", saved)
    template = "assets/_edit.html" if part else "assets/edit.html"
    status = 422 if form.errors else 200
    return render(request, template, {"area": "library", "asset": shown, "form": form}, status=status)


@require_POST
@requires(Capability.DISCARD)
def trash(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    seen = visible_assets(request.principal).select_related("brand", "latest")
    return trashing.put(request, [get_object_or_404(seen, pk=asset_id)])


@require_POST
@requires(Capability.DISCARD)
def restore(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    shown = get_object_or_404(trashed_assets(request.principal), pk=asset_id)
    assets.restore(shown, by=request.principal)
    messages.success(request, (_("“%(shown)s” restored to the library.") % {"shown": shown.title}))
    if going_back.address(request):
        return going_back.go(request)
    return redirect("asset", request.brand.slug, shown.pk)


def _page(request: BrandRequest, version: Version) -> dict[str, object]:
    prefetch_related_objects([version], "renditions")
    own = rows.of(version.asset, principal=request.principal)
    renditions = version.rendition_by_kind
    sprite = renditions.get(RenditionKind.SPRITE)
    at = here(request.brand)
    known = terms.of(version)
    usage = usage_status.of(
        origin=version.origin,
        terms=known,
        at=at,
        release=version.release,
        sources=making.sources(version, by=request.principal) if known.inherited else (),
    )
    return {
        "area": "library",
        "asset": version.asset,
        "version": version,
        "renditions": renditions,
        "sprite": sprite.details if sprite and sprite.details.get("frames") else None,
        "release": access.may_download(request.principal, version, at=at, named=True),
        # Whether the release as it is may leave for all that the clip is cleared for.
        "bare_release": access.may_download(request.principal, version, at=at, labels=access.UNLABELLED),
        "taking": _taking(request, version, at=at),
        "told_beside": rights_statements.told_beside(version) if version.release == "ready" else (),
        "usage": usage,
        "way": whom_to_ask.way(
            version, usage.causes, by=request.principal, at=at, people=whom_to_ask.people(request)
        ),
        "starred": favourites.of(request.principal).filter(asset=version.asset).exists(),
        "own": own,
        "from_file": metadata_rows.of(version, principal=request.principal),
        "before_review": language.listed([row.field.title for row in own if row.missing]),
        **_collections(request, version),
        "may_trash": not assets.refusal_to_move(version.asset, by=request.principal),
        **asset_version.others(request, version),
    }


def _collections(request: BrandRequest, version: Version) -> dict[str, object]:
    """Those that it is in: the first ones, or with `?collections=all` every one, and how many more."""
    found = audience.with_clip(version.asset, request.principal)
    if request.GET.get("collections") == "all":
        return {"collections": list(found), "more_collections": 0}
    first = list(found[: MOST_COLLECTIONS + 1])
    more = found.count() - MOST_COLLECTIONS if len(first) > MOST_COLLECTIONS else 0
    return {"collections": first[:MOST_COLLECTIONS], "more_collections": more}


def _taking(request: BrandRequest, version: Version, *, at: datetime) -> Answer | None:
    """What the release itself can be had for with one click: the person's last answer, if it may leave so."""
    answer = place_form.remembered(request)
    if not answer.whole or version.release != "ready":
        return None
    verdict = access.may_download(
        request.principal,
        version,
        at=at,
        use=answer.policy_use,
        territory=answer.territory,
        labels=access.UNLABELLED,
    )
    return answer if verdict.allowed else None


def _tabs(request: BrandRequest) -> dict[str, str]:
    hidden = (
        set()
        if request.principal.can(Capability.VIEW_UNRELEASED)
        else {"versions", "review", "files", "origin"}
    )
    if not request.principal.can(Capability.VIEW_ACTIVITY):
        hidden.add("activity")
    return {name: title for name, title in TABS.items() if name not in hidden}


def _first_tab(version: Version, tabs: dict[str, str]) -> str:
    """What people come for: the review and its comments while the clip is talked about, else the facts."""
    talked_about = version.approval in (Approval.IN_REVIEW, Approval.CHANGES_REQUESTED)
    return "review" if talked_about and "review" in tabs else "details"


def _milliseconds(seconds: str) -> int:
    """ "4.5" → 4500; 0 for anything that is no time."""
    try:
        return max(0, min(round(float(seconds) * 1000), 86_400_000))
    except (ValueError, OverflowError):
        return 0
