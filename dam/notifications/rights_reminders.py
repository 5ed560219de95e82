"""Saying beforehand that a clearance ends: an audit event, once for each version and date."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from dam.audit import trail
from dam.audit.models import Event
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.core import locks
from dam.rights.models import RightsEnd

BEFORE = timedelta(days=14)
CHUNK = 500


def remind(*, at: datetime | None = None) -> int:
    """Leave an event for each released version whose clearance ends within BEFORE; how many were left."""
    at = at or timezone.now()
    ending = (
        RightsEnd.objects.filter(
            ends_at__gt=at,
            ends_at__lte=at + BEFORE,
            version__released_of__isnull=False,
            version__released_of__trashed_at=None,
            version__brand__closed_at=None,
        )
        .select_related("version__brand", "version__asset")
        .order_by("pk")
    )
    count, after = 0, UUID(int=0)
    while chunk := list(ending.filter(pk__gt=after)[:CHUNK]):
        count, after = count + _remind(chunk, at), chunk[-1].pk
    return count


def _remind(records: Sequence[RightsEnd], at: datetime) -> int:
    with trail.recording():
        locks.hold("rights-reminders")  # of two that run at once the later one sees what the first has left
        told = _told(records)
        due = [record for record in records if _facts(record) not in told]
        trail.record_many(
            PendingEvent(
                Verb.RIGHTS_ENDING,
                record.version.brand,
                str(record.version),
                asset_id=record.version.asset_id,
                data=_facts(record),
                at=at,
            )
            for record in due
        )
    return len(due)


def _facts(record: RightsEnd) -> dict[str, str]:
    return {"version": str(record.version_id), "valid_until": record.ends_at.isoformat()}


def _told(records: Sequence[RightsEnd]) -> list[dict[str, str]]:
    assets = {record.version.asset_id for record in records}
    events = Event.objects.filter(verb=Verb.RIGHTS_ENDING, asset_id__in=assets)
    return list(events.values_list("data", flat=True))
