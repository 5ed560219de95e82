"""A clip's own fields on its page: shown, filled in and taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dam.accounts.capabilities import Capability
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.core import numbers
from dam.custom_fields import values
from dam.search import fulltext
from dam.web import asset_version, going_back
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment
from dam.web.own_fields import rows
from dam.web.own_fields.forms import OwnFieldsForm


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT)
def edit(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The fields as a form, in their place on the page or on a page of its own."""
    version = asset_version.find(request, asset_id)
    shown = version.asset
    sent = request.POST if request.method == "POST" else None
    form = OwnFieldsForm(sent, asset=shown, principal=request.principal)
    part = is_fragment(request)
    context = {"area": "library", "asset": shown, "version": version, "form": form}
    if sent is not None and form.is_valid() and form.save(by=request.principal):
        if not part:
            messages.success(request, _("Fields saved."))
            return redirect("asset", request.brand.slug, shown.pk)
        context |= {"own": rows.of(shown, principal=request.principal), "saved_fields": True}
        if form.has_set:
            newest = Event.objects.filter(brand=request.brand, asset_id=shown.pk, verb=Verb.ASSET_EDITED)
            event = newest.order_by("-sequence").first()
            context["undo"] = event.sequence if event and values.undoable(event) else None
        return render(request, "assets/_own_fields.html", context)
    template = "assets/_own_fields_form.html" if part else "assets/own_fields.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@requires(Capability.EDIT)
def undo(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """Take back what an event of the clip's history set, while it still stands."""
    shown = asset_version.find(request, asset_id).asset
    sequence = numbers.read(request.POST.get("event", ""))
    events = Event.objects.filter(brand=request.brand, asset_id=shown.pk)
    event = get_object_or_404(events, sequence=-1 if sequence is None else sequence)
    try:
        with trail.recording():
            values.undo(event, by=request.principal)
            fulltext.refresh(shown)
    except values.NothingToUndo as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, _("Undone. The fields are as they were before."))
    if going_back.address(request):
        return going_back.go(request)
    return redirect("asset", request.brand.slug, shown.pk)
