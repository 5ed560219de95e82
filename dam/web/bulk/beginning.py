"""From a selection, or from all that a list shows, to the page of a bulk edit."""

from collections.abc import Collection
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from dam.bulk import edits
from dam.bulk.changes import Change
from dam.core.errors import Refused
from dam.web import going_back, saved_address
from dam.web.decorators import BrandRequest


def is_for_all(request: BrandRequest) -> bool:
    """Whether all that the list shows is meant, and not the clips that were chosen by hand."""
    return "all" in request.POST


def begin(request: BrandRequest, keys: Collection[UUID], *, change: Change | None = None) -> HttpResponse:
    """To the page that asks what to change; with `change` it is filled in already."""
    by = request.principal
    try:
        if is_for_all(request):
            wanted = saved_address.sent(request.POST.get("query", ""), brand=request.brand)
            edit = edits.draft_of_search(wanted.words, wanted.filters, wanted.like, by=by)
        else:
            edit = edits.draft_of(keys, by=by)
        if change is not None and not change.is_empty:
            edits.choose(edit, change, by=by)
    except Refused as refused:
        messages.warning(request, refused.message)
        return going_back.go(request)
    return redirect("bulk-edit", request.brand.slug, edit.pk)
