"""Is a file here already? Asked by its SHA-256 before a byte of it is sent."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Membership
from dam.accounts.principals import Member, Principal
from dam.catalog.models import Version
from dam.rights.visibility import shown, trashed_assets, visible_versions

# Of the brands in which a person has the same file as many are looked at.
OTHERS = 3


@dataclass(frozen=True)
class Known:
    """Where the same bytes are: `version` for who may learn of it, None in what they are not shown.

    In "brand" they are in another one, and may be added to this one too; elsewhere they will not be taken.
    """

    place: Literal["library", "trash", "hidden", "brand"]
    version: Version | None


def find(principal: Principal, sha256: str, *, asset_id: UUID | None = None) -> Known | None:
    """Where the principal's brand has this content, or else another brand in which they see it.

    Of several clips that have it, the one of `asset_id` is named before others, the newest first.
    """
    here = Version.objects.filter(brand=principal.brand, sha256=sha256)
    if not here.exists():
        return _elsewhere(principal, sha256)
    here = here.select_related("asset", "brand").order_by("-created_at", "-pk")
    seen = here.filter(pk__in=visible_versions(principal))
    found = seen.filter(asset=asset_id).first() or seen.first()
    if found is not None:
        return Known("library", found)
    # Who sees released work alone learns of no other version, in the trash neither.
    told = here if shown(principal) == "latest" else here.filter(released_of__isnull=False)
    trashed = told.filter(asset__in=trashed_assets(principal)).first()
    return Known("trash", trashed) if trashed else Known("hidden", None)


def offers(known: Known, *, principal: Principal) -> frozenset[Literal["version", "collect", "restore"]]:
    """What the principal may do with it here, besides opening it."""
    can = principal.can
    if known.place == "trash":
        return frozenset({"restore"})  # who sees it there may take it out
    if known.place != "library":
        return frozenset()
    may: set[Literal["version", "collect", "restore"]] = set()
    if can(Capability.UPLOAD) and can(Capability.EDIT):
        may.add("version")
    if can(Capability.COLLECT):
        may.add("collect")
    return frozenset(may)


def _elsewhere(principal: Principal, sha256: str) -> Known | None:
    """A token speaks for one brand and learns of no other, nor does who hasn't shown a second step there."""
    if not isinstance(principal, Member):
        return None
    theirs = Membership.objects.filter(user=principal.user, brand__requires_second_factor=False)
    same = Version.objects.select_related("asset", "brand").filter(
        sha256=sha256, brand__in=theirs.values("brand")
    )
    for version in same.order_by("pk")[:OTHERS]:
        there = principals.member(principal.user, version.brand)
        if there is not None and visible_versions(there).filter(pk=version.pk).exists():
            return Known("brand", version)
    return None
