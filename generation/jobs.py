"""Generation jobs: asking for takes, running them, and what becomes of those whose worker dies.

Every change is a conditional update on the state table, so that of two who want the same job one wins.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals, turns
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.core import errors, events, locks
from dam.core.language import midsentence, noop
from dam.core.lazily import lazy
from dam.core.tasks import enqueue
from dam.ingest import backoff, next_versions
from dam.models import Asset, User, Version
from generation import kits, previews, quotas, sources, states
from generation.briefs import LARGEST_SEED, Brief, BriefRefused
from generation.generators import modes
from generation.generators.base import Cancelled, ModelIdentity
from generation.models import GenerationJob
from generation.prompt_gate import gate
from generation.prompt_parser import Understanding
from generation.states import JobMove, JobState, Phase
from generation.verdicts import Judgement

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5.0
# A worker that has given no sign of life for so long is gone. With the time between two looks
# (`recover-jobs`) that makes half a minute at most. One that was only slow finds out, and keeps nothing.
LOST_AFTER = timedelta(seconds=20)
# A job nobody took for so long is sent again: the broker may have forgotten it. Sent twice is harmless.
FORGOTTEN_AFTER = timedelta(minutes=30)  # then after twice as long each time
MOST_ATTEMPTS = 3
# Takes of one person that wait or run at once: what a person can look through, and no machine's whole day.
MOST_OPEN = 24
QUEUE = "gpu"
WORKER_GONE = noop(
    "The worker stopped %(most_attempts)s times during this take. Check its log, then try again."
) % {"most_attempts": MOST_ATTEMPTS}

# A take for a model that is loaded goes before so many for others, none of which was asked for so long ago.
OVERTAKEN = 50
PATIENCE = timedelta(minutes=5)
Fits = Callable[[str], bool]
"""Whether a worker has the generator loaded that a job names (GenerationJob.generator)."""

# A worker lets go of a take by these.
_ENDS = (JobMove.FINISH, JobMove.STOP, JobMove.FAIL, JobMove.RELEASE)
ONE_TAKE = lazy("A new version can only be generated one take at a time.")


class QueueFull(errors.Refused):
    """The person has as many takes in the queue as one person may."""

    code = "queue_full"

    def __init__(self, open_now: int, asked: int) -> None:
        room = MOST_OPEN - open_now
        more = (
            (_("There is room for %(room)s more: ask for fewer, or wait") % {"room": room})
            if room > 0 and asked > 1
            else _("Wait")
        )
        super().__init__(
            _(
                "%(open_now)s of your takes are in the queue; at most %(most_open)s can be. "
                "%(more)s until one is done, or cancel some."
            )
            % {"open_now": open_now, "most_open": MOST_OPEN, "more": more}
        )


class TooLate(errors.Refused):
    """The job has moved on, so this can no longer be done to it."""

    code = "too_late"


class Lost(Exception):
    """The job is no longer this worker's: it was cancelled, or another worker has taken it over."""


def request(
    *,
    by: Principal,
    brief: Brief,
    key: UUID | None = None,
    asset: Asset | None = None,
    generator: str = "",
    note: str = "",
) -> list[GenerationJob]:
    """Store a brief's takes and send them to the workers.

    The same `key` again, as when a form is sent twice, gives the jobs that are there. A seed counts up from
    take to take; without one each take gets its own by chance. With `asset` the take becomes its next
    version, of which `note` (cleaned) says what changed. `generator` is what `chosen.asked` says of the model
    that the brief was checked for.
    Raises PermissionDenied, NoTarget, QueueFull, QuotaUsed, PromptRefused where the brand's rules don't allow
    the prompt, and BriefRefused for several takes of one next version and for sources that they can't see.
    """
    by.require(Capability.GENERATE)
    if asset is not None:
        next_versions.target(asset.pk, principal=by, kind=modes.MODES[brief.mode].makes)
        if brief.takes > 1:
            raise BriefRefused("takes", ONE_TAKE)
    sources.require(by, brief)
    person = principals.person(by)
    with trail.recording():
        _alone(by.brand.pk, person.pk)
        if key is not None and (there := _takes_of(by, person, key)):
            return there
        judgement = gate.require(by.brand, brief.prompt)
        _require_room(by.brand.pk, person.pk, more=brief.takes)
        quotas.require(by.brand, person)
        key = key or uuid4()
        return [
            _request_take(
                *(by, person, brief, judgement),
                key=key,
                take=take,
                asset=asset,
                generator=generator,
                note=note if asset else "",
            )
            for take in range(1, brief.takes + 1)
        ]


