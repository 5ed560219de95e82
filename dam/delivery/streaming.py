"""Sending stored files: whole or in part, in constant memory, with headers that keep them inert.

What a page shows comes from our own address, as its content security policy wants. A large download may come
from the store itself, by an address that lives for a minute (S3_PUBLIC_URL). Where nginx stands in front and
reads the storage folder, it sends what was allowed here (ACCEL_REDIRECT).
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from urllib.parse import quote

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header

from dam.core import database, storage
from dam.delivery import ranges
from dam.delivery.ranges import NotSatisfiable, Span
from dam.ingest import filenames

BLOCK = 256 * 1024
LARGE = 16 * 1024 * 1024  # below, the way over the store is not worth it
ADDRESS_SECONDS = 60  # to begin a download in; one that has begun goes on
# A file from outside that a browser opens by itself may run nothing and load nothing.
INERT = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"


def respond(
    request: HttpRequest, *, key: str, sha256: str, size: int, content_type: str, save_as: str = ""
) -> HttpResponseBase:
    """The stored file, or the range asked for. `save_as` names a download; without it the page shows it.

    Raises FileNotFoundError when storage has lost the file.
    """
    etag = f'"{sha256}"'
    if ranges.matches(request.headers.get("If-None-Match", ""), etag=etag):
        return _with_headers(HttpResponse(status=304), etag=etag, content_type="", save_as="")
    database.release()  # a store that hangs takes no page along that needs none of its files
    try:
        if (place := _handed_over(key)) is not None:
            handed = HttpResponse(headers={"X-Accel-Redirect": place})
            return _with_headers(handed, etag=etag, content_type=content_type, save_as=save_as)
    except storage.Unavailable:
        return _unavailable()
    span = None
    try:
        if ranges.applies(request.headers.get("If-Range", ""), etag=etag):
            span = ranges.parse(request.headers.get("Range", ""), size=size)
    except NotSatisfiable:
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return _with_headers(refused, etag=etag, content_type="text/plain", save_as="")
    status = 206 if span else 200
    whole = span or Span(0, size, size)
    response: HttpResponseBase
    try:
        if request.method == "HEAD":
            response = HttpResponse(status=status)
        elif save_as and size >= LARGE and (address := _address(key, content_type, save_as)):
            return HttpResponseRedirect(address, headers={"Cache-Control": "private, no-store"})
        else:
            response = StreamingHttpResponse(_read(key, whole), status=status)
    except storage.Unavailable:
        return _unavailable()
    response.headers["Content-Length"] = str(whole.length)
    if span:
        response.headers["Content-Range"] = span.header
    return _with_headers(response, etag=etag, content_type=content_type, save_as=save_as)


def made(request: HttpRequest, content: bytes, *, content_type: str, save_as: str = "") -> HttpResponseBase:
    """A small file that is made for this answer, under the same headers as a stored one."""
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    if ranges.matches(request.headers.get("If-None-Match", ""), etag=etag):
        response = HttpResponse(status=304)
        content_type = ""
    else:
        response = HttpResponse(content)
    answer = _with_headers(response, etag=etag, content_type=content_type, save_as=save_as)
    answer.headers["Accept-Ranges"] = "none"
    return answer


def sends(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the answer gives any of the file, or the address to fetch it from, whatever was asked for."""
    return request.method == "GET" and response.status_code in (200, 206, 302)


def _with_headers(
    response: HttpResponseBase, *, etag: str, content_type: str, save_as: str
) -> HttpResponseBase:
    if content_type:
        response.headers["Content-Type"] = content_type
    else:
        del response.headers["Content-Type"]
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    # Asked again each time: what was allowed a minute ago may not be now.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = INERT
    response.headers["X-Content-Type-Options"] = "nosniff"
    if save_as:
        response.headers["Content-Disposition"] = _disposition(save_as)
    return response


def _disposition(save_as: str) -> str:
    return content_disposition_header(True, filenames.for_disk(save_as)) or "attachment"


def _handed_over(key: str) -> str | None:
    """Where nginx finds the file, which then looks at ranges and at what the browser holds by itself.

    None where it is not nginx that sends it.
    """
    if not settings.ACCEL_REDIRECT or (path := storage.path(key)) is None:
        return None
    if not storage.exists(key):  # nginx would answer for us, in its own words
        raise FileNotFoundError(f"{key} is not in storage.")
    return f"{settings.ACCEL_REDIRECT}{quote(path)}"


def _unavailable() -> HttpResponse:
    away = "File storage is unavailable. Try again in a moment.\n"
    return HttpResponse(
        away, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "10"}
    )


def _address(key: str, content_type: str, save_as: str) -> str | None:
    """Where the store itself gives the file; None where it does not, and we do."""
    address = storage.url(
        key, disposition=_disposition(save_as), content_type=content_type, seconds=ADDRESS_SECONDS
    )
    if address and not storage.exists(key):  # an address is made without looking
        raise FileNotFoundError(f"{key} is not in storage.")
    return address


def _read(key: str, span: Span) -> AsyncIterator[bytes]:
    # Here, so that a lost file is an error and not a broken answer.
    file = storage.open_file(key, start=span.start, stop=span.stop)

    async def blocks() -> AsyncIterator[bytes]:
        rest = span.length
        try:
            while rest:
                block = await asyncio.to_thread(file.read, min(BLOCK, rest))
                if not block:
                    return
                rest -= len(block)
                yield block
        finally:
            file.close()

    return blocks()
