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
    return list(Collection.objects.filter(lying, deleted_at=None).values_list("pk", flat=True))


def key_of(text: str) -> UUID | None:
    """The id that an address names a collection by; None for a name."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
