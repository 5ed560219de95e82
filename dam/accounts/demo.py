"""The demo brand: what the command makes and the sign-in page lists, where DEMO is on."""

from django.conf import settings
from django.db.models import QuerySet

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership

SLUG = "northwind"
NAME = "Northwind Drinks"
# Everybody knows it, so these accounts are made only where DEMO is on.
PASSWORD = "reelproof-demo"


def members() -> QuerySet[Membership]:
    """The demo brand's people, in the order of their roles; none where DEMO is off."""
    if not settings.DEMO:
        return Membership.objects.none()
    return (
        Membership.objects.filter(brand__slug=SLUG, user__is_active=True)
        .select_related("user", "custom_role")
        .order_by("pk")
    )


def brand() -> Brand | None:
    """The demo brand, told from another at its address by the people that it is made with."""
    made_up = Membership.everyone.filter(user__email=address_of(Role.CREATOR)).values("brand")
    return Brand.objects.filter(pk__in=made_up, slug=SLUG, closed_at=None).first()


def address_of(role: Role) -> str:
    """Of the one made-up person with this role."""
    return f"{role.value}@{SLUG}.example"
