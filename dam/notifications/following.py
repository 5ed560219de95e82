"""Reading the audit trail on, and telling people and webhooks what they want to hear of it.

A brand's events are read once and in order: how far it has come is kept in the transaction that keeps what
was told, so a worker that dies leaves a batch to be done again and nothing half done. Of two workers at once
the second does nothing. A batch costs a bounded number of queries, whatever happened in it.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.core import events as live
from dam.notifications import audience, choices, collapsing, hours, kinds
from dam.notifications.choices import Choice
from dam.notifications.collapsing import Bundle, Happening
from dam.notifications.hours import Hours
from dam.notifications.kinds import Kind, Mail
from dam.notifications.models import Notification, TrailReader
from dam.notifications.webhooks import deliveries

log = logging.getLogger(__name__)

BATCH = 500
FORGOTTEN = timedelta(days=7)  # after so long a downtime what is older is no news
GATHERED = timedelta(minutes=2)  # a mail at once waits so long: for more, or until it was read in the page
TOLD_ONE_BY_ONE = 50  # people whose pages are each told; beyond that one word goes to all


def run_all() -> bool:
    """A batch for each brand that has news; whether one has more."""
    later = Event.objects.filter(brand=OuterRef("brand"), sequence__gt=OuterRef("sequence"))
    behind = TrailReader.objects.filter(Exists(later)).values_list("brand_id", flat=True)
    new = Brand.objects.exclude(pk__in=TrailReader.objects.values("brand")).values_list("pk", flat=True)
    more = [run(brand_id) for brand_id in [*behind, *new]]  # each, whatever the others have left
    return any(more)


def run(brand_id: int, *, at: datetime | None = None) -> bool:
    """Read one batch on; whether there is more at once."""
    at = at or timezone.now()
    with transaction.atomic():
        readers = TrailReader.objects.select_for_update(skip_locked=True).select_related("brand")
        reader = readers.filter(brand=brand_id).first()
        if reader is None and TrailReader.objects.get_or_create(brand_id=brand_id)[1]:  # a new brand
            reader = readers.filter(brand=brand_id).first()
        if reader is None:  # another worker has it
            return False
        trail = Event.objects.filter(brand=brand_id, sequence__gt=reader.sequence).order_by("sequence")
        batch = list(trail[:BATCH])
        if not batch:
            return False
        _tell(reader.brand, [event for event in batch if _is_news(event, at)], at)
        reader.sequence = batch[-1].sequence
        reader.save(update_fields=["sequence"])
    return len(batch) == BATCH


def _is_news(event: Event, at: datetime) -> bool:
    return event.verb in kinds.FOLLOWED and event.at >= at - FORGOTTEN


def _tell(brand: Brand, events: Sequence[Event], at: datetime) -> None:
    if not events or brand.closed_at is not None:  # it is nothing to anybody, and is told to nobody
        return
    deliveries.add(brand, events, at=at)
    facts = audience.gather(brand, events)
    happenings: list[Happening] = []
    for event in events:
        told: set[int] = set()
        for kind in kinds.of(event.verb, event.data):
            for person in audience.concerned(event, kind, facts) - told:
                told.add(person)
                happenings.append(_happening(event, kind, person))
    readers = {happening.reader for happening in happenings}
    members = {person: facts.members[person] for person in readers}
    chosen = choices.of_all(brand, members.values())
    happenings = [
        each for each in happenings if not _choice(each.kind, members[each.reader], chosen).is_silent
    ]
    bundles = collapsing.collapse(happenings, known=_known(brand, happenings, at))
    if bundles:
        _keep(brand, bundles, members, chosen, at)
        tell_pages(brand, {bundle.reader for bundle in bundles}, members)


def _happening(event: Event, kind: Kind, person: int) -> Happening:
    return Happening(
        reader=person,
        kind=kind.name,
        by=_by(event, kind),
        event=event.pk,
        at=event.at,
        asset=event.asset_id,
        as_one=bool(_set(event, kind)),
    )


def _set(event: Event, kind: Kind) -> str:
    """What names the set of clips that it is told with, if it is: enough of its key."""
    return str(event.data.get(kinds.REVIEW_SET) or "")[:18] if kind.by_set else ""


def _by(event: Event, kind: Kind) -> str:
    """What of one clip may collapse into one; a recall has no asset and is always one of its own.

    So is all that one recall reached, however many clips were made from what it is about, and all that was
    sent to review together.
    """
    recall = event.data.get("because_of") or event.data.get("recall")
    more = recall or _set(event, kind)
    return f"{event.actor_ref} {event.verb}" + (f" {more}" if more else "")


def _choice(kind: str, member: Member, chosen: Mapping[tuple[int, str], Choice]) -> Choice:
    return chosen.get((member.user.pk, kind)) or choices.default(kinds.KINDS[kind], member)


def _known(brand: Brand, happenings: Sequence[Happening], at: datetime) -> Iterable[Bundle]:
    """What they were told lately and haven't read: what follows joins it."""
    rows = Notification.objects.filter(
        brand=brand,
        user__in={each.reader for each in happenings},
        kind__in={each.kind for each in happenings},
        by__in={each.by for each in happenings},
        at__gt=at - collapsing.WINDOW,
        read_at=None,
    )
    return (
        Bundle(
            reader=row.user_id,
            kind=row.kind,
            by=row.by,
            event=row.event_id,
            at=row.at,
            newest=row.newest_id,
            assets=list(row.asset_ids),
            asset_count=row.asset_count,
            count=row.count,
            row=row.pk,
        )
        for row in rows.order_by("at", "pk")
        if row.event_id and row.newest_id
    )


