"""The frame around every page: the brand, the brands to switch to, what the role may do."""

from typing import Any, cast

from django.http import HttpRequest

from dam.accounts import capabilities
from dam.accounts.models import Brand
from dam.web.decorators import BrandRequest


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
