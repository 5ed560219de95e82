"""Sending again what the database says is to be done and no worker does: after a crash, an outage, an update.

Safe at any time, as often as one likes. Each message is sent at growing intervals (backoff), so a queue
that is long for good reasons does not grow by it.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from dam.core.tasks import offer
from dam.ingest import backoff, dispatch, holding, step_specs
from dam.ingest.models import Step, StepState, Upload, UploadState

log = logging.getLogger(__name__)

AT_ONCE = 500
UNDECIDED = timedelta(minutes=2)


def run(*, at: datetime | None = None) -> int:
    """Send what is due; how many messages that were. Stops when the broker is away."""
    at = at or timezone.now()
    sent = _send_uploads(at) + _send_steps(at)
    if sent:
        log.info("Sent %s tasks again.", sent)
    return sent


def _send_uploads(at: datetime) -> int:
    due = Q(due_at__lte=at) | Q(due_at=None, updated_at__lte=at - UNDECIDED)
    waiting = Upload.objects.filter(due, holding.free(at), state=UploadState.RECEIVED)
    sent = 0
    for upload in waiting.order_by("updated_at")[:AT_ONCE]:
        if not offer("check.upload", upload_id=str(upload.pk)):
            break
        due_at = backoff.next_send(at, sends=upload.sends)
        Upload.objects.filter(pk=upload.pk).update(sends=F("sends") + 1, due_at=due_at, reason="")
        sent += 1
    return sent


def _send_steps(at: datetime) -> int:
    names = [spec.name for spec in step_specs.table()]
    unended = Q(state=StepState.WAITING) | dispatch.lost(at)
    due = Q(due_at=None) | Q(due_at__lte=at)
    waiting = Step.objects.filter(due, unended, name__in=names)
    sent = 0
    for step in waiting.order_by(F("due_at").asc(nulls_first=True), "pk")[:AT_ONCE]:
        spec = step_specs.find(step.name)
        if spec is None or not dispatch.is_ready(step):
            continue
        task, ids = dispatch.message(step, spec)
        if not offer(task, **ids):
            break
        due_at = backoff.next_send(at, sends=step.sends)
        sent_now = Step.objects.filter(pk=step.pk)
        sent_now.update(sends=F("sends") + 1, due_at=due_at)
        sent_now.filter(state=StepState.WAITING).update(reason="")  # it stands in the queue again
        sent += 1
    return sent
