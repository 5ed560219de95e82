"""The audit trail of a brand: who did what, and whether the record still holds."""

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

import redis
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.audit import anchors, chain_checks, search, trail
from dam.audit import export as exports
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.core import numbers, storage
from dam.web import activity_filter, audit_labels, streamed
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment, is_htmx

PAGE = 60
FILE_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
# Reading a whole chain is work: so often a brand may ask for it within so many seconds.
MOST_CHECKS, CHECKS_SECONDS = 6, 60


@require_safe
@requires(Capability.VIEW_ACTIVITY)
def activity(request: BrandRequest) -> HttpResponse:
    return _log(request, "activity/activity.html", here="activity", area="activity")


@require_safe
@requires(Capability.MANAGE_BRAND)
def in_administration(request: BrandRequest) -> HttpResponse:
    """The same log among the administration's pages. It names clips that aren't released."""
    request.principal.require(Capability.VIEW_ACTIVITY)
    here = "administration-log"
    return _log(request, "administration/log.html", here=here, area="administration", section=here)


def _log(request: BrandRequest, template: str, *, here: str, **frame: str) -> HttpResponse:
    """Newest first, in pages by sequence number: `before` continues."""
    asked = activity_filter.read(request.GET, brand=request.brand)
    events = search.find(request.brand, asked.wanted)
    before = numbers.read(request.GET.get("before", ""))
    if before is not None:
        events = events.filter(sequence__lt=before)
    shown = list(events[: PAGE + 1])
    context = {
        **frame,
        "here": reverse(here, args=[request.brand.slug]),
        "events": shown[:PAGE],
        "more": shown[PAGE - 1].sequence if len(shown) > PAGE else None,
        "asked": asked,
        "kind": asked.given["kind"],
        "kinds": {name: _(title) for name, (title, _prefixes) in audit_labels.KINDS.items()},
    }
    if is_fragment(request) and before:
        return render(request, "activity/_events.html", context)
    context |= activity_filter.choices(request.brand, asked)
    context["may_export"] = request.principal.can(Capability.MANAGE_BRAND)
    return render(request, template, context)


@require_POST
@requires(Capability.MANAGE_BRAND)
def export(request: BrandRequest) -> HttpResponseBase:
    """What the filter leaves of the log, as a file. That it was taken is an event, the last one in it."""
    request.principal.require(Capability.VIEW_ACTIVITY)
    asked = activity_filter.read(request.POST, brand=request.brand)
    kind = "csv" if request.POST.get("format") == "csv" else "jsonl"
    filters = {name: value for name, value in asked.given.items() if value}
    trail.record(
        Verb.TRAIL_EXPORTED,
        brand=request.brand,
        target=request.brand.name,
        actor=request.principal,
        data={"format": kind, **({"filter": filters} if filters else {})},
    )
    last = Event.objects.filter(brand=request.brand).latest("sequence")
    end = exports.head(last, whole=not asked.wanted)
    found = search.find(request.brand, asked.wanted)
    about = {"name": request.brand.name, "slug": request.brand.slug, "filter": filters}
    pieces = (
        exports.comma_separated(found, end) if kind == "csv" else exports.json_lines(found, end, about=about)
    )
    response = StreamingHttpResponse(streamed.sent(pieces), content_type=FILE_TYPES[kind])
    name = f"activity-{request.brand.slug}-{timezone.localdate():%Y-%m-%d}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@requires(Capability.VIEW_ACTIVITY)
def check(request: BrandRequest) -> HttpResponse:
    """A look at the chain in bounded time. Asked for too often, what came of it last."""
    found = _recent(request.brand.pk)
    if found is None:
        found = _computed(request.brand)
        with suppress(redis.RedisError):
            facts = {**found, "at": found["at"].isoformat()}
            cache.set(f"chain-found:{request.brand.pk}", facts, timeout=CHECKS_SECONDS)
    return render(request, "activity/_check.html", {**found, "all": chain_checks.latest(request.brand)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW_ACTIVITY)
def check_all(request: BrandRequest) -> HttpResponse:
    """Have every event of the chain checked, and how that stands."""
    if request.method == "POST":
        chain_checks.ask(request.brand)
        if not is_htmx(request):
            return redirect("activity", brand_slug=request.brand.slug)
    return render(request, "activity/_check_all.html", {"all": chain_checks.latest(request.brand)})


def _computed(brand: Brand) -> dict[str, Any]:
    try:
        found = anchors.glance(brand)
    except trail.UnknownSeal as seal:
        return {"unknown_seal": str(seal), "at": timezone.now()}
    except storage.Unavailable:
        return {"unavailable": True, "at": timezone.now()}
    return {**asdict(found), "at": timezone.now()}


def _recent(brand_id: int) -> dict[str, Any] | None:
    """The last result, where this brand's chain was computed too often to do it again. None: do it."""
    key = f"chain-checks:{brand_id}"
    try:
        cache.add(key, 0, timeout=CHECKS_SECONDS)
        if cache.incr(key) <= MOST_CHECKS:
            return None
        last: dict[str, Any] | None = cache.get(f"chain-found:{brand_id}")
    except (redis.RedisError, ValueError):  # the cache is away, or the minute ended between the calls
        return None
    return {**last, "at": datetime.fromisoformat(last["at"])} if last else {"busy": True}
