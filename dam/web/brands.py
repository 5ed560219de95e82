"""The brand a request is about, and the frame around every page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from dam.accounts import capabilities
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, Membership, User


class BrandRequest(HttpRequest):
    """A request below /b/<slug>/, after the middleware has let it through."""

    brand: Brand
    role: Role
    user: User


View = Callable[..., HttpResponseBase]


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
        membership = (
            Membership.objects.select_related("brand")
            .filter(user_id=request.user.pk, brand__slug=slug)
            .first()
        )
        if membership is None:
            raise Http404("There is no such brand, or you are not a member of it.")
        scoped = cast(BrandRequest, request)
        scoped.brand = membership.brand
        scoped.role = Role(membership.role)
        return None


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


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template context of the rail and the top bar: brand, brands to switch to, what the role may do."""
    brand = getattr(request, "brand", None)
    if brand is None or not request.user.is_authenticated:
        return {"brand": None, "may": {}}
    role = cast(BrandRequest, request).role
    return {
        "brand": brand,
        "role": role,
        # {{ may.generate }}: one boolean for each capability
        "may": {capability.value: True for capability in capabilities.GRANTS[role]},
        "brands": Brand.objects.filter(memberships__user_id=request.user.pk).order_by("name"),
    }
