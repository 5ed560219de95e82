"""A version's comments as a PDF: asking for one, how those asked for stand, and their bytes."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.catalog.models import Version
from dam.delivery import streaming
from dam.ingest import filenames
from dam.rights import visibility
from dam.web import asset_version, htmx
from dam.web.decorators import BrandRequest, requires
from provenance.comment_pdfs import contents, pdfs
from provenance.comment_pdfs.models import CommentPdf, PdfState
from provenance.review import filtering
from provenance.review.policies import STAGES
from provenance.web import review_comments

SHOWN = 20
OUTSIDE = "outside"  # a field of the form: only what outside reviewers read, too


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def page(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """What a PDF would hold, and those that this person asked for; as a fragment these alone."""
    version = asset_version.find(request, asset_id)
    if htmx.is_fragment(request, target="comment-pdfs"):
        return render(request, "review/_pdfs.html", _listed(request, version))
    return _page(request, version, request.GET)


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def make(request: BrandRequest, version_id: UUID) -> HttpResponse:
    """Have one made of what the form says."""
    version = review_comments.version_of(request, version_id)
    try:
        pdfs.request(
            version,
            filtering.read(request.POST, stages=STAGES),
            for_guests=request.POST.get(OUTSIDE) == "1",
            language=translation.get_language() or "en",
            by=request.principal,
        )
    except pdfs.PdfRefused as refused:
        return _page(request, version, request.POST, problem=refused.message)
    return redirect(_address(version, filtering.read(request.POST, stages=STAGES)))


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def file(request: BrandRequest, pdf_id: UUID) -> HttpResponseBase:
    """The file, for who asked for it, while they still see the version."""
    pdf = _find(request, pdf_id)
    if pdf.state != PdfState.READY or pdf.size is None:
        raise Http404(_("This PDF isn't ready. Ask for it on the page of the comments."))
    name = filenames.for_disk(f"{pdf.version.asset.title} v{pdf.version.number} comments.pdf")
    try:
        response = streaming.respond(
            request,
            key=pdf.storage_key,
            sha256=pdf.sha256,
            size=pdf.size,
            content_type="application/pdf",
            save_as=name,
        )
    except FileNotFoundError:
        raise Http404(_("The file is missing from storage. Make the PDF again.")) from None
    return response


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def remove(request: BrandRequest, pdf_id: UUID) -> HttpResponse:
    """Let it go, made or not."""
    pdf = _find(request, pdf_id)
    version = pdf.version
    pdfs.remove(pdf)
    if htmx.is_fragment(request, target="comment-pdfs"):
        return render(request, "review/_pdfs.html", _listed(request, version))
    messages.success(request, _("The PDF was removed."))
    return redirect(_address(version, filtering.Filter()))


def _find(request: BrandRequest, pdf_id: UUID) -> CommentPdf:
    seen = visibility.visible_versions(request.principal)
    rows = CommentPdf.objects.select_related("version__asset", "version__brand").filter(version__in=seen)
    return get_object_or_404(rows, pk=pdf_id, user=principals.person(request.principal))


def _page(request: BrandRequest, version: Version, asked: QueryDict, *, problem: str = "") -> HttpResponse:
    wanted, outside = filtering.read(asked, stages=STAGES), asked.get(OUTSIDE) == "1"
    found = contents.read(version, wanted, for_guests=outside)
    person = principals.person(request.principal)
    try:
        pdfs.require_size(found)
    except pdfs.PdfRefused as refused:
        problem = problem or refused.message
    context = {
        **_listed(request, version),
        "area": "library",
        "back": asset_version.address(version, tab="review"),
        "filters": contents.chosen(wanted, for_guests=False, reader=person),
        "wanted": wanted.parameters(),
        "outside": outside,
        "threads": len(found.in_order),
        "comments": found.comments,
        "most": contents.MOST,
        "problem": problem,
    }
    return render(request, "review/pdf.html", context, status=422 if request.method == "POST" else 200)


def _listed(request: BrandRequest, version: Version) -> dict[str, Any]:
    rows = list(pdfs.of(version.asset, by=request.principal)[:SHOWN])
    return {"version": version, "asset": version.asset, "pdfs": rows, "kept_days": pdfs.KEPT.days}


def _address(version: Version, wanted: filtering.Filter) -> str:
    query = urlencode({"version": version.number, **wanted.parameters()})
    return f"{reverse('comment-pdfs', args=[version.brand.slug, version.asset_id])}?{query}"
