"""Pages of bulk edits: what to change, what would change, how far it is and what came of it."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.bulk import changes, edits, previewing
from dam.bulk.models import BulkEdit, EditState, Outcome
from dam.core.errors import Refused
from dam.search import fields
from dam.search.query import Filters
from dam.web import selection
from dam.web.bulk import beginning, files, forms, results
from dam.web.decorators import BrandRequest, requires
from dam.web.listing import ListingQuery

PAGE = 50


@require_POST
@requires(Capability.VIEW)
def new(request: BrandRequest) -> HttpResponse:
    edits.require(request.principal)
    return beginning.begin(request, selection.keys(request))


@require_safe
@requires(Capability.VIEW)
def listing(request: BrandRequest) -> HttpResponse:
    """The bulk edits of a person, newest first."""
    edits.require(request.principal)
    rows = edits.own(request.principal).exclude(state=EditState.DRAFT).select_related("requested_by")
    page, following = results.page(rows, request.GET.get("after", ""), size=PAGE)
    told = list(zip(page, results.said(page, by=request.principal), strict=True))
    return render(request, "bulk/edits.html", {"area": "library", "edits": told, "next": following})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW)
def edit(request: BrandRequest, edit_id: UUID) -> HttpResponse:
    """Of one that isn't started the form, with what it would change; of others what came of it."""
    row = _own(request, edit_id)
    if row.state != EditState.DRAFT:
        if request.method == "POST":  # another window has started it meanwhile
            messages.warning(request, edits.STARTED)
            return redirect("bulk-edit", request.brand.slug, row.pk)
        return _result(request, row)
    by = request.principal
    if row.file is not None:
        return files.report(request, row)
    form = forms.ChangeForm(
        request.POST if request.method == "POST" else None, by=by, initial=forms.filled(row.change)
    )
    if request.method == "POST" and form.is_valid():
        return _changed(request, row, partial(edits.choose, change=form.change))
    chosen = request.method != "POST" and not changes.read(row.change).is_empty
    preview = previewing.of(row, by=by) if chosen else None
    total, capped = (preview.total, preview.capped) if preview else previewing.count(row, by=by)
    context = {
        "area": "library",
        "edit": row,
        "form": form,
        "total": total,
        "capped": capped,
        "asked": _asked(row),
        "preview": preview,
        "said": results.said([row], by=by)[0],
        "digest": changes.digest(row.change),
    }
    return render(request, "bulk/draft.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Capability.VIEW)
def start(request: BrandRequest, edit_id: UUID) -> HttpResponse:
    """Do what the preview showed; without the mark of that, as from an old page, it is shown anew."""
    row = _own(request, edit_id)
    seen = request.POST.get("seen", "")
    return _changed(request, row, partial(edits.start, seen=seen))


@require_POST
@requires(Capability.VIEW)
def cancel(request: BrandRequest, edit_id: UUID) -> HttpResponse:
    return _changed(request, _own(request, edit_id), edits.cancel)


@require_POST
@requires(Capability.VIEW)
def undo(request: BrandRequest, edit_id: UUID) -> HttpResponse:
    return _changed(request, _own(request, edit_id), edits.undo)


@require_safe
@requires(Capability.VIEW)
def progress(request: BrandRequest, edit_id: UUID) -> HttpResponse:
    """How far it is, again."""
    row = _own(request, edit_id)
    return render(request, "bulk/_state.html", {"edit": row, "alone": True})


def _changed(request: BrandRequest, row: BulkEdit, change: results.Verb) -> HttpResponse:
    try:
        change(row, by=request.principal)
    except Refused as refused:
        messages.warning(request, refused.message)
    return redirect("bulk-edit", request.brand.slug, row.pk)


def _result(request: BrandRequest, row: BulkEdit) -> HttpResponse:
    outcome = request.GET.get("outcome", "")
    known = {Outcome.CHANGED, Outcome.LEFT, Outcome.UNDONE, Outcome.PARTLY, Outcome.KEPT, Outcome.SAME}
    outcome = outcome if outcome in known else results.most_telling(row)
    items, following = results.items(
        row, outcome, request.GET.get("after", ""), by=request.principal, size=PAGE
    )
    context = {
        "area": "library",
        "edit": row,
        "asked": _asked(row),
        "said": results.said([row], by=request.principal)[0],
        "outcome": outcome,
        "tabs": results.tabs(row),
        "items": items,
        "next": following,
    }
    return render(request, "bulk/edit.html", context)


def _asked(row: BulkEdit) -> ListingQuery | None:
    """The search that it is about, if it is about one."""
    if row.query is None:
        return None
    return ListingQuery(
        words=row.query["words"], filters=Filters(row.query["filters"]), known=fields.known(row.brand)
    )


def _own(request: BrandRequest, edit_id: UUID) -> BulkEdit:
    if not edits.may(request.principal):
        raise PermissionDenied(_("Your role doesn't allow you to edit clips in bulk."))
    rows = edits.own(request.principal).select_related("requested_by", "undone_by", "brand")
    return get_object_or_404(rows, pk=edit_id)
