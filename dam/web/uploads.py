"""The addresses that files come in by (docs/uploads.md): tus 1.0 for the browser and for programs."""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.catalog.models import Asset, Version
from dam.core import failures, storage
from dam.core.errors import Refused
from dam.ingest import next_versions, steps, uploads
from dam.ingest.models import Upload
from dam.ingest.next_versions import NoTarget
from dam.rights.visibility import visible_assets, visible_versions
from dam.web import htmx, problem_details
from dam.web.decorators import BrandRequest, requires
from dam.web.problem_details import problem

TUS = "1.0.0"
RECENT = 50
PIECE_TYPE = "application/offset+octet-stream"
View = Callable[..., HttpResponseBase]


class BadHeader(Exception):
    """A header is missing or can't be read; the message says which."""


def tus(view: View) -> View:
    """A view that speaks tus: for those who may upload, with problems as JSON."""

    @wraps(view)
    def answer(request: BrandRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase
        try:
            if not request.principal.can(Capability.UPLOAD):
                response = problem(403, "forbidden", request.principal.refusal(Capability.UPLOAD))
            else:
                response = view(request, *args, **kwargs)
        except BadHeader as bad:
            response = problem(400, "bad_request", str(bad))
        except Http404:
            response = problem(404, "not_found", _("Upload not found."))
        except NoTarget as gone:
            response = problem(403 if gone.code == "forbidden" else 404, gone.code, str(gone))
        except Refused as refused:
            response = problem_details.of_refusal(refused)
        except storage.Unavailable:
            away = _("File storage is unavailable. The part already uploaded is kept. Try again in a moment.")
            response = problem(503, "storage_unavailable", away)
        response.headers["Tus-Resumable"] = TUS
        return response

    answer.capability = Capability.UPLOAD  # type: ignore[attr-defined]
    return answer


@tus
def create(request: BrandRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _not_allowed("POST")
    metadata = _metadata(request)
    upload = uploads.create(
        brand=request.brand,
        user=principals.person(request.principal),
        filename=metadata.get("filename", ""),
        size=_number(request, "Upload-Length"),
        asset=_target(request, metadata["asset"]) if "asset" in metadata else None,
    )
    response = JsonResponse(_describe(request, upload), status=201)
    response.headers["Location"] = reverse("upload-piece", args=[request.brand.slug, upload.pk])
    response.headers["X-Upload-Piece-Bytes"] = str(settings.UPLOAD_CHUNK_BYTES)
    return _with_offset(response, upload)


@tus
def piece(request: BrandRequest, upload_id: UUID) -> HttpResponseBase:
    """One upload: where it stands, its next piece, or its end."""
    mine = Upload.objects.filter(brand=request.brand, user=request.principal.user)
    upload = get_object_or_404(mine.select_related("version__asset"), pk=upload_id)
    if request.method == "HEAD":
        return _with_offset(HttpResponse(), upload)
    if request.method == "GET":
        return JsonResponse(_describe(request, upload), headers={"Cache-Control": "no-store"})
    if request.method == "PATCH":
        return _append(request, upload)
    if request.method == "DELETE":
        return _cancel(upload)
    return _not_allowed("HEAD", "GET", "PATCH", "DELETE")


@require_safe
@tus
def recent(request: BrandRequest) -> HttpResponseBase:
    """This person's latest uploads to the brand, newest first."""
    mine = Upload.objects.filter(brand=request.brand, user=request.principal.user).select_related(
        "version__asset"
    )
    described = [_describe(request, upload) for upload in mine.order_by("-created_at")[:RECENT]]
    return JsonResponse({"uploads": described}, headers={"Cache-Control": "no-store"})


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


def _append(request: BrandRequest, upload: Upload) -> HttpResponseBase:
    if request.content_type != PIECE_TYPE:
        return problem(
            415,
            "bad_request",
            (_("Send each piece with Content-Type %(piece_type)s.") % {"piece_type": PIECE_TYPE}),
        )
    try:
        uploads.write(
            upload,
            offset=_number(request, "Upload-Offset"),
            piece=cast(Any, request),
            length=_number(request, "Content-Length"),
        )
    except uploads.WrongOffset as wrong:
        response = problem_details.of_refusal(wrong)
        response.headers["Upload-Offset"] = str(wrong.offset)
        return response
    return _with_offset(HttpResponse(status=204), upload)


def _cancel(upload: Upload) -> HttpResponseBase:
    try:
        uploads.cancel(upload)
    except uploads.Closed:
        return problem(410, "closed", _("This upload has already ended."))
    return HttpResponse(status=204)


def _with_offset(response: HttpResponseBase, upload: Upload) -> HttpResponseBase:
    response.headers["Upload-Offset"] = str(upload.received)
    response.headers["Upload-Length"] = str(upload.size)
    response.headers["Cache-Control"] = "no-store"
    return response


def _describe(request: BrandRequest, upload: Upload) -> dict[str, object]:
    """The upload as JSON. Its asset is named while the person may see it."""
    asset = upload.version.asset if upload.version else None
    if asset is not None and not visible_assets(request.principal).filter(pk=asset.pk).exists():
        asset = None
    return {
        "id": str(upload.pk),
        "filename": upload.filename,
        "size": upload.size,
        "received": upload.received,
        "state": upload.state,
        "code": upload.code,
        "reason": failures.shown(uploads.waiting_for(upload, at=timezone.now())),
        "asset": str(asset.pk) if asset else None,
        "version": upload.version.number if asset and upload.version else None,
        "url": reverse("asset", args=[request.brand.slug, asset.pk]) if asset else None,
    }


def _number(request: HttpRequest, header: str) -> int:
    value = request.headers.get(header, "")
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise BadHeader(_("The header %(header)s must be a whole number.") % {"header": header})
    return int(value)


def _target(request: BrandRequest, asset_id: str) -> Asset:
    """The asset that the file is to be the next version of. Raises NoTarget."""
    try:
        return next_versions.target(UUID(asset_id), principal=request.principal)
    except ValueError:
        raise BadHeader(_("The asset in Upload-Metadata must be the id of a clip.")) from None


def _metadata(request: HttpRequest) -> dict[str, str]:
    """What is read of Upload-Metadata, `key <base64>, …`: the file's name, and the asset it belongs to."""
    metadata: dict[str, str] = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _space, value = pair.strip().partition(" ")
        if key in ("filename", "asset"):
            try:
                metadata[key] = base64.b64decode(value.strip(), validate=True).decode()
            except ValueError:
                raise BadHeader(
                    _("The %(key)s in Upload-Metadata must be base64 of UTF-8.") % {"key": key}
                ) from None
    return metadata


def _not_allowed(*methods: str) -> HttpResponseBase:
    response = problem(405, "method_not_allowed", (_("Use %(methods)s.") % {"methods": " or ".join(methods)}))
    response.headers["Allow"] = ", ".join(methods)
    return response