def _alone(brand_id: int, person_id: int) -> None:
    """Of two requests of one person at once, as after a double click, the second waits for the first."""
    locks.hold(f"takes:{brand_id}:{person_id}")


def _takes_of(by: Principal, person: User, key: UUID) -> list[GenerationJob]:
    return list(GenerationJob.objects.filter(brand=by.brand, requested_by=person, brief=key).order_by("take"))


def room(by: Principal) -> int:
    """How many takes they may ask for now."""
    return MOST_OPEN - _open_now(by.brand.pk, principals.person(by).pk)


def _open_now(brand_id: int, person_id: int) -> int:
    mine = GenerationJob.objects.filter(brand_id=brand_id, requested_by_id=person_id)
    return mine.filter(state__in=states.OPEN).count()


def _require_room(brand_id: int, person_id: int, *, more: int) -> None:
    open_now = _open_now(brand_id, person_id)
    if open_now + more > MOST_OPEN:
        raise QueueFull(open_now, more)


def _request_take(
    by: Principal,
    person: User,
    brief: Brief,
    judgement: Judgement,
    *,
    key: UUID,
    take: int,
    asset: Asset | None,
    generator: str,
    note: str,
) -> GenerationJob:
    seed = secrets.randbelow(LARGEST_SEED + 1) if brief.seed is None else brief.seed + take - 1
    job = GenerationJob.objects.create(
        brand=by.brand,
        requested_by=person,
        brief=key,
        take=take,
        asset=asset,
        note=note,
        prompt=brief.prompt,
        negative_prompt=brief.negative,
        kit=kits.kept(brief),
        seed=seed % (LARGEST_SEED + 1),
        frames=brief.frames,
        width=brief.width,
        height=brief.height,
        rate_numerator=brief.frame_rate.numerator,
        rate_denominator=brief.frame_rate.denominator,
        steps=brief.steps,
        guidance=brief.guidance,
        mode=brief.mode.value,
        guides=sources.stored(brief),
        gate=judgement.kept(),
        generator=generator,
        due_at=timezone.now() + FORGOTTEN_AFTER,
    )
    _audit(
        Verb.JOB_REQUESTED,
        job,
        actor=by,
        seed=job.seed,
        **_begun_with(job),
        **_added_to(brief),
        **_judged(judgement),
    )
    _send(job)
    return job


def _begun_with(job: GenerationJob) -> dict[str, Any]:
    """What the log says of a take that doesn't begin with words alone."""
    versions = [each["version"] for each in job.guides.get("sources", ())]
    return {"mode": job.mode, "sources": versions} if job.guides else {}


def _added_to(brief: Brief) -> dict[str, Any]:
    """What the log says of a prompt to which the brand's kit added."""
    return {"typed": brief.typed, "kit_revision": brief.kit.revision} if brief.kit is not None else {}


def _judged(judgement: Judgement) -> dict[str, Any]:
    """What the log says of what the rules found."""
    found = [{"rule": each.rule, "revision": each.revision} for each in judgement.findings]
    waived = {"waiver": judgement.waiver} if judgement.is_waived else {}
    return {"rules": found, **waived} if found else {}


def cancel(job: GenerationJob, *, by: Principal, at: datetime | None = None) -> None:
    """Cancel a waiting job at once, a running one at its next step. Raises TooLate, PermissionDenied."""
    by.require(Capability.GENERATE, brand=job.brand)
    at = at or timezone.now()
    with trail.recording():
        if not _move(job.pk, JobMove.WITHDRAW, finished_at=at):
            stopping = GenerationJob.objects.filter(
                pk=job.pk, state=JobState.GENERATING, cancel_requested_at=None
            ).update(cancel_requested_at=at)
            if not stopping:
                job.refresh_from_db()
                if job.cancel_requested_at and job.state in states.OPEN:
                    return  # asked for already
                raise TooLate(
                    _("This take can no longer be cancelled: %(state)s.")
                    % {"state": midsentence(_(states.LABELS[JobState(job.state)]))}
                )
        _audit(Verb.JOB_CANCELLED, job, actor=by)
        _publish_change(job)


