"""Middleware: the brand that an address names, and connections that streaming answers must not keep."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponseBase

from dam.accounts import principals
from dam.web.decorators import BrandRequest, View


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


class CurrentBrandMiddleware:
    """Lets only members through to a URL that names a brand. A stranger can't tell whether it exists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        slug = kwargs.pop("brand_slug", None)
        if slug is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        principal = principals.signed_in(request.user, slug=slug)
        if principal is None:
            raise Http404("There is no such brand, or you are not a member of it.")
        scoped = cast(BrandRequest, request)
        scoped.principal, scoped.brand = principal, principal.brand
        return None
