"""The steps every version goes through after it is taken, in order, one after the other.

No step needs another's outcome, so a failed one stops nothing. Each may run again: its task is delivered
twice, its worker dies, or a person asks for it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from celery import current_task
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.catalog.models import Processing, Version
from dam.core import errors, events
from dam.core.tasks import enqueue
from dam.ingest.models import Step, StepState
from dam.media.errors import FileRefused
from dam.media.runner import MediaFailed

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3  # of workers that died over it


@dataclass(frozen=True)
class StepSpec:
    """A step: its name, its task, its title, and how long it may run before it counts as lost."""

    name: str
    task: str
    title: str
    limit: timedelta


# By task name alone: some of the tasks live above this package (a test checks that each exists).
STEPS = (
    StepSpec("poster", "media.poster", "Poster", timedelta(minutes=20)),
    StepSpec("sprite", "media.sprite", "Hover preview", timedelta(minutes=20)),
    StepSpec("proxy", "media.proxy", "Review proxy", timedelta(hours=5, minutes=30)),
    StepSpec("embed", "index.embed", "Visual search", timedelta(minutes=40)),
    StepSpec("credentials", "sign.check_credentials", "Credentials", timedelta(minutes=20)),
)
BY_NAME = {spec.name: spec for spec in STEPS}


class StepFailed(errors.Refused):
    """The step could not do its work; the message says why, and how to go on, to people."""

    code = "step_failed"


class StepSkipped(Exception):
    """The step does not apply to this version; the message says why."""


class StepBusy(errors.Refused):
    """The step is waiting or running already."""

    code = "step_busy"


def begin(version: Version) -> None:
    """Make a new version's steps and send the first one off."""
    Step.objects.bulk_create(
        Step(version=version, name=spec.name, position=place) for place, spec in enumerate(STEPS)
    )
    enqueue(STEPS[0].task, version_id=str(version.pk))


def run(version_id: UUID | str, name: str, work: Callable[[Version], str | None]) -> None:
    """Claim the step, do `work(version)`, keep how it went, and send the next waiting step off.

    What `work` returns is kept as a remark. Does nothing when the step is done or runs elsewhere. An
    unforeseen exception fails the step and is raised on, for the log.
    """
    claim = _claim_name()
    if not _claim(version_id, name, claim):
        return
    version = Version.objects.select_related("asset", "brand").get(pk=version_id)
    _publish(version)
    try:
        remark = work(version)
    except StepSkipped as skipped:
        _finish(version, name, claim, StepState.SKIPPED, str(skipped))
    except (StepFailed, MediaFailed, FileRefused) as problem:
        _finish(version, name, claim, StepState.FAILED, str(problem))
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop: leave it to the next one
        _finish(version, name, claim, StepState.WAITING, "")
        raise
    except Exception as problem:
        kind = type(problem).__name__
        reason = f"Something went wrong that nobody foresaw ({kind}). The worker's log has the details."
        _finish(version, name, claim, StepState.FAILED, reason)
        raise
    else:
        _finish(version, name, claim, StepState.DONE, remark or "")


def retry(version: Version, name: str, *, by: Principal) -> None:
    """Run a step again. Raises StepBusy while it waits or runs, Step.DoesNotExist for an unknown name.

    Raises PermissionDenied, too.
    """
    by.require(Capability.RETRY, brand=version.brand)
    step = Step.objects.get(version=version, name=name)
    with trail.recording():
        idle = Q(state__in=[StepState.FAILED, StepState.DONE, StepState.SKIPPED]) | _lost(name)
        again = Step.objects.filter(idle, pk=step.pk).update(
            state=StepState.WAITING, reason="", attempts=0, claim="", started_at=None, finished_at=None
        )
        if not again:
            raise StepBusy("This step is at work already.")
        trail.record(
            Verb.STEP_RETRIED,
            brand=version.brand,
            target=version.asset.title,
            actor=by,
            asset_id=version.asset_id,
            data={"step": name},
        )
        roll_up(version)
        enqueue(BY_NAME[name].task, version_id=str(version.pk))


