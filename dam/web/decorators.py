"""What a view of a brand may count on: the request it gets, and the capability it requires."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from dam.accounts import capabilities
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, User


class BrandRequest(HttpRequest):
    """A request below /b/<slug>/, after the middleware has let it through."""

    brand: Brand
    role: Role
    user: User


View = Callable[..., HttpResponseBase]


def requires(capability: Capability) -> Callable[[View], View]:
    """A view for those whose role includes the capability; everybody else gets the 403 page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: BrandRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check(request, capability)
            return view(request, *args, **kwargs)

        checked.capability = capability  # type: ignore[attr-defined]
        return checked

    return decorate


def check(request: BrandRequest, capability: Capability) -> None:
    if not may(request, capability):
        raise PermissionDenied(
            f"Your role in {request.brand} ({request.role.replace('_', ' ')}) does not include this."
        )


def may(request: BrandRequest, capability: Capability) -> bool:
    return capabilities.granted(request.role, capability)
