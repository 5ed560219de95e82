"""A consent that runs out is news to those who decide on terms, where a review counts on what needs it.

An audit event for each consent and end, which notifications follow. What was told is kept with the consent
(`told_until`), so that a look that runs twice, or dies, tells each end once; a new end is told anew.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from dam.audit import trail
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.rights import making
from dam.rights.models import Consent, ConsentLink

LOOK_BACK = timedelta(days=30)  # what ended before is no news
SLICE = 200  # consents in a transaction


def look(*, at: datetime | None = None) -> int:
    """Leave the events of the consents that ended by `at`, in all brands; how many events."""
    at = at or timezone.now()
    count = 0
    while (told := _look_slice(at)) is not None:
        count += told
    return count


def _look_slice(at: datetime) -> int | None:
    """How many of the next ones were told; None once there is none left."""
    with trail.recording():
        # Of two looks at once the later one passes over what the first has in hand.
        due = list(_due(at).select_for_update(of=("self",), skip_locked=True)[:SLICE])
        if not due:
            return None
        events = _events(due, at)
        for consent in due:
            consent.told_until = consent.until
        Consent.objects.bulk_update(due, ["told_until"])
        trail.record_many(events)
    return len(events)


def _due(at: datetime) -> QuerySet[Consent]:
    untold = Q(told_until=None) | ~Q(told_until=F("until"))
    rows = Consent.objects.filter(untold, until__lte=at, until__gt=at - LOOK_BACK, withdrawn_at=None)
    return rows.filter(brand__closed_at=None).select_related("brand").order_by("until", "pk")


def _events(ended: Sequence[Consent], at: datetime) -> list[PendingEvent]:
    """One for each that a review counts on, about the newest version that needs it. Says not whose it is."""
    links = ConsentLink.objects.filter(consent__in=ended).select_related("version__asset")
    of_consent: dict[int, list[ConsentLink]] = {}
    for link in links.order_by("pk"):
        of_consent.setdefault(link.consent_id, []).append(link)
    counted = making.counted_among([link.version_id for link in links])
    events = []
    for consent in ended:
        needing = [each.version for each in of_consent.get(consent.pk, ()) if each.version_id in counted]
        needing = [each for each in needing if each.asset.trashed_at is None]
        if not needing:
            continue
        version = max(needing, key=lambda each: each.number)
        events.append(
            PendingEvent(
                Verb.CONSENT_ENDED,
                consent.brand,
                version.asset.title,
                asset_id=version.asset_id,
                data={"version": str(version.pk), "consent": str(consent.pk)},
                at=at,
            )
        )
    return events
