"""Each request has an id: taken from a proxy or made here, told in the answer, in every line of the log."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from dam.core import log_context, metrics

log = logging.getLogger(__name__)
HEADER = "X-Request-ID"


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with log_context.about(request_id=log_context.given_or_new(request.headers.get(HEADER, ""))):
            response = self.get_response(request)
            response.headers[HEADER] = log_context.request_id()
            _note(request, response, time.perf_counter() - began)
        return response


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """The address by its name alone: what people look for stands in it otherwise."""
    match = request.resolver_match
    route = (match.url_name or "unnamed") if match else "none"
    method = request.method if request.method in METHODS else "other"
    metrics.request_answered(method=method or "", route=route, status=response.status_code, seconds=seconds)
    facts = {"method": method, "route": route, "status": response.status_code, "ms": round(seconds * 1000, 1)}
    log.info("Answered %s to %s %s.", response.status_code, method, route, extra={"fields": facts})


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
