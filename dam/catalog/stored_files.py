"""Which stored files are needed? Those that some row names, in this app or above it."""

from collections.abc import Sequence
from functools import cache

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from dam.core import locks, storage
from dam.core.storage import Stored

COLUMN = "storage_key"
ASIDE = "aside"  # the folder of what was taken out of the way and not deleted: below it the same keys


@cache
def tables() -> tuple[type[Model], ...]:
    """Every table whose rows name a stored file: whoever keeps one calls its column `storage_key`."""
    return tuple(model for model in apps.get_models() if _has_column(model))


def unnamed(keys: Sequence[str]) -> list[str]:
    """Those of the keys that no row names; one query for each table, whatever the number."""
    named: set[str] = set()
    for model in tables():
        rows = model._base_manager.filter(**{f"{COLUMN}__in": keys})
        named.update(rows.values_list(COLUMN, flat=True))
    return [key for key in keys if key not in named]


def is_named(key: str) -> bool:
    return not unnamed([key])


def aside(key: str) -> str:
    """Where a file of this key is kept once it is out of the way."""
    return f"{ASIDE}/{key}"


def drop(stored: Stored, *, brand_id: int) -> bool:
    """Delete a file that its maker has no row for after all, unless somebody else's row names it.

    In the caller's transaction, under the lock that registration takes. True when it was deleted.
    """
    locks.hold(storage.key_for(brand_id=brand_id, sha256=stored.sha256, suffix=""))
    if is_named(stored.key):
        return False
    storage.delete(stored.key)
    return True


def _has_column(model: type[Model]) -> bool:
    try:
        model._meta.get_field(COLUMN)
    except FieldDoesNotExist:
        return False
    return True
