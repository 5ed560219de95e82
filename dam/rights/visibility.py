"""Who may see it? The one filter that every list, search, file and API call starts from."""

from django.db.models import QuerySet

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Asset, Version


def visible_assets(principal: Principal) -> QuerySet[Asset]:
    """The assets of its brand that the principal may see.

    Those who make and review see all of it but the trash; the others see what is released.
    """
    assets = Asset.objects.filter(brand=principal.brand, trashed_at=None, latest__isnull=False)
    if principal.can(Capability.VIEW_UNRELEASED):
        return assets
    if principal.can(Capability.VIEW):
        return assets.filter(released__isnull=False)
    return Asset.objects.none()


def trashed_assets(principal: Principal) -> QuerySet[Asset]:
    """What lies in the trash, for those who may put it there."""
    if not principal.can(Capability.TRASH):
        return Asset.objects.none()
    return Asset.objects.filter(brand=principal.brand, trashed_at__isnull=False)


def visible_versions(principal: Principal) -> QuerySet[Version]:
    """Versions of visible assets; those who see only what is released get the released one of each."""
    versions = Version.objects.filter(asset__in=visible_assets(principal))
    if principal.can(Capability.VIEW_UNRELEASED):
        return versions
    return versions.filter(released_of__isnull=False)
