"""The parts of an upload that a browser sends straight to the bucket (docs/uploads.md)."""

import base64
import binascii
from uuid import UUID

from django.http import HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from dam.core import numbers
from dam.core.storage import PART_BYTES
from dam.ingest import direct
from dam.ingest.models import Upload
from dam.media.errors import FileRefused
from dam.media.sniffer import HEAD_BYTES
from dam.web.decorators import BrandRequest
from dam.web.tus import BadHeader, method_of, not_allowed, tus
from dam.web.uploads import own_upload

SHA256_BYTES = 32
NUMBER_DIGITS = 5  # there are 10,000 parts at most
NO_STORE = {"Cache-Control": "no-store"}


@tus
def parts(request: BrandRequest, upload_id: UUID) -> HttpResponseBase:
    """Which parts lie in the bucket, or where one is to be put."""
    upload = own_upload(request, upload_id)
    method = method_of(request)
    if method == "GET":
        return _standing(upload)
    if method == "POST":
        return _address(request, upload)
    return not_allowed("GET", "POST", "OPTIONS")


def _standing(upload: Upload) -> HttpResponseBase:
    try:
        standing = direct.look(upload)
    except FileRefused:  # it is over, which its state tells
        standing = direct.Standing(until=0, also=())
        upload.refresh_from_db(fields=["state", "parts"])
    told = {
        "state": upload.state,
        "part_bytes": PART_BYTES,
        "begun": direct.is_begun(upload),
        "until": standing.until,
        "also": standing.also,
    }
    return JsonResponse(told, headers=NO_STORE)


def _address(request: BrandRequest, upload: Upload) -> HttpResponseBase:
    number = numbers.read(request.POST.get("number", ""), digits=NUMBER_DIGITS)
    if number is None:
        raise BadHeader(_("Say in “number” which part you want to send, from 1 on."))
    sha256 = request.POST.get("sha256", "")
    if sha256 and len(_decoded(sha256, "sha256", longest=SHA256_BYTES)) != SHA256_BYTES:
        raise BadHeader(_("The SHA-256 of a part must be base64 of 32 bytes."))
    head = _decoded(request.POST["head"], "head", longest=HEAD_BYTES) if "head" in request.POST else None
    place = direct.address(upload, number=number, sha256=sha256, head=head)
    told = {"url": place.url, "headers": place.headers, "seconds": direct.ADDRESS_SECONDS}
    return JsonResponse(told, headers=NO_STORE)


def _decoded(value: str, name: str, *, longest: int) -> bytes:
    try:
        found = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        found = None
    if found is None or len(found) > longest:
        raise BadHeader(
            _("“%(name)s” must be base64 of %(longest)s bytes at most.") % {"name": name, "longest": longest}
        )
    return found
