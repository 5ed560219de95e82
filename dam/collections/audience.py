"""Who sees a collection and who may change it. The outermost one decides for all that lie in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, Group, Membership
from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.collections.models import Collection, CollectionItem
from dam.core import sorting


@dataclass(frozen=True)
class Audience:
    """Everyone in the brand, or beside the owner these people and those in these groups."""

    everyone: bool = True
    people: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()


def visible(principal: Principal) -> QuerySet[Collection]:
    """The collections that this principal sees; a guest has none."""
    return with_deleted(principal).filter(deleted_at=None)


def with_deleted(principal: Principal) -> QuerySet[Collection]:
    """Those, and what was deleted of them lately."""
    user = principal.user
    if user is None or not principal.can(Capability.VIEW):
        return Collection.objects.none()
    named = Collection.people.through.objects.filter(user=user).values("collection")
    in_groups = Collection.groups.through.objects.filter(group__members=user).values("collection")
    theirs = Q(top__everyone=True) | Q(top__owner=user) | Q(top__in=named) | Q(top__in=in_groups)
    return Collection.objects.filter(theirs, brand=principal.brand)


def changeable(principal: Principal) -> QuerySet[Collection]:
    """Those whose clips this principal may change: all it sees, if its role lets it."""
    seen = visible(principal)
    return seen if principal.can(Capability.COLLECT) else seen.none()


def with_clip(asset: Asset, principal: Principal) -> QuerySet[Collection]:
    """Those the principal sees that have the clip in them, by name."""
    items = CollectionItem.objects.filter(asset=asset, removed_at=None)
    rows = visible(principal).filter(pk__in=items.values("collection"))
    return rows.order_by(sorting.alphabetical("name"), "pk")


def may_manage(collection: Collection, *, by: Principal) -> bool:
    """Rename, share, move and delete it: its owner may, and those who look after what others share.

    Of one that is seen; reads `collection.top`.
    """
    if by.brand.pk != collection.brand_id or by.user is None or not by.can(Capability.COLLECT):
        return False
    return by.user.pk in (collection.owner_id, collection.top.owner_id) or by.can(Capability.CURATE)


def may_hand_over(collection: Collection, *, by: Principal) -> bool:
    """Give it another owner: its owner may, and administrators of its brand. Of one that is seen."""
    if by.brand.pk != collection.brand_id or by.user is None or not by.can(Capability.COLLECT):
        return False
    return by.user.pk == collection.owner_id or by.can(Capability.MANAGE_BRAND)


def may_own(collection: Collection) -> QuerySet[Membership]:
    """Whom it can be given to: those of its brand who may change collections and see what it lies in."""
    rows = principals.having(collection.brand, Capability.COLLECT)
    top = collection.top
    if collection.parent_id is None or top.everyone:
        return rows
    named = top.people.through.objects.filter(collection=top).values("user")
    in_groups = Group.members.through.objects.filter(group__in=top.groups.all()).values("user")
    return rows.filter(Q(user=top.owner_id) | Q(user__in=named) | Q(user__in=in_groups))


def require_manage(collection: Collection, *, by: Principal) -> None:
    """Raise PermissionDenied unless this principal may manage it."""
    by.require(Capability.COLLECT)
    if not may_manage(collection, by=by):
        raise PermissionDenied(_("Only its owner or a librarian can change this collection."))


def of(collection: Collection) -> Audience:
    """Whom the collection itself names: ask its outermost one."""
    return Audience(
        everyone=collection.everyone,
        people=frozenset(collection.people.values_list("pk", flat=True)),
        groups=frozenset(collection.groups.values_list("pk", flat=True)),
    )


def give(collection: Collection, wanted: Audience) -> bool:
    """Have these see it; True when that changed anything. Those who aren't of its brand are left out."""
    wanted = Audience(
        everyone=wanted.everyone,
        people=frozenset() if wanted.everyone else _people(collection.brand, wanted.people),
        groups=frozenset() if wanted.everyone else _groups(collection.brand, wanted.groups),
    )
    if of(collection) == wanted:
        return False
    collection.everyone = wanted.everyone
    collection.save(update_fields=["everyone"])
    collection.people.set(wanted.people)
    collection.groups.set(wanted.groups)
    return True


def _people(brand: Brand, ids: Iterable[int]) -> frozenset[int]:
    rows = Membership.objects.filter(brand=brand, user__in=list(ids), user__is_active=True)
    return frozenset(rows.values_list("user_id", flat=True))


def _groups(brand: Brand, ids: Iterable[int]) -> frozenset[int]:
    return frozenset(Group.objects.filter(brand=brand, pk__in=list(ids)).values_list("pk", flat=True))
