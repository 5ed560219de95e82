"""Saying beforehand that a clearance ends: an audit event for each version, end and reminder of the brand's.

What counts is how many days are left where the brand is, not when this runs. After a day that was missed the
nearest reminder is given and those before it never are; run again, it finds in the trail what it has given.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from dam.accounts import times
from dam.accounts.models import Brand
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.core import locks
from dam.rights import reminder_days
from dam.rights.models import RightsEnd

CHUNK = 500
BEFORE_SETTINGS = 14  # days: of events from when there was one reminder, and its days weren't in them


def remind(*, at: datetime | None = None) -> int:
    """Leave the events that are due at `at`, of all brands; how many were left."""
    at = at or timezone.now()
    return sum(_remind_brand(brand, at) for brand in Brand.objects.filter(closed_at=None).order_by("pk"))


def _remind_brand(brand: Brand, at: datetime) -> int:
    days = reminder_days.read(brand.reminder_days)
    if not days:
        return 0
    zone = times.of_brand(brand)
    behind = times.today_in(zone, at=at) + timedelta(days=days[0] + 1)
    ending = (
        RightsEnd.objects.filter(
            brand=brand,
            ends_at__gt=at,
            ends_at__lt=datetime.combine(behind, time.min, tzinfo=zone),
            version__released_of__isnull=False,
            version__released_of__trashed_at=None,
        )
        .select_related("version__brand", "version__asset")
        .order_by("pk")
    )
    count, after = 0, UUID(int=0)
    while chunk := list(ending.filter(pk__gt=after)[:CHUNK]):
        count, after = count + _remind(chunk, days, zone, at), chunk[-1].pk
    return count


def _remind(ends: Sequence[RightsEnd], days: Sequence[int], zone: ZoneInfo, at: datetime) -> int:
    today = times.today_in(zone, at=at)
    with trail.recording():
        locks.hold("rights-reminders")  # of two that run at once the later one sees what the first has left
        told = _told(ends)
        pending = []
        for end in ends:
            due = reminder_days.due((end.ends_at.astimezone(zone).date() - today).days, days)
            # A nearer one was given already: the brand has changed its reminders since.
            if due is None or told.get((str(end.version_id), end.ends_at.isoformat()), due + 1) <= due:
                continue
            pending.append(
                PendingEvent(
                    Verb.RIGHTS_ENDING,
                    end.version.brand,
                    str(end.version),
                    asset_id=end.version.asset_id,
                    data={
                        "version": str(end.version_id),
                        "valid_until": end.ends_at.isoformat(),
                        "days": due,
                    },
                    at=at,
                )
            )
        trail.record_many(pending)
    return len(pending)


def _told(ends: Sequence[RightsEnd]) -> Mapping[tuple[str, str], int]:
    """The nearest reminder that was given, by version and end."""
    assets = {end.version.asset_id for end in ends}
    events = Event.objects.filter(verb=Verb.RIGHTS_ENDING, asset_id__in=assets)
    found: dict[tuple[str, str], int] = {}
    for data in events.values_list("data", flat=True):
        key = (str(data.get("version")), str(data.get("valid_until")))
        given = data.get("days")
        given = given if isinstance(given, int) else BEFORE_SETTINGS
        found[key] = min(given, found.get(key, given))
    return found
