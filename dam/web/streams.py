"""Answers that take long must not keep a database connection while they last."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponseBase


class ReleaseConnectionMiddleware:
    """Gives the connection back to the pool before a streaming answer begins.

    Django returns it only when the answer ends. A page's event stream ends when the page is closed, so
    a handful of open pages would take the whole pool.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.streaming and not connection.in_atomic_block:
            connection.close()
        return response
