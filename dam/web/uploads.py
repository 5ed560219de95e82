"""The addresses that files come in by (docs/uploads.md): tus 1.0 for the browser and for programs."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.catalog import versions
from dam.catalog.models import Asset, Version
from dam.core import failures
from dam.core.errors import Refused
from dam.ingest import concatenation, details, direct, known_content, next_versions, retention, steps, uploads
from dam.ingest.known_content import Known
from dam.ingest.models import PARTIAL, UNDER_WAY, Upload, UploadState
from dam.media.errors import FileRefused
from dam.rights.visibility import shown, visible_assets, visible_versions
from dam.web import htmx, long_pieces, problem_details, selection
from dam.web.decorators import BrandRequest, requires
from dam.web.problem_details import problem
from dam.web.tus import (
    PIECE_TYPE,
    SHA256,
    BadHeader,
    checksum,
    metadata,
    method_of,
    not_allowed,
    number_in,
    parts_in,
    raw_metadata,
    size_in,
    tus,
)

RECENT = 50
# Of these nothing is left that a client could go on with.
OVER = (UploadState.REFUSED, UploadState.CANCELLED)


@tus
def create(request: BrandRequest) -> HttpResponseBase:
    if method_of(request) != "POST":
        return not_allowed("POST", "OPTIONS")
    raw = raw_metadata(request)
    told = metadata(raw)
    parts = parts_in(request)
    about: dict[str, Any] = {
        "brand": request.brand,
        "user": principals.person(request.principal),
        "filename": told.get("filename", told.get("name", "")),
        "asset": _target(request, told["asset"]) if "asset" in told else None,
        "metadata": raw,
        "sha256": told.get("sha256", ""),
    }
    about["note"] = versions.clean_note(told.get("note", "")) if about["asset"] else ""
    if parts is not None:
        upload = concatenation.join(**about, parts=parts, concat=request.headers["Upload-Concat"])
    else:
        upload = uploads.create(**about, size=size_in(request), partial="Upload-Concat" in request.headers)
        if request.content_type == PIECE_TYPE:
            _begin(request, upload)
    response = JsonResponse(_describe(request, upload), status=201)
    response.headers["Location"] = _address(request, upload)
    response.headers["X-Upload-Piece-Bytes"] = str(settings.UPLOAD_CHUNK_BYTES)
    return _standing(response, upload)


@tus
def piece(request: BrandRequest, upload_id: UUID) -> HttpResponseBase:
    """One upload: where it stands, its next piece, or its end."""
    upload = own_upload(request, upload_id)
    method = method_of(request)
    if method in ("HEAD", "GET") and direct.is_begun(upload) and upload.state == UploadState.RECEIVING:
        # Another request may be looking at this moment; of what is lost the answer below tells.
        with suppress(uploads.Busy, FileRefused, direct.NotDirect):
            direct.look(upload)
        upload = own_upload(request, upload_id)
    if method == "HEAD":
        return _head(upload)
    if method == "GET":
        return JsonResponse(_describe(request, upload), headers={"Cache-Control": "no-store"})
    if method == "PATCH":
        return _append(request, upload)
    if method == "DELETE":
        return _cancel(upload)
    return not_allowed("HEAD", "GET", "PATCH", "DELETE", "OPTIONS")


def own_upload(request: BrandRequest, upload_id: UUID) -> Upload:
    """The upload, where it is this person's to the brand. Raises Http404."""
    mine = Upload.objects.filter(brand=request.brand, user=request.principal.user)
    return get_object_or_404(mine.select_related("version__asset", "brand"), pk=upload_id)


@tus
@require_safe
def recent(request: BrandRequest) -> HttpResponseBase:
    """This person's latest uploads to the brand, newest first."""
    mine = Upload.objects.filter(brand=request.brand, user=request.principal.user).exclude(concat=PARTIAL)
    mine = mine.select_related("version__asset")
    described = [_describe(request, upload) for upload in mine.order_by("-created_at")[:RECENT]]
    return JsonResponse({"uploads": described}, headers={"Cache-Control": "no-store"})


@tus
@require_safe
def known(request: BrandRequest) -> HttpResponseBase:
    """Whether the library has the content of this SHA-256 already, and what this person can do about it."""
    sha256 = request.GET.get("sha256", "").lower()
    if SHA256.fullmatch(sha256) is None:
        raise BadHeader(_("Send the file's SHA-256 as 64 hexadecimal digits in sha256."))
    asset_id = selection.key(request.GET.get("asset", ""))
    found = known_content.find(request.principal, sha256, asset_id=asset_id)
    return JsonResponse(
        {"known": None if found is None else _where(request, found)}, headers={"Cache-Control": "no-store"}
    )


@require_POST
@requires(Capability.RETRY)
def retry_step(request: BrandRequest, version_id: UUID, name: str) -> HttpResponse:
    """Run a processing step again, or for the first time where it is done on demand."""
    version: Version = get_object_or_404(
        visible_versions(request.principal).select_related("asset", "brand"), pk=version_id
    )
    try:
        steps.retry(version, name, by=request.principal)
    except steps.NoSuchStep:
        raise Http404(_("Processing step not found.")) from None
    except steps.StepBusy:
        pass  # somebody else pressed it as well: it runs, as was asked
    if htmx.is_htmx(request):
        return htmx.nothing()
    return redirect("asset", request.brand.slug, version.asset_id)


