"""The clips that a person has starred, for themselves alone."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal, person
from dam.collections.models import Favourite
from dam.core import errors, language, locks
from dam.rights import visibility

MOST = 10_000  # of a person in a brand


class TooManyFavourites(errors.Refused):
    """A person's favourites are as many as can be looked through."""

    code = "favourites"


def of(principal: Principal) -> QuerySet[Favourite]:
    """A guest has none."""
    if principal.user is None:
        return Favourite.objects.none()
    return Favourite.objects.filter(user=principal.user, asset__brand=principal.brand)


def is_one(principal: Principal) -> Exists | Value:
    """An annotation of assets: whether it is one of theirs."""
    if principal.user is None:
        return Value(False)
    return Exists(Favourite.objects.filter(user=principal.user, asset=OuterRef("pk")))


def star(asset_id: UUID, *, by: Principal) -> bool:
    """Make a clip that they see one of theirs; True if it wasn't.

    Raises TooManyFavourites, PermissionDenied.
    """
    user = person(by)
    by.require(Capability.VIEW)
    if not visibility.visible_assets(by).filter(pk=asset_id).exists():
        return False
    with transaction.atomic():
        locks.hold(f"favourites:{user.pk}")
        if of(by).count() >= MOST:
            raise TooManyFavourites(
                _("You have %(most)s favourites, which is the most. Remove one first.")
                % {"most": language.number(MOST)}
            )
        return Favourite.objects.get_or_create(user=user, asset_id=asset_id)[1]


def unstar(asset_id: UUID, *, by: Principal) -> bool:
    """Have it no longer; True if it was one. Also of a clip that they can no longer see."""
    return bool(Favourite.objects.filter(user=person(by), asset=asset_id).delete()[0])
