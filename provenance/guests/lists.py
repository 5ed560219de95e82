"""Passes for the list of all links of an address: who has one, and ending it with all that was had by it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dam.accounts import keys
from provenance.guests.models import GuestAddress, GuestSession


def of_secret(secret: str, *, at: datetime) -> GuestAddress | None:
    """The pass with this secret, while it lasts."""
    return GuestAddress.objects.filter(digest=keys.digest(secret), ends_at__gt=at).first() if secret else None


def end(rows: QuerySet[GuestAddress], *, at: datetime) -> None:
    """Let these passes go, and every session that was had by one."""
    with transaction.atomic():
        # Locked first: who comes in by one at this moment is either found here or finds no pass.
        found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
        GuestSession.objects.filter(listing__in=found, ends_at__gt=at).update(ends_at=at)
        GuestAddress.objects.filter(pk__in=found).delete()