def retry(job: GenerationJob, *, by: Principal) -> None:
    """Once more, with the same seed.

    Raises TooLate, QueueFull, QuotaUsed, PromptRefused, PermissionDenied.
    """
    by.require(Capability.GENERATE, brand=job.brand)
    with trail.recording():
        _alone(job.brand_id, job.requested_by_id)
        judgement = gate.require(job.brand, job.prompt)
        again = _move(
            job.pk,
            JobMove.RETRY,
            gate=judgement.kept(),
            reason="",
            step=0,
            attempts=0,
            interruptions=0,
            sends=0,
            due_at=timezone.now() + FORGOTTEN_AFTER,
            cancel_requested_at=None,
            started_at=None,
            progressed_at=None,
            finished_at=None,
        )
        if not again:
            raise TooLate(_("Only failed or cancelled takes can be tried again."))
        _require_room(job.brand_id, job.requested_by_id, more=0)  # it is counted by now
        quotas.require(job.brand, job.requested_by)
        _audit(Verb.JOB_REQUESTED, job, actor=by, seed=job.seed, again=True, **_judged(judgement))
        _send(job)


def claim(job_id: UUID, *, at: datetime | None = None) -> GenerationJob | None:
    """Take the job for this worker; None when it is not waiting (any more)."""
    at = at or timezone.now()
    with trail.recording():
        claimed = _move(
            job_id,
            JobMove.CLAIM,
            attempts=F("attempts") + 1,
            phase=Phase.LOADING,
            step=0,
            reason="",
            started_at=at,
            progressed_at=at,
        )
        if not claimed:
            return None
        job = GenerationJob.objects.select_related("brand", "requested_by").get(pk=job_id)
        _publish_change(job)
        turns.take(QUEUE, (job.brand_id, job.requested_by_id), at=at)
    return job


def claim_next(*, fits: Fits | None = None, at: datetime | None = None) -> GenerationJob | None:
    """Take the job whose turn it is (in_turn); None when none waits.

    With `fits`, one of the next few whose generator fits goes first, unless one before it has waited long.
    """
    order = [job_id for job_id in in_turn() if job_id is not None]
    for job_id in _fitting_first(order, fits, at=at or timezone.now()) if fits else order:
        job = claim(job_id, at=at)
        if job is not None:
            return job
    return None


def _fitting_first(order: Sequence[UUID], fits: Fits, *, at: datetime) -> Iterator[UUID]:
    """In turn, but for the first that fits; it overtakes nothing that was asked for PATIENCE ago."""
    near = order[: OVERTAKEN + 1]
    rows = GenerationJob.objects.filter(pk__in=near).values_list("pk", "generator", "created_at")
    asked = {job_id: (generator, created) for job_id, generator, created in rows}
    found: dict[str, bool] = {}
    for job_id in near:
        generator, created = asked.get(job_id, ("", at))
        if generator not in found:
            found[generator] = fits(generator)
        if found[generator]:
            yield job_id
            break
        if created <= at - PATIENCE:
            break
    yield from order


def in_turn(*, then: turns.Who | None = None) -> list[UUID | None]:
    """The jobs that wait, in the order in which they are taken if nobody asks for more.

    With `then`, None stands where the next take of this brand and person would.
    """
    waiting = GenerationJob.objects.filter(state=JobState.REQUESTED, reason="")
    rows = waiting.order_by("created_at", "take", "pk").values_list("pk", "brand_id", "requested_by_id")
    found: list[tuple[UUID | None, turns.Who]] = [(job_id, (brand, user)) for job_id, brand, user in rows]
    return turns.order(QUEUE, [*found, *([(None, then)] if then else [])])


def keep_model(job: GenerationJob, *, identity: ModelIdentity, understanding: Understanding) -> None:
    """Remember which weights ran and what they made of the prompt. Raises Lost."""
    job.model, job.understood = asdict(identity), asdict(understanding)
    _write(job, model=job.model, understood=job.understood)


def keep_making(job: GenerationJob, made_with: Mapping[str, Any]) -> None:
    """Remember what it takes to make the take again. Raises Lost."""
    job.made_with = dict(made_with)
    _write(job, made_with=job.made_with)


def beat(job: GenerationJob, *, at: datetime | None = None) -> bool:
    """Give a sign of life; False when the job is no longer this worker's."""
    return bool(_mine(job, states.WORKING).update(progressed_at=at or timezone.now()))


def step(job: GenerationJob, done: int, *, preview: bytes | None = None, at: datetime | None = None) -> None:
    """Keep how far it is and tell the pages. Raises Lost."""
    with trail.recording():
        _write(job, step=done, progressed_at=at or timezone.now())
        if preview is not None:
            previews.keep(job.pk, preview)
        _publish_change(job)


