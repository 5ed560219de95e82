"""What a view of a brand may count on: the request it gets, and the capability it requires."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal


class BrandRequest(HttpRequest):
    """A request below /b/<slug>/, after the middleware has let it through."""

    brand: Brand
    principal: Principal


View = Callable[..., HttpResponseBase]


def for_guests(view: View) -> View:
    """A view that guests may ask for, too. Without this mark the middleware refuses them."""
    view.for_guests = True  # type: ignore[attr-defined]
    return view


def for_closed(view: View) -> View:
    """A view that is there while its brand is closed, for those who can open it again."""
    view.for_closed = True  # type: ignore[attr-defined]
    return view


def requires_installation_admin(view: View) -> View:
    """A view for those who run the installation and not one brand alone; everybody else gets the 403 page."""

    @wraps(view)
    def checked(request: BrandRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.principal.runs_installation:
            raise PermissionDenied(_("Only an installation administrator can open this page."))
        return view(request, *args, **kwargs)

    checked.of_installation = True  # type: ignore[attr-defined]
    return checked


def requires(capability: Capability, *more: Capability) -> Callable[[View], View]:
    """A view for those who have the capability, and `more` of them; everybody else gets the 403 page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: BrandRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            for each in (capability, *more):
                request.principal.require(each)
            return view(request, *args, **kwargs)

        checked.capability = capability  # type: ignore[attr-defined]
        return checked

    return decorate
