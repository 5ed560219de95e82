"""Groups of people in a brand, and who is in one now."""

from django.db.models import QuerySet

from dam.accounts.models import Brand, Group, User
from dam.core import sorting


def of_brand(brand: Brand) -> QuerySet[Group]:
    return Group.objects.filter(brand=brand).order_by(sorting.alphabetical("name"), "pk")


def members_of(group: Group) -> QuerySet[User]:
    """Its people who are in the brand now: not those who were deactivated, or whose account is closed."""
    return (
        User.objects.filter(
            people_groups=group,
            is_active=True,
            memberships__brand=group.brand_id,
            memberships__deactivated_at=None,
        )
        .order_by(sorting.alphabetical("name"), "pk")
        .distinct()
    )
