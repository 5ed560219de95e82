"""Collections with all that lies in them."""

from collections.abc import Collection as Many
from uuid import UUID

from django.db.models import Q

from dam.collections.collections import DEEPEST
from dam.collections.models import Collection


def keys_within(keys: Many[UUID]) -> list[UUID]:
    """These collections and those that lie in them at any depth, in one query.

    Who sees a collection sees what lies in it, so whoever may see `keys` may see these.
    """
    lying, path = Q(pk__in=keys), "parent"
    for _level in range(DEEPEST - 1):
        lying |= Q(**{f"{path}__in": keys})
        path = f"parent__{path}"
    # What lies in one has its outermost: by that an index finds the few that are looked at.
    tops = Collection.objects.filter(pk__in=keys).values("top")
    return list(Collection.objects.filter(lying, top__in=tops, deleted_at=None).values_list("pk", flat=True))


def key_of(text: str) -> UUID | None:
    """The id that an address names a collection by; None for a name."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
