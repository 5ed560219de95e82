"""Whether a clip can be made again: a piece of its tab Origin that asks, and shows what was found."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from dam.accounts.capabilities import Capability
from dam.core import workers
from dam.models import Version
from dam.web import asset_version, htmx
from dam.web.decorators import BrandRequest, requires
from generation import model_register, reproduction_words, reproductions
from generation.generators.base import GeneratorError
from generation.models import GenerationJob, Reproduction
from generation.states import JobState, ReproductionState

MOST_SHOWN = 11  # the latest, and ten before it


@requires(Capability.VIEW_UNRELEASED)
@require_GET
def reproduction(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """What is under way, and what was found."""
    return _piece(request, asset_version.find(request, asset_id))


@requires(Capability.VIEW_UNRELEASED)
@require_POST
def ask(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """Ask for one, for those whom `reproductions.require` lets."""
    version = asset_version.find(request, asset_id)
    try:
        reproductions.ask(version, by=request.principal)
    except reproductions.NotGenerated as refused:
        return _warned(request, version, refused.message)
    return _answer(request, version)


@requires(Capability.VIEW_UNRELEASED)
@require_POST
def cancel(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """Cancel the one that waits or runs."""
    version = asset_version.find(request, asset_id)
    reproductions.require(request.principal)
    rows = Reproduction.objects.filter(version=version).select_related("brand", "version__asset")
    latest = rows.order_by("-created_at", "-pk").first()
    try:
        if latest is None:
            raise reproductions.ReproductionEnded
        reproductions.cancel(latest, by=request.principal)
    except reproductions.ReproductionEnded as ended:
        return _warned(request, version, ended.message)
    return _answer(request, version)


def context(request: BrandRequest, version: Version, job: GenerationJob | None) -> dict[str, Any]:
    """What the piece shows; `job` is the take that made the version, None where there is none."""
    if job is None or job.state != JobState.DONE or not request.principal.can(Capability.VIEW_UNRELEASED):
        return {"can_be_reproduced": False}
    rows = Reproduction.objects.filter(version=version).select_related("asked_by")
    found = list(rows.order_by("-created_at", "-pk")[:MOST_SHOWN])
    going_on = found[0] if found and found[0].state in reproductions.OPEN else None
    ended = [reproduction_words.shown(row) for row in found if row.state not in reproductions.OPEN]
    return {
        "can_be_reproduced": True,
        "version": version,
        "asset": version.asset,
        "steps": job.steps,
        "may_reproduce": reproductions.may_ask(request.principal),
        "is_recorded": bool(job.made_with.get("frames_sha256")),
        "no_model": _no_model(),
        "going_on": going_on,
        "no_worker": going_on is not None and going_on.state == ReproductionState.WAITING and _no_worker(),
        "latest": ended[0] if ended else None,
        "earlier": ended[1:],
    }


def _no_model() -> str:
    """Why no model can run here; empty where one can."""
    try:
        model_register.generator()
    except GeneratorError as error:
        return str(error)
    return ""


def _no_worker() -> bool:
    """Whether it is known that no worker makes clips now."""
    served = workers.served()
    return served is not None and not served["gpu"]


def _piece(request: BrandRequest, version: Version) -> HttpResponse:
    job = GenerationJob.objects.filter(version=version).first()
    return render(request, "generate/reproduction.html", context(request, version, job))


def _answer(request: BrandRequest, version: Version) -> HttpResponse:
    if htmx.is_htmx(request):
        return _piece(request, version)
    return redirect(asset_version.address(version, tab="origin"))


def _warned(request: BrandRequest, version: Version, text: str) -> HttpResponse:
    if htmx.is_htmx(request):
        return htmx.with_toast(_piece(request, version), text, tone="warning")
    messages.warning(request, text)
    return redirect(asset_version.address(version, tab="origin"))
