"""Error pages: what happened, and how to go on. Never a trace, never a name that leaks."""

from collections.abc import Callable
from functools import wraps

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from dam.core.errors import Refused
from dam.web import problem_details

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


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """What a view let through: the sentence, and the way back."""
    status = problem_details.status_of(refusal)
    return render(request, "refused.html", {"refusal": refusal, "status": int(status)}, status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: what failed, the database say, would fail the page's context too.
    return HttpResponse(loader.get_template("500.html").render(), status=500)
