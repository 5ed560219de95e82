"""Clips out into a CSV file and back: a list as it is, and a file whose rows are looked at first."""

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dam.accounts.capabilities import Capability
from dam.bulk import changes, edits, importing, previewing, sheets, targets
from dam.bulk.models import BulkEdit
from dam.catalog.models import Asset
from dam.core.errors import Refused
from dam.core.lazily import lazy
from dam.rights.visibility import visible_assets
from dam.search import search
from dam.web import listing, streamed
from dam.web.decorators import BrandRequest, requires


class FileForm(forms.Form):
    file = forms.FileField(
        label=lazy("CSV file"),
        allow_empty_file=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=lazy("At most 20,000 rows and 20 MB."),
    )


@require_safe
@requires(Capability.VIEW)
def take(request: BrandRequest) -> HttpResponseBase:
    """What a list shows, whole, as a file that is made while it is sent."""
    by, wanted = request.principal, listing.read(request.GET, brand=request.brand)
    assets = visible_assets(by)
    if targets.is_ranked(wanted.words, wanted.like, by=by):
        keys = targets.ranked(wanted.words, wanted.filters, wanted.like, by=by)
        assets = assets.filter(pk__in=keys)
    else:
        found = targets.found(targets.kept(wanted.words, wanted.filters), by=by)
        assets, _total = search.to_be_sorted(found)
    return _sent(request, assets)


def _sent(request: BrandRequest, assets: QuerySet[Asset]) -> HttpResponseBase:
    pieces = sheets.lines(assets, by=request.principal, marked="excel" in request.GET)
    response = StreamingHttpResponse(streamed.sent(pieces), content_type="text/csv; charset=utf-8")
    name = f"clips-{request.brand.slug}-{timezone.localdate():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW_UNRELEASED)
def bring(request: BrandRequest) -> HttpResponse:
    """A file is read, and its rows are looked at; the page of the draft reports what would change."""
    edits.require_import(request.principal)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            content = sent.read(settings.SHEET_MAX_BYTES + 1)  # a byte too many, so that it is refused
            draft = importing.draft(content, sent.name, by=request.principal)
            return redirect("bulk-edit", request.brand.slug, draft.pk)
        except Refused as refused:
            form.add_error("file", refused.message)
    context = {"area": "library", "form": form}
    return render(request, "bulk/import.html", context, status=422 if form.errors else 200)


def report(request: BrandRequest, row: BulkEdit) -> HttpResponse:
    """What the rows of a file would change, and which can't be used; nothing is changed yet."""
    first = previewing.of_file(row, by=request.principal)
    # A draft of an earlier version of the product has no columns.
    told = [(each[0], each[1] if len(each) > 2 else "", each[-1]) for each in (row.file or {})["told"]]
    context = {
        "area": "library",
        "edit": row,
        "file": row.file,
        "told": told,
        "told_rows": len({line for line, _column, _reason in told}),
        "first": first,
        "digest": changes.digest(row.change),
    }
    return render(request, "bulk/file.html", context)
