"""Which steps can go to a worker: those that are ready, those in line, and those whose worker is gone."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from dam.catalog.models import Version
from dam.core.tasks import enqueue
from dam.ingest import backoff, holding, step_specs
from dam.ingest.models import Step, StepState
from dam.ingest.step_specs import StepSpec

SETTLED = (StepState.DONE, StepState.FAILED, StepState.SKIPPED)


def send_ready(version: Version) -> None:
    """Send off the steps that were never sent and wait for no other (any more)."""
    for step in Step.objects.filter(version=version, state=StepState.WAITING, sends=0):
        spec = step_specs.find(step.name)
        if spec is not None and is_ready(step):
            at = timezone.now()
            Step.objects.filter(pk=step.pk).update(sends=1, due_at=backoff.next_send(at, sends=0))
            task, ids = message(step, spec)
            waiting = Step.objects.filter(pk=step.pk, state=StepState.WAITING, sends=1)
            enqueue(task, unsent=partial(waiting.update, due_at=at), **ids)


def is_ready(step: Step) -> bool:
    """Whether every step that this one waits for has ended, or isn't there to wait for."""
    spec = step_specs.find(step.name)
    if spec is None or not spec.after:
        return spec is not None
    before = Step.objects.filter(version_id=step.version_id, name__in=spec.after)
    return not before.exclude(state__in=SETTLED).exists()


def message(step: Step, spec: StepSpec) -> tuple[str, dict[str, Any]]:
    """The task that does the step, and what it is given."""
    ids = {"version_id": str(step.version_id)}
    return spec.task, {**ids, "kind": spec.kind} if spec.kind else ids


def in_line(names: Collection[str]) -> QuerySet[Step]:
    """The steps of these names that wait for a worker, in the order of the index step_turn.

    One that was put back waits until it is due, and is sent again then: it has a reason until that.
    """
    waiting = Step.objects.filter(state=StepState.WAITING, name__in=names, sends__gt=0, reason="")
    # By `position` too, which is one for each name: else PostgreSQL goes through the table by its keys.
    return waiting.order_by("name", "brand_id", "user_id", "position", "pk")


def lost(at: datetime) -> Q:
    """Running steps whose worker gave no sign of life, or ran past its time."""
    found = Q(pk__in=[])
    for spec in step_specs.table():
        found |= Q(name=spec.name) & lost_of(spec.name, at)
    return found


def lost_of(name: str, at: datetime) -> Q:
    running_over = Q()
    spec = step_specs.find(name)
    if spec is not None:
        running_over = Q(started_at__lt=at - spec.limit)
    return Q(state=StepState.RUNNING) & (holding.free(at) | running_over)
