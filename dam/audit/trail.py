"""Writing and checking the audit trail. `record` and `record_many` are the only writers.

Events are appended last in their transaction: `recording()` is `transaction.atomic()` that keeps what is
recorded inside and appends it at the end of the outermost block, brand by brand in one order. A change
therefore holds a brand's chain only while it commits, and never waits for a row while it does.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.accounts.principals import Principal
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.core import locks
from dam.core.text import storable, storable_json

GENESIS = "0" * 64
SYSTEM = "Reelproof"


@dataclass(frozen=True)
class PendingEvent:
    """Something that happened, before it has its place in the chain."""

    verb: Verb
    brand: Brand
    target: str
    actor: Principal | User | None = None
    asset_id: UUID | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


class recording(transaction.Atomic):  # noqa: N801 - used like transaction.atomic
    """`transaction.atomic()` whose events are appended when the outermost such block ends.

    What is recorded in a block that is rolled back is dropped with it.
    """

    def __init__(self) -> None:
        super().__init__(using=DEFAULT_DB_ALIAS, savepoint=True, durable=False)
        self.events: list[Event] = []

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        events, self.events = self.events, []
        if exc_type is None and events and not transaction.get_rollback(using=self.using):
            try:
                outer = _outer(self)
                if outer is not None:
                    outer.events += events
                else:
                    _append(events)
            except BaseException as problem:
                super().__exit__(type(problem), problem, problem.__traceback__)
                raise
        super().__exit__(exc_type, exc_value, traceback)


class NotRecording(RuntimeError):
    """An event was recorded inside `transaction.atomic()`: use `trail.recording()` there.

    It would hold the brand's chain while more rows are locked, and others in the opposite order.
    """


def record(
    verb: Verb,
    *,
    brand: Brand,
    target: str,
    actor: Principal | User | None = None,
    asset_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Append an event to the brand's chain, at the end of the caller's `recording()`, or at once without one.

    `actor` is the principal that did it, or the person in whose name a worker finishes what they asked for.
    Raises ValueError for data that JSON cannot say, NotRecording.
    """
    record_many([PendingEvent(verb, brand, target, actor, asset_id, data or {}, at)])


def record_many(entries: Iterable[PendingEvent]) -> None:
    """Append many events, in their order, as one: two queries a brand, however many they are."""
    events = [_event(entry) for entry in entries]
    block = _innermost()
    if block is not None:
        block.events += events
    else:
        with recording():
            _append(events)


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


def _event(entry: PendingEvent) -> Event:
    return Event(
        brand_id=entry.brand.pk,
        at=(entry.at or timezone.now()).astimezone(UTC),
        actor=entry.actor if isinstance(entry.actor, User | None) else entry.actor.user,
        actor_name=_name(entry.actor)[:120],
        verb=Verb(entry.verb).value,
        asset_id=entry.asset_id,
        target=storable(entry.target[:80]),
        data=_plain({**entry.data, **_kind(entry.actor)}),
    )


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
    plain: dict[str, Any] = json.loads(json.dumps(storable_json(data), allow_nan=False))
    return plain


def _append(events: Iterable[Event]) -> None:
    """Give the events their places. Brands are locked in the order of their ids, whoever comes."""
    chains: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        chains[event.brand_id].append(event)
    for brand_id in sorted(chains):
        # Not the brand's row: a page of settings may hold that for longer.
        locks.hold(f"audit:{brand_id}")
        last = Event.objects.filter(brand_id=brand_id).order_by("-sequence").first()
        sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
        for event in chains[brand_id]:
            sequence += 1
            event.sequence, event.previous_hash = sequence, previous
            event.hash = previous = digest(event)
        Event.objects.bulk_create(chains[brand_id])


def _blocks() -> list[Any]:
    """The open atomic blocks, outermost first, without those that a test case puts around each test."""
    blocks = transaction.get_connection().atomic_blocks
    return [block for block in blocks if not block._from_testcase]


def _innermost() -> recording | None:
    """The recording that an event now belongs to; None outside any transaction. Raises NotRecording."""
    blocks = _blocks()
    if not blocks:
        return None
    if not isinstance(blocks[-1], recording):
        raise NotRecording("Record events inside `trail.recording()`, not inside `transaction.atomic()`.")
    return blocks[-1]


def _outer(block: recording) -> recording | None:
    """The recording around this one, which appends for it. Raises NotRecording for another kind of block."""
    around = _blocks()[:-1]
    if not around:
        return None
    if not isinstance(around[-1], recording):
        raise NotRecording("A block around `trail.recording()` must be one too, not `transaction.atomic()`.")
    return around[-1]