def obey(job: GenerationJob) -> None:
    """Raise Cancelled when somebody asked for that, Lost when the job is another worker's."""
    mine = _mine(job, states.WORKING).values_list("cancel_requested_at", flat=True)
    for asked_at in mine:
        if asked_at is not None:
            raise Cancelled
        return
    raise Lost


def begin(job: GenerationJob, phase: Phase, **fields: Any) -> None:
    """Its worker goes on to another phase of the same state. Raises Lost, and Cancelled while it can be."""
    with trail.recording():
        if states.can_cancel(states.PHASES[phase]):
            obey(job)
        mine = _mine(job, [states.PHASES[phase]]).filter(phase__in=states.before(phase))
        if not mine.update(phase=phase, **fields):
            raise Lost
        job.phase = phase
        _publish_change(job)


def decode_in_tiles(job: GenerationJob) -> None:
    """Decoding it whole ran out of memory. Raises Lost."""
    job.tiled = True
    _write(job, tiled=True)


def spare_memory(job: GenerationJob, *, made_with: Mapping[str, Any], reason: str) -> None:
    """Making it ran out of memory: it is made once more with less, and decoded in tiles. Raises Lost."""
    with trail.recording():
        job.tiled, job.made_with = True, dict(made_with)
        _write(job, tiled=True, made_with=job.made_with, step=0, reason=str(reason)[:300])
        _publish_change(job)


def begin_signing(job: GenerationJob) -> None:
    """The frames are there. Raises Cancelled, Lost."""
    obey(job)
    _own(job, JobMove.SIGN, phase=Phase.ENCODING, step=job.steps)


def finish(job: GenerationJob, version: Version, *, at: datetime | None = None) -> None:
    """The clip is in the library; call it in the transaction that puts it there. Raises Lost.

    The preview stays: it is shown until the review proxy is made.
    """
    _own(job, JobMove.FINISH, version=version, finished_at=at or timezone.now(), reason="")
    model = f"{job.model.get('name', '')} {job.model.get('version', '')}".strip()
    versions.set_making(version.pk, model=model, seed=job.seed, prompt=job.prompt)


def stop(job: GenerationJob, *, at: datetime | None = None, until: datetime | None = None) -> None:
    """It was cancelled, and nothing of it is kept; `until` is as in `fail`. Raises Lost."""
    _own(job, JobMove.STOP, until=until, finished_at=at or timezone.now(), reason="")
    previews.forget(job.pk)


def fail(
    job: GenerationJob, *, reason: str, at: datetime | None = None, until: datetime | None = None
) -> None:
    """It went wrong; the reason is for people. Of a worker that died, `until` is its last sign of life.

    Raises Lost.
    """
    with trail.recording():
        _own(job, JobMove.FAIL, until=until, reason=reason[:300], finished_at=at or timezone.now())
        _audit(Verb.JOB_FAILED, job, reason=reason[:300], requested_by=job.requested_by_id)


def release(job: GenerationJob) -> None:
    """Give it back for another worker, as when this one is told to stop. It does not count as a try."""
    with trail.recording():
        due_at = timezone.now() + FORGOTTEN_AFTER
        # What it said while it was made, as in `spare_memory`, is no reason to wait.
        _own(job, JobMove.RELEASE, step=0, attempts=F("attempts") - 1, reason="", due_at=due_at)
        _send(job)


def put_back(job: GenerationJob, *, reason: str, counts: bool = False, at: datetime | None = None) -> None:
    """Something was away: it waits and says why, and is sent again at growing intervals. Raises Lost.

    With `counts` it is one of MOST_ATTEMPTS, the last of which fails it.
    """
    at = at or timezone.now()
    if counts and job.attempts >= MOST_ATTEMPTS:
        return fail(
            job,
            reason=(
                _("%(reason)s Reelproof tried %(most_attempts)s times.")
                % {"reason": reason, "most_attempts": MOST_ATTEMPTS}
            ),
            at=at,
        )
    if job.interruptions + 1 >= backoff.MOST_INTERRUPTIONS:
        return fail(
            job,
            reason=(
                _("%(reason)s Reelproof tried %(most_interruptions)s times.")
                % {"reason": reason, "most_interruptions": backoff.MOST_INTERRUPTIONS}
            ),
            at=at,
        )
    with trail.recording():
        _own(
            job,
            JobMove.RELEASE,
            step=0,
            attempts=F("attempts") - (0 if counts else 1),
            interruptions=F("interruptions") + 1,
            reason=(_("%(reason)s Reelproof will try again automatically.") % {"reason": reason}),
            due_at=backoff.next_retry(at, interruptions=job.interruptions),
        )


