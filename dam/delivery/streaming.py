"""Sending stored files: whole or in part, in constant memory, with headers that keep them inert."""

import asyncio
from collections.abc import AsyncIterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from dam.core import storage
from dam.delivery import ranges
from dam.delivery.ranges import NotSatisfiable, Span

BLOCK = 256 * 1024
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
    if request.method == "HEAD":
        response = HttpResponse(status=status)
    else:
        response = StreamingHttpResponse(_read(key, whole), status=status)
    response.headers["Content-Length"] = str(whole.length)
    if span:
        response.headers["Content-Range"] = span.header
    return _with_headers(response, etag=etag, content_type=content_type, save_as=save_as)


def begins(request: HttpRequest) -> bool:
    """Whether this request fetches the file from its first byte: once for each download."""
    asked = request.headers.get("Range", "")
    return request.method == "GET" and (not asked or asked.strip().startswith("bytes=0-"))


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
        response.headers["Content-Disposition"] = content_disposition_header(True, save_as) or "attachment"
    return response


def _read(key: str, span: Span) -> AsyncIterator[bytes]:
    file = storage.open_file(key)  # here, so that a lost file is an error and not a broken answer

    async def blocks() -> AsyncIterator[bytes]:
        rest = span.length
        try:
            await asyncio.to_thread(file.seek, span.start)
            while rest:
                block = await asyncio.to_thread(file.read, min(BLOCK, rest))
                if not block:
                    return
                rest -= len(block)
                yield block
        finally:
            file.close()

    return blocks()
