"""Error pages: what happened, and how to go on. Never a trace, never a name that leaks."""

import sys
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template import loader

from dam.core import log_context, outages
from dam.core.errors import Refused
from dam.web import problem_details

RETRY_AFTER = "10"  # seconds

Handler = Callable[[HttpRequest, Exception], HttpResponse]


def _gives_back_its_connection(handler: Handler) -> Handler:
    """Django renders error pages in a thread of their own, where nothing closes what they opened.

    Without this each of those threads keeps a connection of the pool for good, and a few wrong addresses
    take all of them.
    """

    @wraps(handler)
    def wrapped(request: HttpRequest, exception: Exception) -> HttpResponse:
        try:
            return handler(request, exception)
        finally:
            if not connection.in_atomic_block:
                connection.close()

    return wrapped


@_gives_back_its_connection
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


@_gives_back_its_connection
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception)}, status=403)


@_gives_back_its_connection
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def wrong_method(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    """To a browser that opens an address which only takes forms; `response` is Django's, without a word."""
    page = render(request, "405.html", status=405)
    page.headers["Allow"] = response.headers["Allow"]
    return page


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """What a view let through: the sentence, and the way back."""
    status = problem_details.status_of(refusal)
    return render(request, "refused.html", {"refusal": refusal, "status": int(status)}, status=status)


def alone(template: str, **context: object) -> str:
    """A page made without the request, which isn't read yet, or whose context would fail as it did."""
    return loader.render_to_string(template, {"frame": "alone.html", **context})


def server_error(request: HttpRequest) -> HttpResponse:
    """Something that nobody foresaw; or the database, say, was away, which programs may wait for."""
    problem = sys.exc_info()[1]
    away = problem is not None and outages.describe(problem) is not None
    status = HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.INTERNAL_SERVER_ERROR
    page = alone("500.html", status=int(status), away=away, request_id=log_context.request_id())
    return HttpResponse(page, status=status, headers={"Retry-After": RETRY_AFTER} if away else {})
