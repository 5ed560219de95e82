"""The steps every version goes through after it is taken, side by side where none waits for another.

A failed one stops nothing. Each may run again: its task is delivered twice, its worker dies, or a person
asks for it. Locks are taken in one order: the version, then its step.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from celery.exceptions import Reject
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import turns
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.core import database, errors, events, failures, log_context
from dam.core.lazily import lazy
from dam.core.tasks import queue_of
from dam.core.text import storable
from dam.ingest import backoff, dispatch, holding, outages, readiness, step_specs
from dam.ingest.models import Step, StepState
from dam.media.errors import FileRefused, MediaFailed
from dam.search.saved import alerts

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3  # of workers that died over it
MOST_ROUNDS = 5  # of looking for a step that no other worker takes at the same moment
LEFT: dict[str, Any] = {"state": StepState.SKIPPED, "reason": lazy("Made on request.")}
AFRESH: dict[str, Any] = {
    "state": StepState.WAITING,
    "again": Case(When(state__in=(StepState.DONE, StepState.SKIPPED), then=Value(True)), default=F("again")),
    "reason": "",
    "attempts": 0,
    "interruptions": 0,
    "sends": 0,
    "claim": "",
    "progress": None,
    "log": "",
    "due_at": None,
    "held_until": None,
    "started_at": None,
    "finished_at": None,
}


class StepFailed(errors.Refused):
    """The step could not do its work; the message says why, and how to go on, to people."""

    code = "step_failed"


class StepSkipped(Exception):
    """The step does not apply to this version; the message says why."""


class StepBusy(errors.Refused):
    """The step is waiting or running already."""

    code = "step_busy"


@dataclass(frozen=True)
class Together:
    """Steps that are done in one go while they all wait for the first time."""

    names: Callable[[Version], Collection[str]]  # these of a version; perhaps none
    work: Callable[[Version], dict[str, str]]  # does all of them; a remark on each


class NoSuchStep(errors.Refused):
    """No step has this name."""

    code = "no_such_step"


def begin(version: Version) -> None:
    """Make a new version's steps and send off all that wait for no other."""
    Step.objects.bulk_create(
        Step(name=spec.name, position=place, **whose(version), **({} if spec.on_arrival else LEFT))
        for place, spec in step_specs.first_of(version)
    )
    dispatch.send_ready(version)


def add(version: Version) -> None:
    """Give a version from before there were some of the quiet steps those, and send off what is ready."""
    readiness.lock(version.pk)
    Step.objects.bulk_create(
        (
            Step(name=spec.name, position=place, **whose(version))
            for place, spec in enumerate(step_specs.table())
            if spec.name in step_specs.caught_up() and version.kind in spec.of
        ),
        ignore_conflicts=True,
    )
    dispatch.send_ready(version)


def run(version_id: UUID | str, name: str, work: Callable[[Version], str | None]) -> None:
    """Claim the step, do `work(version)`, keep how it went, and send off what waited for it.

    What `work` returns is kept as a remark. Does nothing when the step is done or runs elsewhere. When the
    database, storage or the like was away, the step is put back and tried later. An unforeseen exception
    fails the step and is raised on, for the log. Raises Reject, for the broker to deliver the task again,
    when the database stays away.
    """
    claim = uuid4().hex
    try:
        if database.again(lambda: _claim(version_id, name, claim)):
            _run_claimed(version_id, name, claim, work)
    except Version.DoesNotExist:
        log.info("Version %s is gone, and with it its step %s.", version_id, name)
    except database.AWAY as problem:
        log.warning("The database is away; step %s of %s goes back to its queue.", name, version_id)
        raise Reject(problem, requeue=True) from problem


def run_in_turn(
    version_id: UUID | str,
    name: str,
    work: Callable[[Version, str], str | None],
    *,
    together: Together | None = None,
) -> None:
    """As `run`, but for the step whose turn it is among those that wait for the same task as this one.

    So a brand that brings in a thousand clips at once has its next one done after everybody else's. `work`
    gets the version and the name of the step. A step that lost its worker had its turn, and goes on at once.

    It is done `together` with others that all wait; each of them alone where that fails, and ever after.
    """
    claim = uuid4().hex
    try:
        taken = database.again(lambda: _claim_in_turn(version_id, name, claim))
        if taken is not None:
            version_id, name = taken
            _run_claimed(version_id, name, claim, lambda version: work(version, name), together)
    except Version.DoesNotExist:
        log.info("Version %s is gone, and with it its step %s.", version_id, name)
    except database.AWAY as problem:
        log.warning("The database is away; step %s of %s goes back to its queue.", name, version_id)
        raise Reject(problem, requeue=True) from problem


