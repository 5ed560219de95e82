"""What should have been signed by now: lost tasks, dead workers, a queue that was away. Asked each minute."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.ingest import backoff
from provenance.releases import releases, sending
from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus

log = logging.getLogger(__name__)

# The transaction that made a release sends it itself; that may take a moment.
GRACE = timedelta(seconds=30)
AT_A_TIME = 500


@dataclass(frozen=True)
class Recovered:
    """How many were sent again, and how many given up."""

    sent: int
    failed: int


def recover(*, at: datetime | None = None) -> Recovered:
    """Send again what waits in vain, and give up what has worn out its workers."""
    at = at or timezone.now()
    sent = failed = 0
    waiting = (
        Release.objects.filter(state=ReleaseStatus.SIGNING, created_at__lt=at - GRACE)
        .filter(Q(claim="") | Q(claimed_until__lt=at))
        .select_related("brand", "version__asset")
        # Those that wait longest, so that none is left out for ever behind a backlog that is not due.
        .order_by(F("sent_at").asc(nulls_first=True), "pk")[:AT_A_TIME]
    )
    for release in waiting:
        worn_out = release.attempts >= releases.MOST_ATTEMPTS
        if worn_out or release.interruptions >= backoff.MOST_INTERRUPTIONS:
            failed += _give_up(release, at=at)
        elif sending.is_due(release, at=at):
            if not sending.send(release.pk, at=at):
                break  # nor will the others be
            sent += 1
    return Recovered(sent=sent, failed=failed)


def _give_up(release: Release, *, at: datetime) -> bool:
    reason = release.reason or (
        _(
            "The worker stopped %(attempts)s times while signing this release. Check its log, fix "
            "the cause, then sign again."
        )
        % {"attempts": release.attempts}
    )
    try:
        releases.fail(release, reason=reason, at=at)
    except releases.ClaimLost:
        log.info("Release %s was taken up meanwhile.", release.pk)
        return False
    return True
