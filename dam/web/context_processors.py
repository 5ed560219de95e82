"""The frame around every page: the brand, the brands to switch to, what one may do."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from dam.accounts import roles
from dam.accounts.models import Brand
from dam.accounts.principals import Guest, Principal
from dam.core import sorting
from dam.web.administration import sections


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template context of the rail and the top bar: brand, brands to switch to, who asks, what one may do."""
    principal: Principal | None = getattr(request, "principal", None)
    if principal is None:
        return {"brand": None, "may": {}}
    return {
        "brand": principal.brand,
        "principal": principal,
        "role_name": roles.name(principal.role) if principal.role else "",
        "framed": not isinstance(principal, Guest),  # what a guest sees has no rail and no top bar
        # {{ may.generate }}: one boolean for each capability
        "may": {capability.value: True for capability in principal.capabilities},
        "brands": _brands(principal),
        "administration": sections.shown_to(principal),
    }


def _brands(principal: Principal) -> Iterable[Brand]:
    if principal.kind != "member":
        return (principal.brand,)
    return Brand.objects.filter(memberships__user=principal.user, closed_at=None).order_by(
        sorting.alphabetical("name"), "pk"
    )
