"""What tus 1.0 (docs/uploads.md) says in headers: the version, what the server can do, what clients tell."""

import base64
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.core import numbers, storage
from dam.core.errors import Refused
from dam.ingest import checksums
from dam.ingest.checksums import Checksum
from dam.ingest.models import PARTIAL
from dam.ingest.next_versions import NoTarget
from dam.web import problem_details
from dam.web.decorators import BrandRequest
from dam.web.problem_details import problem

VERSION = "1.0.0"
EXTENSIONS = (
    "creation",
    "creation-with-upload",
    "creation-defer-length",
    "concatenation",
    "expiration",
    "checksum",
    "termination",
)
PIECE_TYPE = "application/offset+octet-stream"
SHA256 = re.compile("[0-9a-f]{64}")
METADATA_LONGEST = 4096  # characters
CONCAT_LONGEST = 32 * 1024
View = Callable[..., HttpResponseBase]


class BadHeader(Exception):
    """A header is missing or can't be read; the message says which."""


class TusMiddleware:
    """Every answer at an address of the protocol names its version, whoever answers there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and getattr(match.func, "for_programs", False):
            response.headers["Tus-Resumable"] = VERSION
        return response


def tus(view: View) -> View:
    """A view that speaks tus: for those who may upload, with problems as JSON.

    A request without Tus-Resumable is taken as one of this version: older programs send none.
    """

    @wraps(view)
    def answer(request: BrandRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.principal.can(Capability.UPLOAD):
            return problem(403, "forbidden", request.principal.refusal(Capability.UPLOAD))
        if method_of(request) == "OPTIONS":
            return _what_there_is()
        if request.headers.get("Tus-Resumable", VERSION) != VERSION:
            return _another_version()
        try:
            return view(request, *args, **kwargs)
        except BadHeader as bad:
            return problem(400, "bad_request", str(bad))
        except Http404:
            return problem(404, "not_found", _("Upload not found."))
        except NoTarget as gone:
            return problem(403 if gone.code == "forbidden" else 404, gone.code, str(gone))
        except Refused as refused:
            return problem_details.of_refusal(refused)
        except storage.Unavailable:
            away = _("File storage is unavailable. The part already uploaded is kept. Try again in a moment.")
            return problem(503, "storage_unavailable", away)

    answer.capability = Capability.UPLOAD  # type: ignore[attr-defined]
    answer.for_programs = True  # type: ignore[attr-defined]
    return answer


def method_of(request: HttpRequest) -> str:
    """What is asked for. Some networks let only POST through; a GET never changes anything."""
    if request.method == "POST":
        return request.headers.get("X-HTTP-Method-Override", "").upper() or "POST"
    return request.method or ""


def not_allowed(*methods: str) -> HttpResponseBase:
    response = problem(405, "method_not_allowed", (_("Use %(methods)s.") % {"methods": " or ".join(methods)}))
    response.headers["Allow"] = ", ".join(methods)
    return response


def number_in(request: HttpRequest, header: str) -> int:
    value = numbers.read(request.headers.get(header, ""))
    if value is None:
        raise BadHeader(_("The header %(header)s must be a whole number.") % {"header": header})
    return value


def size_in(request: HttpRequest) -> int | None:
    """The length that an announcement tells; None where it is told later."""
    deferred = request.headers.get("Upload-Defer-Length")
    if deferred is None:
        return number_in(request, "Upload-Length")
    if deferred != "1" or "Upload-Length" in request.headers:
        raise BadHeader(_("Upload-Defer-Length must be 1, without Upload-Length."))
    return None


def parts_in(request: HttpRequest) -> list[UUID] | None:
    """The uploads that Upload-Concat names as parts of a whole; None for what is no whole of parts."""
    value = request.headers.get("Upload-Concat", PARTIAL)
    if value == PARTIAL:
        return None
    kind, _semicolon, addresses = value.partition(";")
    try:
        found = [resolve(urlsplit(address).path) for address in addresses.split()]
        if kind != "final" or len(value) > CONCAT_LONGEST or not value.isprintable():
            raise ValueError
        if any(each.url_name != "upload-piece" for each in found):
            raise ValueError
    except (ValueError, Resolver404):
        raise BadHeader(_("Upload-Concat must be “partial”, or “final;” and addresses of uploads.")) from None
    return [each.kwargs["upload_id"] for each in found]


def raw_metadata(request: HttpRequest) -> str:
    """Upload-Metadata as it came: what the answers to HEAD repeat."""
    value = request.headers.get("Upload-Metadata", "")
    if len(value) > METADATA_LONGEST or not (value.isascii() and value.isprintable()):
        raise BadHeader(
            _("Upload-Metadata can be at most %(most)s characters of ASCII.") % {"most": METADATA_LONGEST}
        )
    return value


def metadata(raw: str) -> dict[str, str]:
    """What is read of Upload-Metadata, `key <base64>, …`: the file's name, asset, SHA-256 (hex) and note."""
    found: dict[str, str] = {}
    for pair in raw.split(","):
        key, _space, value = pair.strip().partition(" ")
        if key in ("filename", "name", "asset", "sha256", "note"):
            try:
                found[key] = base64.b64decode(value.strip(), validate=True).decode()
            except ValueError:
                raise BadHeader(
                    _("The %(key)s in Upload-Metadata must be base64 of UTF-8.") % {"key": key}
                ) from None
    if "sha256" in found:
        found["sha256"] = found["sha256"].lower()
        if SHA256.fullmatch(found["sha256"]) is None:
            raise BadHeader(_("The sha256 in Upload-Metadata must be 64 hexadecimal digits."))
    return found


def checksum(request: HttpRequest) -> Checksum | None:
    """What the piece's bytes must come to, by Upload-Checksum; None where nothing is said."""
    value = request.headers.get("Upload-Checksum")
    if value is None:
        return None
    algorithm, _space, digest = value.partition(" ")
    try:
        return Checksum(algorithm, base64.b64decode(digest, validate=True))
    except ValueError:
        raise BadHeader(
            _("Upload-Checksum must be one of %(algorithms)s, a space and base64.")
            % {"algorithms": ", ".join(checksums.ALGORITHMS)}
        ) from None


def _what_there_is() -> HttpResponseBase:
    return HttpResponse(
        status=204,
        headers={
            "Tus-Version": VERSION,
            "Tus-Extension": ",".join(EXTENSIONS),
            "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
            "Tus-Checksum-Algorithm": ",".join(checksums.ALGORITHMS),
        },
    )


def _another_version() -> HttpResponseBase:
    words = _("This server speaks version %(version)s of tus.") % {"version": VERSION}
    response = problem(412, "unsupported_version", words)
    response.headers["Tus-Version"] = VERSION
    return response
