"""What this person may do in this brand: the database half of capabilities.py."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from dam.accounts import capabilities
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, Membership, User


def role_of(user: User | AnonymousUser, brand: Brand) -> Role | None:
    """The person's role in the brand, or None for a stranger."""
    if not user.is_authenticated or not user.is_active:
        return None
    role = Membership.objects.filter(user_id=user.pk, brand=brand).values_list("role", flat=True).first()
    return Role(role) if role else None


def can(user: User | AnonymousUser, capability: Capability, brand: Brand) -> bool:
    role = role_of(user, brand)
    return role is not None and capabilities.granted(role, capability)


def require(user: User | AnonymousUser, capability: Capability, brand: Brand) -> None:
    """Raise PermissionDenied, with a sentence for the page, unless the person may."""
    if not can(user, capability, brand):
        raise PermissionDenied(f"Your role in {brand} does not include: {capability.replace('_', ' ')}.")
