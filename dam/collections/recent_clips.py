"""The clips that a person opened lately in a brand: the newest MOST, for themselves alone."""

from datetime import datetime

from django.db.models import QuerySet

from dam.accounts.models import Brand, User
from dam.accounts.principals import Member, Principal
from dam.catalog.models import Asset
from dam.collections.models import RecentClip
from dam.rights import visibility

MOST = 50


def note(asset: Asset, *, by: Principal, at: datetime) -> None:
    """A person opened the clip's page. What programs and guests look at isn't kept."""
    if not isinstance(by, Member):
        return
    theirs = RecentClip.objects.filter(user=by.user, brand=by.brand).order_by("-at", "-pk")
    kept = list(theirs.values_list("pk", "asset_id")[: MOST + 1])
    if kept and kept[0][1] == asset.pk:
        return  # another tab of the same page
    row = RecentClip(user=by.user, brand=by.brand, asset=asset, at=at)
    RecentClip.objects.bulk_create(
        [row], update_conflicts=True, update_fields=["at"], unique_fields=["user", "asset"]
    )
    others = [pk for pk, key in kept if key != asset.pk]
    RecentClip.objects.filter(pk__in=others[MOST - 1 :]).delete()


def of(principal: Principal) -> QuerySet[RecentClip]:
    """Those that the principal still sees, the last one first."""
    if principal.user is None:
        return RecentClip.objects.none()
    rows = RecentClip.objects.filter(user=principal.user, brand=principal.brand)
    return rows.filter(asset__in=visibility.visible_assets(principal)).order_by("-at", "-pk")


def forget(user: User, brand: Brand) -> int:
    """Keep none of what they opened in this brand; how many there were."""
    return RecentClip.objects.filter(user=user, brand=brand).delete()[0]