def of(version: Version) -> list[Step]:
    """Its steps, in order, with those that nobody has asked for yet: they aren't stored."""
    found = list(version.steps.all())
    names = {step.name for step in found}
    for place, spec in step_specs.asked_for(version):
        if found and spec.name not in names:
            found.append(Step(name=spec.name, position=place, **whose(version), **LEFT))
    return sorted(found, key=lambda step: step.position)


def retry(version: Version, name: str, *, by: Principal) -> None:
    """Run a step again, or for the first time where it was left until somebody asks.

    Raises StepBusy while it waits or runs, NoSuchStep for an unknown name, and PermissionDenied.
    """
    by.require(Capability.RETRY, brand=version.brand)
    places = step_specs.places_of(version.kind)
    if name not in places:
        raise NoSuchStep(name)
    with trail.recording():
        readiness.lock(version.pk)
        # A version from before there was this step has none.
        defaults = {"position": places[name], **whose(version), **LEFT}
        step, _created = Step.objects.get_or_create(version=version, name=name, defaults=defaults)
        if not Step.objects.filter(_idle(name), pk=step.pk).update(**AFRESH):
            raise StepBusy(_("This step is already running."))
        readiness.roll_up(version)
        dispatch.send_ready(version)
        trail.record(
            Verb.STEP_RETRIED,
            brand=version.brand,
            target=version.asset.title,
            actor=by,
            asset_id=version.asset_id,
            data={"step": name},
        )


def put_back_failed(version_id: UUID, name: str) -> bool:
    """Have a step that failed run again, as a part of many; whether it was still failed. In a transaction."""
    version = readiness.lock(version_id)
    if not Step.objects.filter(version=version, name=name, state=StepState.FAILED).update(**AFRESH):
        return False
    readiness.roll_up(version)
    dispatch.send_ready(version)
    return True


def make_lost_again(version_id: UUID, name: str) -> bool:
    """Have a step run again because what it made is lost; one that waits or runs already is left to that.

    The version isn't ready until then. False where there is no such step, or no such version, any more.
    """
    return _make_again(version_id, name, among=_idle(name), fields={**AFRESH, "again": False})


def make_anew(version_id: UUID, name: str) -> bool:
    """Have a step run again because what it is to make has changed, also where it waits or runs already.

    A version that was ready stays so. False where there is no such step, or no such version, any more.
    """
    return _make_again(version_id, name, among=Q(), fields=AFRESH)


def make_missing(version_id: UUID, name: str) -> bool:
    """Have a step run that was never run, or whose file isn't there; one that is at it is left to that.

    A version that was ready stays so. False where there is no such step, or no such version, any more.
    """
    left = Q(state=StepState.SKIPPED, started_at=None)
    return _make_again(version_id, name, among=Q(state=StepState.DONE) | left, fields=AFRESH)


def _make_again(version_id: UUID, name: str, *, among: Q, fields: dict[str, Any]) -> bool:
    places = {spec.name: place for place, spec in enumerate(step_specs.table())}
    if name not in places:
        return False
    try:
        with readiness.locked(version_id) as version:
            defaults = {"position": places[name], **whose(version), **LEFT}
            step, _created = Step.objects.get_or_create(version=version, name=name, defaults=defaults)
            if Step.objects.filter(among, pk=step.pk).update(**fields):
                readiness.roll_up(version)
                dispatch.send_ready(version)
    except Version.DoesNotExist:
        return False
    return True


def whose(version: Version) -> dict[str, Any]:
    """The columns of a step that say whose it is."""
    return {"version": version, "brand_id": version.brand_id, "user_id": version.created_by_id}