def _keep(
    brand: Brand,
    bundles: Sequence[Bundle],
    members: Mapping[int, Member],
    chosen: Mapping[tuple[int, str], Choice],
    at: datetime,
) -> None:
    when = choices.hours_of_all(brand, [member.user for member in members.values()])
    new: list[Notification] = []
    changed: list[Notification] = []
    for bundle in bundles:
        row = Notification(
            pk=bundle.row,
            brand=brand,
            user_id=bundle.reader,
            kind=bundle.kind,
            event_id=bundle.event,
            newest_id=bundle.newest,
            by=bundle.by,
            asset_ids=bundle.assets,
            asset_count=bundle.asset_count,
            count=bundle.count,
            at=bundle.at,
        )
        if bundle.row is None:
            choice = _choice(bundle.kind, members[bundle.reader], chosen)
            row.listed, row.in_digest = choice.page, choice.mail is Mail.DIGEST
            row.mail_due_at = mail_due(choice, when[bundle.reader], at)
        (changed if bundle.row else new).append(row)
    Notification.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    fields = ["newest_id", "asset_ids", "asset_count", "count", "at"]
    Notification.objects.bulk_update(changed, fields, batch_size=1000)


def mail_due(choice: Choice, when: Hours, at: datetime) -> datetime | None:
    """When what happens now is mailed."""
    match choice.mail:
        case Mail.OFF:
            return None
        case Mail.DIGEST:
            return hours.next_digest(at, when)
        case Mail.AT_ONCE:
            return hours.after_quiet(at + GATHERED, when)


def tell_pages(brand: Brand, people: set[int], members: Mapping[int, Member]) -> None:
    """That a person was told something is no secret, and what it was isn't said; those who see released work
    alone listen to another channel."""
    if len(people) > TOLD_ONE_BY_ONE:
        live.publish(brand_id=brand.pk, name="notifications", to_all=True)
        return
    for person in sorted(people):
        works_here = members[person].can(Capability.VIEW_UNRELEASED)
        live.publish(brand_id=brand.pk, name=f"notifications-{person}", to_all=not works_here)
