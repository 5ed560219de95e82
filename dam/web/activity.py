"""The audit trail of a brand: who did what, and whether the record still holds."""

from functools import reduce
from operator import or_

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.audit import anchors, trail
from dam.audit.models import Event
from dam.web import audit_labels
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment

PAGE = 60


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
    """Every link of the chain, computed again, and held against what is written down outside the database."""
    count = Event.objects.filter(brand=request.brand).count()
    try:
        broken, unknown = anchors.check(request.brand), None
    except trail.UnknownSeal as seal:
        broken, unknown = None, str(seal)
    context = {"broken": broken, "unknown_seal": unknown, "count": count}
    return render(request, "activity/_check.html", context)