def _claim_in_turn(version_id: UUID | str, name: str, claim: str) -> tuple[UUID | str, str] | None:
    """Claim the step whose turn it is; which one that was, None when there is nothing to do."""
    own = Step.objects.filter(version_id=version_id, name=name)
    if own.filter(dispatch.lost_of(name, timezone.now())).exists():
        return (version_id, name) if _claim(version_id, name, claim) else None
    task = _task_of(name)
    together = [spec.name for spec in step_specs.table() if spec.task == task]
    waiting = dispatch.in_line(together)
    asked = waiting.filter(version_id=version_id, name=name).first()
    for _round in range(MOST_ROUNDS):
        found = False
        for step in turns.rows(queue_of(task), waiting):
            found = True
            if asked is not None and (asked.brand_id, asked.user_id) == (step.brand_id, step.user_id):
                step = asked  # it is their turn, and this is what the message is about
            if _claim(step.version_id, step.name, claim):
                return step.version_id, step.name
        if not found:
            break
        asked = None
    return (version_id, name) if _claim(version_id, name, claim) else None


def _task_of(name: str) -> str:
    spec = step_specs.find(name)
    if spec is None:
        raise NoSuchStep(name)
    return spec.task


def _run_claimed(
    version_id: UUID | str,
    name: str,
    claim: str,
    work: Callable[[Version], str | None],
    together: Together | None = None,
) -> None:
    version = Version.objects.select_related("asset", "brand").get(pk=version_id)
    log_context.add(brand=version.brand_id, user=version.created_by_id)
    readiness.publish(version)
    database.release()
    mine = Step.objects.filter(version_id=version_id, state=StepState.RUNNING, claim=claim)
    try:
        with holding.held(lambda: mine.all()):
            done = _do_together(version, name, claim, together) if together is not None else {}
            remark = done[name] if name in done else work(version)
    except StepSkipped as skipped:
        _finish(version, name, claim, StepState.SKIPPED, str(skipped))
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop: leave it to the next one
        _put_back(version, name, claim)
        raise
    except Exception as problem:  # noqa: BLE001, as what nobody foresaw is raised on from there
        _take_problem(version, name, claim, problem)
    else:
        _finish(version, name, claim, StepState.DONE, remark or "")


def _do_together(version: Version, name: str, claim: str, together: Together) -> dict[str, str]:
    """Do the claimed step with the others, which are finished then; a remark on each.

    Empty where these don't all wait, and where it failed: then they wait again.
    """
    names = together.names(version)
    others = _claim_others(version, set(names) - {name}, claim) if name in names else []
    if not others:
        return {}
    database.release()
    try:
        remarks = together.work(version)
    except BaseException as problem:
        for other in others:
            _let_go(version, other, claim)
        if not isinstance(problem, Exception):
            raise
        foreseen = isinstance(problem, StepFailed | MediaFailed | FileRefused) or outages.describe(problem)
        # One by one may go well, which would hide a fault of ours.
        level = logging.INFO if foreseen else logging.ERROR
        words = "%s and %s of %s are done one by one: %r"
        log.log(level, words, name, others, version.pk, problem, exc_info=not foreseen)
        return {}
    for other in others:
        _finish(version, other, claim, StepState.DONE, remarks[other])
    return remarks


def _take_problem(version: Version, name: str, claim: str, problem: Exception) -> None:
    away = outages.describe(problem, key=version.storage_key)
    if away is not None:
        log.warning("Step %s of %s is put back: %s (%r)", name, version.pk, away, problem)
        _put_back(version, name, claim, reason=away)
    elif isinstance(problem, StepFailed | MediaFailed | FileRefused):
        said = problem.log if isinstance(problem, MediaFailed) else ""
        reason = failures.sentence(problem, of=f"Step {name}")
        _finish(version, name, claim, StepState.FAILED, reason, log=storable(said))
    else:
        reason = failures.sentence(problem, of=f"Step {name} of version {version.pk}")
        _finish(version, name, claim, StepState.FAILED, reason)
        raise problem


def _claim(version_id: UUID | str, name: str, claim: str) -> bool:
    at = timezone.now()
    with readiness.locked(version_id) as version:
        step = Step.objects.filter(
            Q(state=StepState.WAITING) | dispatch.lost_of(name, at), version=version, name=name
        )
        worn_out = step.filter(state=StepState.RUNNING, attempts__gte=MOST_ATTEMPTS).update(
            state=StepState.FAILED,
            reason=(
                _("The worker stopped %(most_attempts)s times during this step. Its log may say why.")
                % {"most_attempts": MOST_ATTEMPTS}
            ),
            finished_at=at,
            held_until=None,
        )
        claimed = not worn_out and step.update(**_claimed(claim, at))
        if worn_out or claimed:
            readiness.roll_up(version)
        if worn_out:
            dispatch.send_ready(version)
        if claimed and (spec := step_specs.find(name)) is not None:
            turns.take(queue_of(spec.task), (version.brand_id, version.created_by_id), at=at)
    return bool(claimed)


