"""Putting chosen clips into a collection: which one is asked first, and it may be a new one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.audit import trail
from dam.bulk.changes import Change
from dam.collections import audience, collections, items
from dam.collections.collections import CollectionRefused
from dam.collections.models import Collection
from dam.core.language import number
from dam.rights.visibility import visible_assets
from dam.web import going_back, selection
from dam.web.bulk import beginning
from dam.web.collections import choices, undoing
from dam.web.decorators import BrandRequest, requires

MOST_TARGETS = 8


@require_POST
@requires(Capability.COLLECT)
def add(request: BrandRequest) -> HttpResponse:
    """Without `collection` and `name` it asks; with one of them it adds what this person sees."""
    if beginning.is_for_all(request):
        key = selection.key(request.POST.get("collection", ""))
        return beginning.begin(request, (), change=Change(collection=key) if key else None)
    keys = selection.keys(request)
    if not keys:
        messages.warning(request, _("No clips were added: select the clips first."))
        return going_back.go(request)
    if "collection" not in request.POST and "name" not in request.POST:
        return _ask(request, problem="")
    at = timezone.now()
    try:
        with trail.recording():
            row = _named(request)
            added = items.add(row, keys, by=request.principal, at=at)
    except CollectionRefused as refused:
        return _ask(request, problem=refused.message)
    _say(request, row, added, undo=undoing.tag(row.pk, "added", at))
    return going_back.go(request)


@require_safe
@requires(Capability.COLLECT)
def targets(request: BrandRequest) -> HttpResponse:
    """The collections that were changed last, to drop clips on."""
    rows = audience.changeable(request.principal).order_by("-updated_at", "pk")[:MOST_TARGETS]
    return render(request, "collections/_targets.html", {"collections": rows})


def _named(request: BrandRequest) -> Collection:
    """The chosen collection, or a new one of that name."""
    if "name" in request.POST:
        return collections.create(request.POST["name"], by=request.principal)
    key = selection.key(request.POST.get("collection", ""))
    row = audience.changeable(request.principal).filter(pk=key).first() if key else None
    if row is None:
        raise CollectionRefused(_("Choose a collection."))
    return row


def _ask(request: BrandRequest, *, problem: str) -> HttpResponse:
    keys = selection.keys(request)
    chosen = visible_assets(request.principal).filter(pk__in=keys)
    shown = list(chosen.values_list("title", flat=True)[:2])
    context = {
        "area": "collections",
        "keys": keys,
        "count": len(keys),
        "title": shown[0] if len(shown) == 1 else "",
        "choices": choices.to_fill(request.principal),
        "chosen": request.POST.get("collection", ""),
        "name": request.POST.get("name", ""),
        "names": "name" in request.POST,
        "problem": problem,
        "back": going_back.address(request),
    }
    return render(request, "collections/add.html", context, status=422 if problem else 200)


def _say(request: BrandRequest, row: Collection, added: items.Added, *, undo: str) -> None:
    said = ngettext(
        "%(count)s clip added to “%(name)s”.", "%(count)s clips added to “%(name)s”.", added.count
    )
    said %= {"count": number(added.count), "name": row.name}
    there = ngettext("%(count)s was there already.", "%(count)s were there already.", added.there)
    there %= {"count": number(added.there)}
    if added.count:
        messages.success(request, f"{said} {there}" if added.there else said, extra_tags=undo)
    elif added.there:
        messages.info(
            request,
            ngettext(
                "The clip is already in “%(name)s”.", "The clips are already in “%(name)s”.", added.there
            )
            % {"name": row.name},
        )
    else:
        messages.warning(request, _("No clips were added: they aren't in the library any more."))
