"""What requests carry, before any view reads it: text that the database can hold.

Two classes, for a form is read only once it is known who sends it.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict

from dam.core import text
from dam.web.decorators import View

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class StorableAddressMiddleware:
    """Addresses, headers and cookies. First of all: the session's key is a cookie."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for name, value in request.META.items():
            if isinstance(value, str) and name.startswith("HTTP_"):
                request.META[name] = text.storable(value)
        request.COOKIES = {name: text.storable(value) for name, value in request.COOKIES.items()}
        request.GET = _storable(request.GET)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if not all(text.is_storable(value) for value in kwargs.values() if isinstance(value, str)):
            raise Http404("No address has such a character.")
        return None


class StorableFormMiddleware:
    """Forms. After the check against forgery, which has read them already where there is one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if request.method == "POST":
            request.POST = _storable(request.POST)
        return None


def _storable(parameters: QueryDict) -> Any:
    if all(text.is_storable(each) for name, many in parameters.lists() for each in (name, *many)):
        return parameters
    clean = QueryDict(mutable=True)
    for name, many in parameters.lists():
        clean.setlist(text.storable(name), [text.storable(each) for each in many])
    clean._mutable = False
    return clean
