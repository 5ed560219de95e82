"""While nobody is here yet, every page is the one that says where the link to set up is."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from dam.accounts import setup
from dam.web.setup import steps

# For machines, which ask before there is anybody.
OPEN = frozenset({"healthz", "livez", "readyz", "metrics"})


class SetupMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        name = request.resolver_match.url_name if request.resolver_match else ""
        if not setup.is_needed() or name in OPEN or (name or "").startswith("setup"):
            return None
        if setup.is_held_by(request.session.get(steps.SESSION, "")):
            return redirect("setup")
        return steps.closed(request)
