"""Reading a brand's whole chain when somebody asks for it: a worker does, for it may have millions of events.

One at a time for each brand, and not again within some minutes; what came of it is kept.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dam.accounts.models import Brand
from dam.audit import anchors, trail
from dam.audit.models import ChainCheck, Event
from dam.core import errors, locks, storage, tasks
from dam.core.lazily import lazy

EVERY = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(hours=1)  # its message is gone


class TooSoon(errors.Refused):
    """The chain is being read, or was a moment ago."""

    code = "too_soon"
    title = lazy("Checked recently")
    message = lazy("This activity log is being checked, or was within the last 10 minutes. Try again later.")


def latest(brand: Brand) -> ChainCheck | None:
    return ChainCheck.objects.filter(brand=brand).first()


def ask(brand: Brand, *, at: datetime | None = None) -> None:
    """Have every event of the brand checked. Raises TooSoon."""
    at = at or timezone.now()
    _, made = ChainCheck.objects.get_or_create(brand=brand, defaults={"requested_at": at})
    over = Q(ended_at__isnull=False, requested_at__lte=at - EVERY)
    given_up = Q(requested_at__lte=at - GIVEN_UP_AFTER)
    if locks.is_free(_reading(brand.pk)):  # then the worker of one that began has died
        given_up |= Q(began_at__isnull=False, ended_at=None)
    again = ChainCheck.objects.filter(over | given_up, brand=brand)
    if not made and not again.update(
        requested_at=at, began_at=None, ended_at=None, broken_at=None, cut_off=False, unknown_seal=""
    ):
        raise TooSoon
    waiting = ChainCheck.objects.filter(brand=brand, began_at=None)
    tasks.enqueue("transcode.check_trail", unsent=waiting.delete, brand_id=brand.pk)


def run(brand_id: int) -> None:
    """Read the chain, if that is still to be done. Raises storage.Unavailable; it can be asked for again."""
    waiting = ChainCheck.objects.filter(brand_id=brand_id, began_at=None)
    if not waiting.update(began_at=timezone.now()):
        return
    brand = Brand.objects.get(pk=brand_id)
    last = Event.objects.filter(brand=brand).order_by("-sequence").first()
    broken, unknown = None, ""
    try:
        with transaction.atomic():
            locks.hold(_reading(brand_id))
            broken = anchors.check(brand)
    except trail.UnknownSeal as seal:
        unknown = str(seal.args[0])
    except storage.Unavailable:
        ChainCheck.objects.filter(brand_id=brand_id).delete()
        raise
    ChainCheck.objects.filter(brand_id=brand_id).update(
        ended_at=timezone.now(),
        events=last.sequence if last else 0,
        broken_at=broken.sequence if broken else None,
        cut_off=bool(broken and broken.cut_off),
        unknown_seal=unknown,
    )


def _reading(brand_id: int) -> str:
    """The lock that a worker holds while it reads."""
    return f"chain-check:{brand_id}"