def _claim_others(version: Version, names: Collection[str], claim: str) -> list[str]:
    """Claim these steps, too, if all of them wait and nobody has tried one yet; else none."""

    def take() -> list[str]:
        at = timezone.now()
        with readiness.locked(version.pk) as row:
            fresh = Step.objects.filter(
                version=row, name__in=names, state=StepState.WAITING, attempts=0, reason=""
            )
            found = [step.name for step in fresh if dispatch.is_ready(step)]
            if set(found) != set(names):
                return []
            fresh.update(**_claimed(claim, at))
            readiness.roll_up(row)
        return found

    return database.again(take)


def _claimed(claim: str, at: datetime) -> dict[str, Any]:
    return {
        "state": StepState.RUNNING,
        "claim": claim,
        "attempts": F("attempts") + 1,
        "reason": "",
        "progress": None,
        "log": "",
        "started_at": at,
        "finished_at": None,
        "held_until": holding.until(at),
    }


def _idle(name: str) -> Q:
    """Nobody is at it, nor is it about to be done."""
    return Q(state__in=dispatch.SETTLED) | dispatch.lost_of(name, timezone.now())


def _finish(version: Version, name: str, claim: str, state: StepState, reason: str, *, log: str = "") -> None:
    def finish() -> None:
        fields = {"state": state, "reason": reason[:300], "log": log, "finished_at": timezone.now()}
        _leave(version, name, claim, fields)

    database.again(finish)


def _let_go(version: Version, name: str, claim: str) -> None:
    """Let it wait for a worker of its own, which is sent for; that it was tried is kept."""
    fields = {"state": StepState.WAITING, "reason": "", "sends": 0, "due_at": None, "started_at": None}
    database.again(lambda: _leave(version, name, claim, fields))


def _put_back(version: Version, name: str, claim: str, *, reason: str = "") -> None:
    """Let it wait for another try, which `reason`, an outage, puts off; too many of them fail it."""

    def put_back() -> None:
        at = timezone.now()
        step = Step.objects.get(version=version, name=name)
        fields: dict[str, Any] = {"state": StepState.WAITING, "attempts": F("attempts") - 1}
        if not reason:
            fields |= {"reason": "", "due_at": backoff.next_send(at, sends=0)}
        elif step.interruptions + 1 < backoff.MOST_INTERRUPTIONS:
            fields |= {
                "reason": (_("%(reason)s Reelproof will try again automatically.") % {"reason": reason}),
                "due_at": backoff.next_retry(at, interruptions=step.interruptions),
                "interruptions": F("interruptions") + 1,
            }
        else:
            fields = {"state": StepState.FAILED, "finished_at": at}
            fields["reason"] = _("%(reason)s Reelproof tried %(most_interruptions)s times.") % {
                "reason": reason,
                "most_interruptions": backoff.MOST_INTERRUPTIONS,
            }
        _leave(version, name, claim, fields)

    database.again(put_back)


def _leave(version: Version, name: str, claim: str, fields: dict[str, Any]) -> None:
    with readiness.locked(version.pk) as row:
        mine = Step.objects.filter(version=row, name=name, state=StepState.RUNNING, claim=claim)
        if not mine.update(held_until=None, progress=None, **fields):
            log.info("Step %s of %s went to another worker meanwhile.", name, version.pk)
            return
        readiness.roll_up(row)
        dispatch.send_ready(row)
        if fields["state"] in dispatch.SETTLED and queue_of(_task_of(name)) in (
            "index",
            "footage",
            "recognition",
        ):
            alerts.notice([row.asset_id], brand_id=row.brand_id)  # it can be found by more than before
        if fields["state"] == StepState.DONE and name not in step_specs.quiet():
            events.publish(brand_id=row.brand_id, name="library")  # its card may have a new picture
