"""The audit trail of a brand: who did what, and whether the record still holds."""

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

import redis
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.audit import anchors, chain_checks, trail
from dam.audit.models import Event
from dam.core import storage
from dam.web import audit_labels
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment, is_htmx

PAGE = 60
# Reading a whole chain is work: so often a brand may ask for it within so many seconds.
MOST_CHECKS, CHECKS_SECONDS = 6, 60


@require_safe
@requires(Capability.VIEW_ACTIVITY)
def activity(request: BrandRequest) -> HttpResponse:
    """Newest first, in pages by sequence number: `before` continues."""
    events = Event.objects.filter(brand=request.brand).order_by("-sequence")
    kind = request.GET.get("kind", "")
    if kind in audit_labels.KINDS:
        prefixes = audit_labels.KINDS[kind][1]
        events = events.filter(reduce(or_, (Q(verb__startswith=prefix) for prefix in prefixes)))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        events = events.filter(sequence__lt=int(before))
    shown = list(events[: PAGE + 1])
    context = {
        "area": "activity",
        "events": shown[:PAGE],
        "more": shown[PAGE - 1].sequence if len(shown) > PAGE else None,
        "kind": kind if kind in audit_labels.KINDS else "",
        "kinds": {name: title for name, (title, _) in audit_labels.KINDS.items()},
    }
    template = "activity/_events.html" if is_fragment(request) and before else "activity/activity.html"
    return render(request, template, context)


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
