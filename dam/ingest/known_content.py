"""Is a file here already? Asked by its SHA-256 before a byte of it is sent."""

from dataclasses import dataclass
from typing import Literal

from dam.accounts import principals
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


def find(principal: Principal, sha256: str) -> Known | None:
    """Where the principal's brand has this content, or else another brand in which they see it."""
    same = Version.objects.select_related("asset", "brand").filter(sha256=sha256)
    here = same.filter(brand=principal.brand).first()
    if here is None:
        return _elsewhere(principal, sha256)
    if visible_versions(principal).filter(pk=here.pk).exists():
        return Known("library", here)
    # Who sees released work alone learns of no other version, in the trash neither.
    told = (
        shown(principal) == "latest" or Version.objects.filter(pk=here.pk, released_of__isnull=False).exists()
    )
    if told and trashed_assets(principal).filter(pk=here.asset_id).exists():
        return Known("trash", here)
    return Known("hidden", None)


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