def _where(request: BrandRequest, found: Known) -> dict[str, object]:
    version = found.version
    if version is None:
        return {"place": found.place}
    slug, asset = version.brand.slug, version.asset
    in_trash = found.place == "trash"
    addresses = {
        "version": reverse("version-repeat", args=[slug, version.pk]),
        "collect": reverse("collection-add", args=[slug]),
        "restore": reverse("asset-restore", args=[slug, asset.pk]),
    }
    may = known_content.offers(found, principal=request.principal)
    return {
        "place": found.place,
        "brand": version.brand.name,
        "asset": str(asset.pk),
        "title": asset.title,
        "version": version.number,
        "latest": asset.latest_id == version.pk and shown(request.principal) == "latest",
        "may": {offer: address for offer, address in addresses.items() if offer in may},
        "url": reverse("trash", args=[slug]) if in_trash else reverse("asset", args=[slug, asset.pk]),
    }


def _append(request: BrandRequest, upload: Upload) -> HttpResponseBase:
    if upload.joins is not None:
        return problem(403, "joined", _("This upload is made of its parts and takes no bytes itself."))
    if request.content_type != PIECE_TYPE:
        return problem(
            415,
            "bad_request",
            (_("Send each piece with Content-Type %(piece_type)s.") % {"piece_type": PIECE_TYPE}),
        )
    try:
        _write(request, upload, offset=number_in(request, "Upload-Offset"))
    except uploads.WrongOffset as wrong:
        response = problem_details.of_refusal(wrong)
        response.headers["Upload-Offset"] = str(wrong.offset)
        return response
    return _standing(HttpResponse(status=204), upload)


def _begin(request: BrandRequest, upload: Upload) -> None:
    """Take what came with the announcement. Of an upload that begins badly nobody learns the address."""
    try:
        _write(request, upload, offset=0)
    except (Refused, BadHeader):
        with suppress(uploads.Closed):
            uploads.cancel(upload)
        raise


def _write(request: BrandRequest, upload: Upload, *, offset: int) -> None:
    told = request.headers.get("Content-Length")
    uploads.write(
        upload,
        offset=offset,
        piece=getattr(request, "scope", {}).get(long_pieces.PIECE, request),
        length=None if told is None else number_in(request, "Content-Length"),
        checksum=checksum(request),
        size=number_in(request, "Upload-Length") if "Upload-Length" in request.headers else None,
    )


def _cancel(upload: Upload) -> HttpResponseBase:
    try:
        uploads.cancel(upload)
    except uploads.Closed:
        return problem(410, "closed", _("This upload has already ended."))
    return HttpResponse(status=204)


def _head(upload: Upload) -> HttpResponseBase:
    if upload.state in OVER:
        return problem(410, "closed", upload.reason or _("This upload has already ended."))
    response = HttpResponse()
    if upload.metadata:
        response.headers["Upload-Metadata"] = upload.metadata
    if upload.concat:
        response.headers["Upload-Concat"] = upload.concat
    return _standing(response, upload)


def _standing(response: HttpResponseBase, upload: Upload) -> HttpResponseBase:
    """The response with how far the upload has come, and until when it is kept."""
    response.headers["Upload-Offset"] = str(upload.received)
    if upload.length_known:
        response.headers["Upload-Length"] = str(upload.size)
    else:
        response.headers["Upload-Defer-Length"] = "1"
    response.headers["Cache-Control"] = "no-store"
    if upload.state in UNDER_WAY:
        response.headers["Upload-Expires"] = http_date(retention.expires_at(upload).timestamp())
    return response


def _address(request: BrandRequest, upload: Upload) -> str:
    """Absolute where the client came by PUBLIC_URL, else relative: that works wherever it came by."""
    path = reverse("upload-piece", args=[request.brand.slug, upload.pk])
    here = f"{request.scheme}://{request.get_host()}"
    return f"{here}{path}" if here == settings.PUBLIC_URL else path


def _describe(request: BrandRequest, upload: Upload) -> dict[str, object]:
    """The upload as JSON. Its asset is named while the person may see it."""
    asset = upload.version.asset if upload.version else None
    if asset is not None and not visible_assets(request.principal).filter(pk=asset.pk).exists():
        asset = None
    return {
        "id": str(upload.pk),
        "filename": upload.filename,
        "size": upload.size if upload.length_known else None,
        "received": upload.received,
        "state": upload.state,
        "code": upload.code,
        "reason": failures.shown(uploads.waiting_for(upload, at=timezone.now())),
        "asset": str(asset.pk) if asset else None,
        "version": upload.version.number if asset and upload.version else None,
        "note": upload.version.note if asset and upload.version else details.of(upload).note,
        "url": reverse("asset", args=[request.brand.slug, asset.pk]) if asset else None,
    }


def _target(request: BrandRequest, asset_id: str) -> Asset:
    """The asset that the file is to be the next version of. Raises NoTarget."""
    try:
        return next_versions.target(UUID(asset_id), principal=request.principal)
    except ValueError:
        raise BadHeader(_("The asset in Upload-Metadata must be the id of a clip.")) from None
