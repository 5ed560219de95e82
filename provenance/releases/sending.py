"""Sending a release to its worker: after the commit, and again when nobody took it."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dam.core import tasks
from dam.core.language import noop
from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus

log = logging.getLogger(__name__)

TASK = "sign.release"
# Where the master must be converted first: that takes long, and the signing of others must not wait for it.
CONVERTING_TASK = "transcode.release"
FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
QUEUE_AWAY = noop("The task queue is unavailable.")  # kept; said where it is shown


def after_commit(release: Release, *, task: str = TASK) -> None:
    transaction.on_commit(lambda: send(release.pk, at=timezone.now(), task=task))


def send(release_id: int, *, at: datetime, task: str = TASK) -> bool:
    """Ask a worker to sign it; False when the queue is away, which leaves the release to recovery."""
    waiting = Release.objects.filter(pk=release_id, state=ReleaseStatus.SIGNING)
    if not tasks.offer(task, release_id=release_id):
        log.warning("Release %s waits: the queue can't be reached.", release_id)
        waiting.update(reason=QUEUE_AWAY, sent_at=None)
        return False
    waiting.update(sent_at=at, sends=F("sends") + 1)
    waiting.filter(reason=QUEUE_AWAY).update(reason="")
    return True


def is_due(release: Release, *, at: datetime) -> bool:
    """Whether to send it again. Each time it waits twice as long, so that a backlog does not feed itself.

    A message that comes twice does no harm; only one worker gets the claim.
    """
    if release.sent_at is None:
        return True
    doublings = min(max(0, release.sends - 1, release.interruptions - 1), 10)
    wait: timedelta = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return at - release.sent_at >= wait
