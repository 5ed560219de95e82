"""How a collection stands, and word that others have changed it: fragments of its page."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.collections import audience, collections
from dam.core import numbers
from dam.search import standing as standings
from dam.web import htmx
from dam.web.collections.pages import seen
from dam.web.decorators import BrandRequest, requires


@require_safe
@requires(Capability.VIEW)
def summary(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """What of it may be used, what waits and what is missing, of what this person sees."""
    row = seen(request, collection_id)
    stands = standings.of(row, request.principal, at=here(request.brand))
    told = [each for each in stands.counts if each.is_told]
    context = {"collection": row, "standing": stands, "told": told}
    return render(request, "collections/_standing.html", context)


@require_safe
@requires(Capability.VIEW)
def news(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """Whether somebody else has changed it since the page was loaded, which shows the revision `seen`."""
    known = numbers.read(request.GET.get("seen", ""))
    if known is None:
        raise BadRequest(_("seen must be the number of a revision."))
    row = audience.visible(request.principal).filter(pk=collection_id).first()
    if row is None and not htmx.is_htmx(request):
        raise Http404(_("This collection no longer exists, or you can no longer see it."))
    changed = row is not None and collections.changed_by_others(row, since=known, user=request.principal.user)
    response = render(request, "collections/_news.html", {"collection": row, "changed": changed})
    if row is None or changed:
        htmx.swapped(response, "outerHTML")  # it stays until the page is loaded again, and asks no more
    return response
