"""Who may see it? The one filter that every list, search, file and API call starts from."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from dam.accounts import capabilities, memberships
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, User
from dam.catalog.models import Approval, Asset, Version


def visible_assets(user: User | AnonymousUser, *, brand: Brand | None = None) -> QuerySet[Asset]:
    """The assets this person may see, of every brand they belong to or of `brand` alone.

    People who make and review see all of it but the trash; viewers see what is released.
    """
    if not user.is_authenticated or not user.is_active:
        return Asset.objects.none()
    working = [role.value for role in capabilities.roles_with(Capability.VIEW_UNRELEASED)]
    looking = [role.value for role in capabilities.roles_with(Capability.VIEW)]
    mine = Q(brand__memberships__user_id=user.pk)
    works_there = Q(brand__memberships__role__in=working)
    released = Q(current__approval=Approval.APPROVED)
    assets = Asset.objects.filter(mine & (works_there | (Q(brand__memberships__role__in=looking) & released)))
    if brand is not None:
        assets = assets.filter(brand=brand)
    return assets.filter(trashed_at=None, current__isnull=False)


def trashed_assets(user: User | AnonymousUser, *, brand: Brand) -> QuerySet[Asset]:
    """What lies in the trash, for those who may put it there."""
    if not user.is_authenticated or not user.is_active:
        return Asset.objects.none()
    keepers = [role.value for role in capabilities.roles_with(Capability.TRASH)]
    return Asset.objects.filter(
        brand=brand,
        brand__memberships__user_id=user.pk,
        brand__memberships__role__in=keepers,
        trashed_at__isnull=False,
    )


def visible_versions(user: User | AnonymousUser, *, brand: Brand) -> QuerySet[Version]:
    """Versions of visible assets; a viewer gets only the approved ones among them."""
    versions = Version.objects.filter(asset__in=visible_assets(user, brand=brand))
    if memberships.can(user, Capability.VIEW_UNRELEASED, brand):
        return versions
    return versions.filter(approval=Approval.APPROVED)
