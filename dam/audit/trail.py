"""Writing and checking the audit trail. `record` and `record_many` are the only writers.

Events are appended last in their transaction: `recording()` is `transaction.atomic()` that keeps what is
recorded inside and appends it at the end of the outermost block, brand by brand in one order. A change
therefore holds a brand's chain only while it commits, and never waits for a row while it does.
"""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from dam.accounts.models import Brand, User
from dam.accounts.principals import Guest, Principal, Token
from dam.audit import names, seals
from dam.audit.models import Event
from dam.audit.names import Named
from dam.audit.verbs import Verb
from dam.core import locks, tasks
from dam.core.text import storable, storable_json

GENESIS = "0" * 64
SYSTEM = "Reelproof"
FOLLOWERS = "default.follow_trails"  # reads on what was appended: dam.notifications, by name


@dataclass(frozen=True)
class PendingEvent:
    """Something that happened, before it has its place in the chain."""

    verb: Verb
    brand: Brand
    target: str = ""
    actor: Principal | User | Named | None = None
    asset_id: UUID | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    about: User | Named | None = None


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
    target: str = "",
    actor: Principal | User | Named | None = None,
    asset_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    about: User | Named | None = None,
) -> None:
    """Append an event to the brand's chain, at the end of the caller's `recording()`, or at once without one.

    `actor` is the principal that did it, or the person in whose name a worker finishes what they asked for;
    of somebody from outside, who is no principal, the name alone.
    `about` is the person it was done to: `target` and `data` are sealed for ever, so no person's name or
    address belongs there.
    Raises ValueError for data that JSON cannot say, NotRecording.
    """
    record_many([PendingEvent(verb, brand, target, actor, asset_id, data or {}, at, about)])


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
    """The event's seal over its facts and the hash before it. Raises UnknownSeal."""
    return digest_of(facts(event))


def facts(event: Event) -> dict[str, Any]:
    """What the event's seal is over, as it is exported too.

    Names are in it by their salted hashes (dam.audit.names); events from before that have the actor's name,
    and those from before there were keys have fewer facts.
    """
    plain = {
        "brand": event.brand_id,
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "actor_name": event.sealed_name,
        "verb": event.verb,
        "asset": str(event.asset_id) if event.asset_id else None,
        "target": event.target,
        "data": event.data,
        "previous": event.previous_hash,
    }
    if event.actor_label_id:
        plain["actor_digest"] = event.actor_label_id
    if event.about_ref:
        plain |= {"about": event.about_ref, "about_digest": event.about_label_id}
    if not event.sealed_with:
        return plain
    return {**plain, "actor": event.actor_ref, "sealed_with": event.sealed_with}


def digest_of(known: Mapping[str, Any]) -> str:
    """The seal over an event's facts (canonical JSON); without a key's name in them the plain SHA-256.

    Raises UnknownSeal where the key is not here.
    """
    name = str(known.get("sealed_with") or "")
    if not name:
        return hashlib.sha256(_canonical(known)).hexdigest()
    seal = seals.named(name)
    if seal is None:
        raise UnknownSeal(name)
    return seal.over(_canonical(known))


class UnknownSeal(LookupError):
    """An event was sealed with a key that is not on this machine: whether it holds can't be told here."""


def first_broken(brand: Brand) -> Event | None:
    """The first event whose seal or link does not hold; None for an intact chain. Raises UnknownSeal."""
    return _first_broken(Event.objects.filter(brand=brand), sequence=0, previous=GENESIS, sealed=False)


def first_broken_after(last: Event) -> Event | None:
    """The same for what came after an event that is known to hold."""
    later = Event.objects.filter(brand_id=last.brand_id, sequence__gt=last.sequence)
    return _first_broken(later, sequence=last.sequence, previous=last.hash, sealed=bool(last.sealed_with))


def _first_broken(events: QuerySet[Event], *, sequence: int, previous: str, sealed: bool) -> Event | None:
    known: set[str] = set()  # names that were looked at
    for event in events.order_by("sequence").iterator():
        sequence += 1
        # Once events were sealed none is plain again: anybody could write that.
        sealed_no_more = sealed and not event.sealed_with
        if event.sequence != sequence or event.previous_hash != previous or sealed_no_more:
            return event
        if not hmac.compare_digest(event.hash, digest(event)):
            return event
        if not _names_hold(event, known):
            return event
        previous, sealed = event.hash, bool(event.sealed_with)
    return None


def _names_hold(event: Event, known: set[str]) -> bool:
    """Whether the event is shown with the names it was sealed with, or with none."""
    labels = ((event.actor_label_id, "actor_label"), (event.about_label_id, "about_label"))
    for digest_, field_name in labels:
        if not digest_ or digest_ in known:
            continue
        label = getattr(event, field_name, None)
        if label is None or not names.holds(label):
            return False
        known.add(digest_)
    return True


def _canonical(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _event(entry: PendingEvent) -> Event:
    about = names.of_person(entry.about) if isinstance(entry.about, User) else entry.about
    reference = reference_of(entry.actor)
    return Event(
        brand_id=entry.brand.pk,
        at=(entry.at or timezone.now()).astimezone(UTC),
        actor=_account(entry.actor),
        sealed_name=SYSTEM if entry.actor is None else "",
        actor_label=names.unsealed(Named(reference, _name(entry.actor))) if entry.actor else None,
        actor_ref=reference,
        about_ref=about.reference if about else "",
        about_label=names.unsealed(about) if about else None,
        verb=Verb(entry.verb).value,
        asset_id=entry.asset_id,
        target=storable(entry.target[:80]),
        data=_plain({**entry.data, **_kind(entry.actor)}),
    )


def _account(actor: Principal | User | Named | None) -> User | None:
    if isinstance(actor, Named):
        return None
    return actor if isinstance(actor, User | None) else actor.user


def _name(actor: Principal | User | Named) -> str:
    with translation.override("en"):  # "Ada (guest)": one language, whoever it is
        return str(actor) if isinstance(actor, User) else actor.name


def reference_of(actor: Principal | User | Named | None) -> str:
    """Who it was, as text that no deletion takes away: "user:12", "token:3 user:12", "guest:5"."""
    match actor:
        case None:
            return "system"
        case User():
            return f"user:{actor.pk}"
        case Named():
            return actor.reference
        case Token():
            return f"token:{actor.token_id} user:{actor.user.pk}"
        case Guest():
            return f"guest:{actor.link_id}"
        case _:
            return f"user:{actor.user.pk}"


def _kind(actor: Principal | User | Named | None) -> dict[str, str]:
    """For a token or a guest, that it was one: part of the data, so the chain covers it."""
    if isinstance(actor, Named):
        return {"principal": "outside"}
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
    names.seal_all(event for chain in chains.values() for event in chain)
    for brand_id in sorted(chains):
        last = Event.objects.filter(brand_id=brand_id).order_by("-sequence").first()
        sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
        seal = seals.current()
        for event in chains[brand_id]:
            sequence += 1
            event.sealed_with = seal.name
            event.sequence, event.previous_hash = sequence, previous
            event.hash = previous = digest(event)
        Event.objects.bulk_create(chains[brand_id])
        tasks.enqueue(FOLLOWERS, brand_id=brand_id)


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
