"""Writing and checking the audit trail. `record` is the only writer."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.accounts.principals import Principal
from dam.audit.models import Event

GENESIS = "0" * 64
SYSTEM = "Reelproof"


def record(
    verb: str,
    *,
    brand: Brand,
    target: str,
    actor: Principal | User | None = None,
    asset_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Append an event to the brand's chain, in the caller's transaction.

    `actor` is the principal that did it, or the person in whose name a worker finishes what they asked for.
    The brand's row is locked until that transaction ends: two events never claim one place.
    """
    with transaction.atomic():
        Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        last = Event.objects.filter(brand=brand).order_by("-sequence").first()
        event = Event(
            brand=brand,
            sequence=last.sequence + 1 if last else 1,
            at=(at or timezone.now()).astimezone(UTC),
            actor=actor if isinstance(actor, User | None) else actor.user,
            actor_name=_name(actor)[:120],
            verb=verb,
            asset_id=asset_id,
            target=target[:80],
            data=_plain({**(data or {}), **_kind(actor)}),
            previous_hash=last.hash if last else GENESIS,
        )
        event.hash = digest(event)
        event.save(force_insert=True)
        return event


def _name(actor: Principal | User | None) -> str:
    if actor is None:
        return SYSTEM
    return str(actor) if isinstance(actor, User) else actor.name


def _kind(actor: Principal | User | None) -> dict[str, str]:
    """For a token or a guest, that it was one: part of the data, so the chain covers it."""
    if actor is None or isinstance(actor, User) or actor.kind == "member":
        return {}
    return {"principal": actor.kind}


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data as it will be read back: the hash must not depend on tuples or on keys that are no text."""
    plain: dict[str, Any] = json.loads(json.dumps(data, allow_nan=False))
    return plain


def digest(event: Event) -> str:
    """SHA-256 over the event's facts and the hash before it (canonical JSON)."""
    facts = {
        "brand": event.brand_id,
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "actor_name": event.actor_name,
        "verb": event.verb,
        "asset": str(event.asset_id) if event.asset_id else None,
        "target": event.target,
        "data": event.data,
        "previous": event.previous_hash,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_broken(brand: Brand) -> Event | None:
    """The first event whose hash or link does not hold; None for an intact chain."""
    previous = GENESIS
    events = Event.objects.filter(brand=brand).order_by("sequence")
    for sequence, event in enumerate(events.iterator(), start=1):
        if event.sequence != sequence or event.previous_hash != previous or event.hash != digest(event):
            return event
        previous = event.hash
    return None