def resume_lost() -> int:
    """Send lost steps off again: those that run past their time, and chains that stand still."""
    resumed = 0
    for spec in STEPS:
        lost = Step.objects.filter(_lost(spec.name), name=spec.name)
        for step in lost:
            enqueue(spec.task, version_id=str(step.version_id))
            resumed += 1
    running = Step.objects.filter(state=StepState.RUNNING).values("version_id")
    still = (
        Version.objects.filter(processing__in=[Processing.WAITING, Processing.RUNNING])
        .filter(created_at__lt=timezone.now() - timedelta(minutes=30))
        .exclude(pk__in=running)
    )
    for version in still:
        resumed += _send_next(version)
    return resumed


def roll_up(version: Version) -> None:
    """Keep on the version how its steps stand altogether, and tell open pages."""
    with transaction.atomic():
        # Locked, so that of two steps that end at once the second sees the first.
        Version.objects.select_for_update(no_key=True).get(pk=version.pk)
        found = list(Step.objects.filter(version=version).order_by("position"))
        states = {step.state for step in found}
        failed = [step for step in found if step.state == StepState.FAILED]
        if states <= {StepState.WAITING}:
            versions.set_processing(version.pk, Processing.WAITING)
        elif states & {StepState.WAITING, StepState.RUNNING}:
            versions.set_processing(version.pk, Processing.RUNNING)
        elif failed:
            reason = "; ".join(f"{BY_NAME[step.name].title}: {step.reason}" for step in failed)
            versions.set_processing(version.pk, Processing.FAILED, reason=reason)
        else:
            versions.set_processing(version.pk, Processing.READY)
        _publish(version)


def _claim_name() -> str:
    """The task's id: the same one comes again when the broker delivers what a dead worker had taken."""
    return str(current_task.request.id or "") if current_task else ""


def _claim(version_id: UUID | str, name: str, claim: str) -> bool:
    free = Q(state=StepState.WAITING) | _lost(name)
    if claim:
        free |= Q(state=StepState.RUNNING, claim=claim)
    step = Step.objects.filter(free, version_id=version_id, name=name)
    worn_out = step.filter(state=StepState.RUNNING, attempts__gte=MOST_ATTEMPTS)
    if worn_out.update(
        state=StepState.FAILED,
        reason=f"The worker stopped {MOST_ATTEMPTS} times in the middle of this. Try again, or see its log.",
        finished_at=timezone.now(),
    ):
        version = Version.objects.get(pk=version_id)
        roll_up(version)
        _send_next(version)
        return False
    claimed = step.update(
        state=StepState.RUNNING,
        claim=claim,
        attempts=F("attempts") + 1,
        reason="",
        started_at=timezone.now(),
        finished_at=None,
    )
    if claimed:
        roll_up(Version.objects.get(pk=version_id))
    return bool(claimed)


def _lost(name: str) -> Q:
    """Running for longer than it may: its worker is gone."""
    return Q(state=StepState.RUNNING, started_at__lt=timezone.now() - BY_NAME[name].limit)


def _finish(version: Version, name: str, claim: str, state: StepState, reason: str) -> None:
    with transaction.atomic():
        kept = Step.objects.filter(version=version, name=name, state=StepState.RUNNING, claim=claim).update(
            state=state, reason=reason[:300], finished_at=timezone.now()
        )
        if not kept:
            log.info("Step %s of %s went to another worker meanwhile.", name, version.pk)
            return
        roll_up(version)
        _send_next(version)


def _send_next(version: Version) -> bool:
    step = Step.objects.filter(version=version, state=StepState.WAITING).order_by("position").first()
    if step is None:
        return False
    enqueue(BY_NAME[step.name].task, version_id=str(version.pk))
    return True


def _publish(version: Version) -> None:
    events.publish(brand_id=version.brand_id, name=f"version-{version.pk}")
    events.publish(brand_id=version.brand_id, name="library")
