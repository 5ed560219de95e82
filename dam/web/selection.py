"""Doing one thing to many clips of the library at once."""

import uuid
from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.bulk import targets
from dam.bulk.changes import Change
from dam.catalog import assets, tags
from dam.catalog.models import Asset
from dam.core.language import number
from dam.rights.visibility import visible_assets
from dam.search import fulltext, likeness
from dam.web import going_back, saved_address
from dam.web import trash as trashing
from dam.web.bulk import beginning
from dam.web.decorators import BrandRequest, requires

OFFERED = (
    Capability.EDIT,
    Capability.COLLECT,
    Capability.DOWNLOAD_RELEASE,
    Capability.HOLD,
    Capability.DISCARD,
    Capability.SUBMIT,
)


def is_offered(principal: Principal) -> bool:
    """Whether there is anything they can do with chosen clips."""
    return any(map(principal.can, OFFERED))


@require_POST
@requires(Capability.EDIT)
def add_tags(request: BrandRequest) -> HttpResponse:
    """Put tags on the chosen clips; those they have stay."""
    try:
        added = tags.parse(request.POST.get("tags", ""))
        if beginning.is_for_all(request):
            return beginning.begin(request, (), change=Change(add_tags=added))
        chosen = list(_chosen(request)) if added else []
        with trail.recording():
            fulltext.refresh_many(assets.add_tags(chosen, added, by=request.principal))
    except tags.TagRefused as refused:
        messages.error(request, (_("No tags were added. %(message)s") % {"message": refused.message}))
        return going_back.go(request)
    if not added:
        messages.warning(request, _("No tags were added. Type at least one tag, separated by commas."))
    else:
        messages.success(
            request,
            (
                _("Added %(added)s to %(chosen)s.")
                % {"added": ", ".join(added), "chosen": _clips(len(chosen))}
            ),
        )
    return going_back.go(request)


@require_POST
@requires(Capability.DISCARD)
def trash(request: BrandRequest) -> HttpResponse:
    """Move the chosen clips to the trash; those that are there already stay there."""
    if beginning.is_for_all(request):
        return beginning.begin(request, (), change=Change(trash=True))
    return trashing.put(request, list(_chosen(request)))


def keys(request: BrandRequest, name: str = "asset") -> list[uuid.UUID]:
    """The ids that were sent, each once; what is no id is left out."""
    return list(dict.fromkeys(found for text in request.POST.getlist(name) if (found := key(text))))


def keys_or_all(request: BrandRequest, *, most: int) -> list[uuid.UUID]:
    """Those that were ticked; of all that a list shows as many as there may be, and one more."""
    if not beginning.is_for_all(request):
        return keys(request)
    by, most = request.principal, most + 1
    wanted = saved_address.sent(request.POST.get("query", ""), brand=request.brand)
    if targets.is_ranked(wanted.words, wanted.like, by=by):
        try:
            return list(targets.ranked(wanted.words, wanted.filters, wanted.like, by=by)[:most])
        except likeness.NotThere:
            return []
    found = targets.found(targets.kept(wanted.words, wanted.filters), by=by)
    return list(found.order_by("-created_at", "-pk").values_list("pk", flat=True)[:most])


def key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _chosen(request: BrandRequest) -> Iterator[Asset]:
    """Of the ids that were sent, the clips that this person may see."""
    seen = visible_assets(request.principal).filter(pk__in=keys(request))
    return seen.select_related("brand", "latest").iterator()


def _clips(count: int) -> str:
    return ngettext("%(count)s clip", "%(count)s clips", count) % {"count": number(count)}