def forgotten_after(*, sends: int) -> timedelta:
    """How long what nobody took waits after it was sent so often again."""
    return min(FORGOTTEN_AFTER * (1 << min(sends, 8)), backoff.LAST_SEND)


def recover(*, at: datetime | None = None) -> int:
    """Send the jobs of dead workers, those the broker forgot and those put back again; say how many.

    A job that has killed its worker too often is failed instead: it may be the reason.
    """
    at = at or timezone.now()
    lost = GenerationJob.objects.filter(state__in=states.WORKING, progressed_at__lt=at - LOST_AFTER)
    due = GenerationJob.objects.filter(state=JobState.REQUESTED).filter(Q(due_at=None) | Q(due_at__lte=at))
    recovered = 0
    for job in lost.select_related("brand", "requested_by"):
        recovered += _recover_lost(job, at=at)
    for job in due.select_related("brand"):
        wait = forgotten_after(sends=job.sends + 1)
        with trail.recording():
            # Without a reason to wait it stands in the queue again.
            if due.filter(pk=job.pk).update(reason="", sends=F("sends") + 1, due_at=at + wait):
                _send(job)
                recovered += 1
    return recovered


def _recover_lost(job: GenerationJob, *, at: datetime) -> bool:
    with trail.recording():
        try:
            obey(job)
            if job.attempts >= MOST_ATTEMPTS:
                fail(job, reason=WORKER_GONE, at=at, until=job.progressed_at)
            else:
                log.warning("Job %s lost its worker and is sent again.", job.pk)
                # What ended its worker while it decoded may have been memory.
                tiled = job.tiled or job.phase == Phase.DECODING
                again = {"step": 0, "reason": "", "tiled": tiled, "due_at": at + FORGOTTEN_AFTER}
                _own(job, JobMove.RELEASE, until=job.progressed_at, **again)
                _send(job)
        except Cancelled:
            stop(job, at=at, until=job.progressed_at)
        except Lost:
            return False
    return True


def _move(job_id: UUID, move: JobMove, **fields: Any) -> bool:
    """Make the move if the job stands where the table allows it."""
    possible = GenerationJob.objects.filter(pk=job_id, state__in=states.sources(move))
    return bool(possible.update(state=states.target(move), **fields))


def _mine(job: GenerationJob, possible: Iterable[JobState]) -> QuerySet[GenerationJob]:
    """The job's row while this worker's claim on it holds; `started_at` is the claim."""
    return GenerationJob.objects.filter(pk=job.pk, started_at=job.started_at, state__in=possible)


def _own(job: GenerationJob, move: JobMove, *, until: datetime | None = None, **fields: Any) -> None:
    """Make the move if the job is still this worker's, and tell the pages. Raises Lost.

    Its machine time counts `until` then; else until it is finished, or now.
    """
    with trail.recording():
        if move in _ENDS:
            fields["phase"] = ""
        if not _mine(job, states.sources(move)).update(state=states.target(move), **fields):
            raise Lost
        if move in _ENDS:
            until = until or fields.get("finished_at") or timezone.now()
            quotas.charge(job, made=move is JobMove.FINISH, until=until)
        job.state = states.target(move)
        _publish_change(job)


def _write(job: GenerationJob, **fields: Any) -> None:
    if not _mine(job, [JobState.GENERATING]).update(**fields):
        raise Lost


def _send(job: GenerationJob) -> None:
    waiting = GenerationJob.objects.filter(pk=job.pk, state=JobState.REQUESTED, reason="")
    soon = partial(waiting.update, due_at=timezone.now())
    enqueue("gpu.generate", job_id=str(job.pk), unsent=soon)
    _publish_change(job)


def _publish_change(job: GenerationJob) -> None:
    events.publish(brand_id=job.brand_id, name=f"job-{job.pk}")
    events.publish(brand_id=job.brand_id, name="jobs")


def _audit(verb: Verb, job: GenerationJob, *, actor: Principal | None = None, **data: Any) -> None:
    trail.record(
        verb,
        brand=job.brand,
        target=job.prompt,
        actor=actor,
        asset_id=job.asset_id,
        data={"job": str(job.pk), "take": job.take} | data,
    )
