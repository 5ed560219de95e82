"""Choosing the cover of a collection."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.collections import covers
from dam.collections.collections import CollectionRefused
from dam.web import going_back, selection
from dam.web.collections.pages import seen
from dam.web.decorators import BrandRequest, requires


@require_POST
@requires(Capability.COLLECT)
def choose(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """`cover` is a clip of it; empty, its first clips stand for it again."""
    row = seen(request, collection_id)
    text = request.POST.get("cover")
    key = selection.key(text) if text else None
    if text is None or (text and key is None):
        raise BadRequest(_("cover must be a clip of the collection, or empty."))
    try:
        covers.choose(row, key, by=request.principal)
    except CollectionRefused as refused:
        messages.error(request, refused.message)
    else:
        said = (
            _("“%(name)s” has a new cover.") if key else _("“%(name)s” shows its first clips as its cover.")
        )
        messages.success(request, said % {"name": row.name})
    if going_back.address(request):
        return going_back.go(request)
    return redirect("collection", request.brand.slug, row.pk)
