"""Middleware: each request in the language and the time zone of who reads the answer."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from dam.accounts import languages, times
from dam.accounts.models import Brand, User
from dam.accounts.principals import Token
from dam.web.decorators import View

TIME_ZONE_COOKIE = "time_zone"  # zone.js writes it


class LocalisationMiddleware:
    """Language and zone: the person's own, else the brand's, else the browser's, else the installation's.

    It stands behind sign-in, so that every page of an error is in the person's language too; the brand is
    known when the view is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            _activate(request, None)
            response = self.get_response(request)
            if response.headers.get("Content-Type", "").startswith("text/html"):
                response.headers.setdefault("Content-Language", translation.get_language() or "en")
                patch_vary_headers(response, ("Accept-Language",))
            return response
        finally:
            translation.deactivate()
            timezone.deactivate()

    def process_view(self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]) -> None:
        brand: Brand | None = getattr(request, "brand", None)
        if brand is not None:
            _activate(request, brand)


def _activate(request: HttpRequest, brand: Brand | None) -> None:
    user = _person(request)
    asks = request.headers.get("Accept-Language", "")
    # A program reads what it asks for, and English otherwise, whatever the people of the brand speak.
    by_program = isinstance(getattr(request, "principal", None), Token)
    language = languages.language_of(user, None if by_program else brand, browser=asks)
    translation.activate(language)
    timezone.activate(times.zone_of(user, brand, browser=browser_zone(request)))


def browser_zone(request: HttpRequest) -> str:
    return unquote(request.COOKIES.get(TIME_ZONE_COOKIE, ""))[:64]


def browser_place(request: HttpRequest) -> ZoneInfo | None:
    """Where the browser is, whatever zone the pages are in."""
    name = browser_zone(request)
    return ZoneInfo(name) if name and times.known(name) else None


def _person(request: HttpRequest) -> User | None:
    user: User | AnonymousUser | None = getattr(request, "user", None)
    return user if isinstance(user, User) else None
