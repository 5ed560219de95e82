"""Who may see it? The one filter that every list, search, file and API call starts from."""

from typing import Literal

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Guest, Principal
from dam.catalog.models import Asset, Version
from dam.rights.models import InheritedTerms, RightsRecord


def shown(principal: Principal) -> Literal["latest", "released"]:
    """Which version of an asset the principal is shown, as the field of Asset that points at it.

    Those who make and review see the newest; the others see what is released, and learn of nothing newer.
    """
    return "latest" if principal.can(Capability.VIEW_UNRELEASED) else "released"


def visible_assets(principal: Principal) -> QuerySet[Asset]:
    """The assets of its brand of which the principal is shown a version; nothing that is in the trash.

    For a guest they are among those that the link opens. Those who see what is released alone learn nothing
    of a clip before its embargo ends. One whose clearance has ended they go on seeing, with a warning: who
    holds its file must be able to find out.
    """
    if not principal.can(Capability.VIEW):
        return Asset.objects.none()
    there = {f"{shown(principal)}__isnull": False}
    assets = Asset.objects.filter(brand=principal.brand, trashed_at=None, **there)
    if shown(principal) == "released":
        # Asked of each clip: a list of them all would be made for every page, and read through when long.
        embargoed = RightsRecord.objects.filter(
            version=OuterRef("released"), embargo_until__gt=timezone.now()
        )
        # Nor of one that something under embargo is in.
        from_embargoed = InheritedTerms.objects.filter(
            version=OuterRef("released"), embargo_until__gt=timezone.now()
        )
        assets = assets.filter(~Exists(embargoed), ~Exists(from_embargoed))
    return assets.filter(share_links=principal.link_id) if isinstance(principal, Guest) else assets


def trashed_assets(principal: Principal) -> QuerySet[Asset]:
    """What lies in the trash, for those who may put it there: all of it, or what they made themselves."""
    there = {f"{shown(principal)}__isnull": False}
    trashed = Asset.objects.filter(brand=principal.brand, trashed_at__isnull=False, **there)
    if principal.can(Capability.TRASH):
        return trashed
    return trashed.filter(created_by=principal.user) if principal.can(Capability.DISCARD) else trashed.none()


def to_hold(principal: Principal) -> QuerySet[Asset]:
    """What they may put under legal hold: what they see, and what lies in the trash they would see there."""
    if not principal.can(Capability.HOLD):
        return Asset.objects.none()
    if shown(principal) == "released":
        return visible_assets(principal)
    return Asset.objects.filter(brand=principal.brand, latest__isnull=False)


def trashed_versions(principal: Principal) -> QuerySet[Version]:
    """The versions that the trash shows, of which there are pictures and no more."""
    return Version.objects.filter(**{f"{shown(principal)}_of__in": trashed_assets(principal)})


def visible_versions(principal: Principal) -> QuerySet[Version]:
    """Versions of visible assets: every one, or for those who see only what is released that one."""
    versions = Version.objects.filter(asset__in=visible_assets(principal))
    return versions if shown(principal) == "latest" else versions.filter(released_of__isnull=False)
