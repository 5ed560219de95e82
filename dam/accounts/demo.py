"""The demo brand: what the command makes and the sign-in page lists, where DEMO is on."""

from django.conf import settings
from django.db.models import QuerySet

from dam.accounts.models import Membership

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
        .select_related("user")
        .order_by("pk")
    )
