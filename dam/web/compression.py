"""Pages are sent compressed: a library page is an eighth of its size."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = ("text/html", "text/css", "application/json", "application/problem+json")


class CompressPagesMiddleware(GZipMiddleware):
    """Django's, for pages alone: event streams and the ranges of files go as they are.

    What a page's compressed length could tell of its secrets is hidden twice: the token of its forms is
    masked anew in each answer, and Django adds random bytes to each (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in COMPRESSED:
            return response
        return super().process_response(request, response)
