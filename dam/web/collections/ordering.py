"""Giving a clip of a collection, or a collection inside another, another place."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.collections import inside, items
from dam.collections.collections import CollectionRefused
from dam.collections.items import To
from dam.web import going_back, htmx, selection
from dam.web.collections.pages import seen
from dam.web.decorators import BrandRequest, requires


@require_POST
@requires(Capability.COLLECT)
def move(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """`to` says where (dam.collections.items.To); for "before" and "after" `beside` names the other clip."""
    row = seen(request, collection_id)
    asset_id, beside = (selection.key(request.POST.get(name, "")) for name in ("asset", "beside"))
    to = request.POST.get("to", "")
    if to not in frozenset(To) or asset_id is None or (to in (To.BEFORE, To.AFTER) and beside is None):
        raise BadRequest(_("asset, to and beside must say which clip is moved, and where."))
    try:
        items.move(row, asset_id, to=To(to), beside=beside, by=request.principal)
    except CollectionRefused as refused:
        if htmx.is_htmx(request):
            return htmx.with_toast(HttpResponse(status=409), refused.message, tone="error")
        messages.error(request, refused.message)
    if htmx.is_htmx(request):
        return htmx.nothing()
    back = going_back.address(request) or reverse("collection", args=[request.brand.slug, row.pk])
    return redirect(f"{back}#card-{asset_id}")


@require_POST
@requires(Capability.COLLECT)
def move_inside(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """This collection, within the one that it lies in; `to` and `beside`, another of those, as for clips."""
    row = seen(request, collection_id)
    beside, to = selection.key(request.POST.get("beside", "")), request.POST.get("to", "")
    if to not in frozenset(To) or (to in (To.BEFORE, To.AFTER) and beside is None):
        raise BadRequest(_("to and beside must say where the collection is moved."))
    try:
        inside.move(row, to=To(to), beside=beside, by=request.principal)
    except CollectionRefused as refused:
        if htmx.is_htmx(request):
            return htmx.with_toast(HttpResponse(status=409), refused.message, tone="error")
        messages.error(request, refused.message)
    if htmx.is_htmx(request):
        return htmx.nothing()
    back = reverse("collection", args=[request.brand.slug, row.parent_id or row.pk])
    return redirect(f"{back}#collection-{row.pk}")
