"""How a collection stands, and word that others have changed it: fragments of its page."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.collections import audience, collections
from dam.search import standing as standings
from dam.search.standing import Counted
from dam.web import htmx
from dam.web.collections.pages import seen
from dam.web.decorators import BrandRequest, requires


@dataclass(frozen=True)
class Mark:
    """A number with its words, and the filter behind it."""

    counted: Counted
    icon: str
    title: str


_ICONS = {
    ("usable", "yes"): "circle-check-big",
    ("state", "in_review"): "clock",
    ("state", "changes_requested"): "message-square",
    ("rights_end", "30d"): "calendar-clock",
    ("missing", "clearance"): "scale",
    ("missing", "fields"): "list-x",
    ("missing", "files"): "triangle-alert",
}
_ALWAYS = ("usable", "yes")  # that nothing may be used is news


@require_safe
@requires(Capability.VIEW)
def summary(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """What of it may be used, what waits and what is missing, of what this person sees."""
    row = seen(request, collection_id)
    stands = standings.of(row, request.principal, at=here(request.brand))
    marks = [
        Mark(each, _ICONS[each.name, each.value], _words(each))
        for each in stands.counts
        if each.number or (each.name, each.value) == _ALWAYS
    ]
    context = {"collection": row, "standing": stands, "marks": marks}
    return render(request, "collections/_standing.html", context)


@require_safe
@requires(Capability.VIEW)
def news(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """Whether somebody else has changed it since the page was loaded, which shows the revision `seen`."""
    known = request.GET.get("seen", "")
    if not (known.isascii() and known.isdecimal() and len(known) < 19):
        raise BadRequest(_("seen must be the number of a revision."))
    row = audience.visible(request.principal).filter(pk=collection_id).first()
    if row is None and not htmx.is_htmx(request):
        raise Http404(_("This collection no longer exists, or you can no longer see it."))
    changed = row is not None and collections.changed_by_others(
        row, since=int(known), user=request.principal.user
    )
    response = render(request, "collections/_news.html", {"collection": row, "changed": changed})
    if row is None or changed:
        htmx.swapped(response, "outerHTML")  # it stays until the page is loaded again, and asks no more
    return response


def _words(counted: Counted) -> str:
    """After the number: where English has one form for any of them, other languages may have several."""
    n = counted.number
    match counted.name, counted.value:
        case "usable", "yes":
            return ngettext("may be used", "may be used", n)
        case "state", "in_review":
            return ngettext("in review", "in review", n)
        case "state", "changes_requested":
            return ngettext("with changes requested", "with changes requested", n)
        case "rights_end", "30d":
            return ngettext("with clearance ending within 30 days", "with clearance ending within 30 days", n)
        case "missing", "clearance":
            return ngettext("without a clearance", "without a clearance", n)
        case "missing", "fields":
            return ngettext("without a required field", "without a required field", n)
        case _:  # missing files
            return ngettext("with a failed step", "with a failed step", n)
