"""Rows of clips gone through anew where a brand's required fields have become others.

A clip's own changes are in its row at once; these are of the brand, and may be of a million clips.
"""

import time
from collections.abc import Callable

from django.db import connection, transaction

from dam.accounts.models import Brand
from dam.catalog.models import Asset
from dam.core import events
from dam.custom_fields.models import StaleRows

BATCH = 1_000
SECONDS = 15.0  # of one turn: other work waits on the same queue
EVENT = "rows"  # all rows of a brand are as they should be


def is_under_way(brand_id: int) -> bool:
    return StaleRows.objects.filter(brand=brand_id).exists()


def go_on(*, clock: Callable[[], float] = time.monotonic) -> bool:
    """Go through rows for a while; whether there is more to do. Several workers share brands among them."""
    until = clock() + SECONDS
    while _some():
        if clock() >= until:
            return True
    return False


def _some() -> bool:
    """The next clips of one brand, by their keys; False where none is left, or others are at them."""
    beginning = StaleRows.objects.filter(after=None).values_list("brand", flat=True).first()
    if beginning is not None:
        _await_writers(beginning)
    with transaction.atomic():
        stale = StaleRows.objects.order_by("pk").select_for_update(skip_locked=True).first()
        if stale is None:
            return False
        assets = Asset.objects.filter(brand=stale.brand_id).order_by("pk")
        if stale.after is not None:
            assets = assets.filter(pk__gt=stale.after)
        keys = list(assets.values_list("pk", flat=True)[:BATCH])
        with connection.cursor() as cursor:
            cursor.execute("SELECT dam_filter_catch_up(%s::uuid[])", [keys])
        if len(keys) < BATCH:
            # Lists of what is missing may be others now, and pages say that it is still being counted: both
            # are for those who work there alone.
            for name in ("library", EVENT):
                events.publish(brand_id=stale.brand_id, name=name)
            stale.delete()
        else:
            StaleRows.objects.filter(pk=stale.pk).update(after=keys[-1])
    return True


def _await_writers(brand_id: int) -> None:
    """Who is just making a clip has read the fields as they were, and isn't seen yet.

    Each of them holds the brand's row. Nothing else is locked here, and the lock goes at once.
    """
    with transaction.atomic():
        Brand.objects.select_for_update().filter(pk=brand_id).first()
