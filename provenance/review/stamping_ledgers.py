"""Has each ledger that has grown stamped, once a day. By workers alone; one SHA-256 leaves the house."""

import base64
import logging
import time
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from dam.accounts.models import Brand
from dam.audit.models import Event
from provenance.manifests import timestamps
from provenance.manifests.timestamps import NoTimestamp
from provenance.review import ledger
from provenance.review.ledger_stamps import Heads
from provenance.review.models import LedgerEntry
from provenance.review.stamp_models import LedgerStamp

log = logging.getLogger(__name__)

EVERY = timedelta(hours=20)  # so that a task of each hour stamps once a day
TURN_SECONDS = 30.0


def add(*, at: datetime | None = None) -> int:
    """Stamp each ledger that has grown since the day before: how many. Ends where the authority fails."""
    if not timestamps.is_configured():
        return 0
    at, stamped, begun = at or timezone.now(), 0, time.monotonic()
    # Whose newest is the oldest comes first: where the authority is slow, each has its turn.
    newest = LedgerStamp.objects.filter(brand=OuterRef("pk")).order_by("-entries").values("created_at")[:1]
    brands = Brand.objects.annotate(stamped_at=Subquery(newest))
    for brand in brands.order_by(F("stamped_at").asc(nulls_first=True), "pk").iterator():
        if timestamps.breaker.is_open or time.monotonic() - begun > TURN_SECONDS:
            break
        stamped += _stamp(brand, at=at)
    return stamped


def _stamp(brand: Brand, *, at: datetime) -> bool:
    newest = LedgerStamp.objects.filter(brand=brand).order_by("-entries").first()
    last = LedgerEntry.objects.filter(brand=brand).order_by("-sequence").first()
    if last is None or (newest and (newest.entries >= last.sequence or newest.created_at > at - EVERY)):
        return False
    after = (newest.entries, newest.head) if newest else (0, ledger.GENESIS)
    verdict = ledger.check(ledger.entries(brand, after=after[0]), after=after)
    if not verdict.holds or verdict.entries < last.sequence:
        log.critical("The ledger of %s doesn't hold, and isn't stamped. %s", brand.slug, verdict.problem)
        return False
    event = Event.objects.filter(brand=brand).order_by("-sequence").first()
    heads = Heads(
        brand=brand.pk,
        entries=verdict.entries,
        head=verdict.head,
        events=event.sequence if event else 0,
        log_head=event.hash if event else "",
    )
    try:
        stamp = timestamps.of(heads.digest)
    except NoTimestamp:
        return False  # it was logged; the next turn asks again
    _row, made = LedgerStamp.objects.get_or_create(
        brand=brand,
        entries=heads.entries,
        defaults={
            "head": heads.head,
            "events": heads.events,
            "log_head": heads.log_head,
            "at": stamp.at,
            "authority": stamp.authority[:200],
            "response": base64.b64encode(stamp.response).decode(),
            "created_at": at,
        },
    )
    return made
