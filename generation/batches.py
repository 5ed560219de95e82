"""Many prompts at once: kept as a batch, and asked for as the person's queue has room.

What keeps one prompt from being made (the brand's rules, the model) is told at its line; the rest goes on.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Count, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dam.accounts import languages, principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, events, foreign_text, locks
from dam.core.language import noop
from generation import briefs, chosen, jobs, kits, states
from generation.briefs import Brief, BriefRefused
from generation.generators.base import Capabilities, GeneratorError
from generation.generators.modes import Mode
from generation.model_register import InstalledGenerator
from generation.models import BatchLine, GenerationJob, PromptBatch
from generation.prompt_lists import Line, PromptList
from generation.quotas import QuotaUsed
from generation.states import JobState

log = logging.getLogger(__name__)

MOST_OPEN = 5  # batches of one person that still have lines to ask for
KEPT_FREE = 4  # places in the person's queue that a batch leaves to single briefs
MOST_LOOKED_AT = 100  # lines of one batch in one go: all but a few may be refused
LONGEST_NAME = 120  # characters


class BatchRefused(errors.Refused):
    """The batch can't be made like this."""

    code = "batch_refused"


class BatchEnded(errors.Refused):
    """There is nothing left to stop."""

    code = "batch_ended"
    message = noop("All prompts of this batch have already been queued or refused.")


class NothingLeft(errors.Refused):
    """There is nothing to go on with."""

    code = "batch_nothing_left"
    message = noop("This batch has no prompts left to continue with.")


@dataclass(frozen=True)
class BatchSettings:
    """What all prompts of a batch are made with."""

    frames: int
    width: int  # pixels
    height: int
    steps: int
    guidance: float
    kit: Mapping[str, Any] | None = None
    """What the brand's kit adds to each prompt (kit_words.KitWords), as it was when the list was sent."""
    mode: str | None = None
    """generators.modes.Mode of what they become; None: clips from prompts alone."""


class LineState(StrEnum):
    """Where a prompt of a batch stands: as its job, and before there is one."""

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    STOPPED = "stopped"
    FORGOTTEN = "forgotten"  # its job is no longer kept


_OF_JOB = {
    JobState.REQUESTED: LineState.QUEUED,
    JobState.GENERATING: LineState.RUNNING,
    JobState.SIGNING: LineState.RUNNING,
    JobState.DONE: LineState.DONE,
    JobState.FAILED: LineState.FAILED,
    JobState.CANCELLED: LineState.CANCELLED,
}


@dataclass(frozen=True)
class Progress:
    """How many of a batch's prompts stand where."""

    counts: Mapping[LineState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        """Those that nothing more will come of."""
        open_ones = (LineState.WAITING, LineState.QUEUED, LineState.RUNNING)
        return self.total - sum(self.counts.get(each, 0) for each in open_ones)


def create(
    *, by: Principal, key: UUID, name: str, prompts: PromptList, settings: BatchSettings
) -> PromptBatch:
    """Keep the list and ask for as many as there is room for; the same again gives what is there.

    `key` is the form's. A list that was changed and sent from the same form, as after a step back in the
    browser, is another batch. Lines that couldn't be read are kept as refused ones, so that the report has
    them. Raises BatchRefused, PermissionDenied.
    """
    by.require(Capability.GENERATE)
    person = principals.person(by)
    name = foreign_text.line(name, longest=LONGEST_NAME)
    key = _key(key, by, name, prompts, settings)
    with trail.recording():
        # Of two at once, as after a double click, the second waits for the first.
        locks.hold(f"batches:{by.brand.pk}:{person.pk}")
        if (there := PromptBatch.objects.filter(pk=key).first()) is not None:
            return there
        if not prompts.lines:
            raise BatchRefused(_("None of these prompts can be used. Correct them and try again."))
        _require_few(by)
        batch = PromptBatch.objects.create(
            pk=key, brand=by.brand, requested_by=person, name=name, settings=_kept(settings)
        )
        rows = [_row(batch, line) for line in prompts.lines]
        rows += [
            BatchLine(batch=batch, number=each.number, prompt=each.text, reason=each.reason[:300])
            for each in prompts.wrong
        ]
        BatchLine.objects.bulk_create(rows)
        trail.record(
            Verb.BATCH_REQUESTED,
            brand=by.brand,
            target=name,
            actor=by,
            data={"batch": str(batch.pk), "prompts": len(prompts.lines)},
        )
    feed(batch.pk)
    return batch


def feed_all(*, at: datetime | None = None) -> int:
    """Ask for more of every batch that waits, the oldest first; how many were asked for."""
    count = 0
    rows = _unfed().filter(brand__closed_at=None).order_by("created_at")
    for key in list(rows.values_list("pk", flat=True)):
        try:
            count += feed(key, at=at)
        except Exception:  # the batches of others go on
            log.exception("Batch %s can't be fed; it is tried again.", key)
    return count


def feed(batch_id: UUID, *, at: datetime | None = None) -> int:
    """Ask for as many of its lines as the person has room for. Safe to run twice, and two at once.

    Each line's job has a key of its own, and both are written at once or not at all.
    """
    at = at or timezone.now()
    batch = _unfed().select_related("brand", "requested_by").filter(pk=batch_id).first()
    if batch is None or batch.brand.closed_at is not None:  # it goes on where the brand is opened again
        return 0
    told = 0
    # A worker has no language, and the person alone reads what is told.
    with translation.override(languages.language_of(batch.requested_by, batch.brand)):
        member = principals.member(batch.requested_by, batch.brand)
        if member is None or not member.can(Capability.GENERATE):
            reason = _("The person who started this batch can no longer generate clips.")
            told = _waiting(batch).update(reason=reason)
            count = 0
        else:
            count, told = _ask(batch, member, at)
    if not _waiting(batch).exists():
        told += _unfed().filter(pk=batch.pk).update(fed_at=at)
    if count or told:
        events.publish(brand_id=batch.brand_id, name=f"batch-{batch.pk}")
    return count


def stop(batch: PromptBatch, *, by: Principal, at: datetime | None = None) -> int:
    """Ask for no more of it, and cancel what waits or runs; how many takes were cancelled.

    Raises BatchEnded where nothing waits any more, PermissionDenied.
    """
    by.require(Capability.GENERATE, brand=batch.brand)
    at = at or timezone.now()
    cancelled = 0
    with trail.recording():
        # First of all: whoever feeds it holds its row while a line gets its take.
        stopped = PromptBatch.objects.filter(pk=batch.pk, stopped_at=None).update(stopped_at=at)
        waited = bool(stopped) and _waiting(batch).exists()
        open_jobs = GenerationJob.objects.filter(
            pk__in=BatchLine.objects.filter(batch=batch).values("job"),
            state__in=states.OPEN,
            cancel_requested_at=None,
        ).select_related("brand")
        for job in open_jobs:
            try:
                jobs.cancel(job, by=by, at=at)
                cancelled += 1
            except jobs.TooLate:
                continue  # it is as good as made
        if not waited and not cancelled:
            raise BatchEnded
        trail.record(
            Verb.BATCH_STOPPED, brand=batch.brand, target=batch.name, actor=by, data={"batch": str(batch.pk)}
        )
    events.publish(brand_id=batch.brand_id, name=f"batch-{batch.pk}")
    return cancelled


def go_on(batch: PromptBatch, *, by: Principal) -> int:
    """Ask again for what stopping it kept from being made; how many are asked for now.

    Takes that were cancelled with it keep their seeds; those that were cancelled before stay cancelled.
    Raises NothingLeft, BatchRefused where too many of theirs wait, PermissionDenied.
    """
    by.require(Capability.GENERATE, brand=batch.brand)
    with trail.recording():
        locks.hold(f"batches:{batch.brand_id}:{batch.requested_by_id}")
        stopped = PromptBatch.objects.select_for_update(no_key=True).filter(pk=batch.pk)
        row = stopped.filter(stopped_at__isnull=False).first()
        if row is None:
            raise NothingLeft
        BatchLine.objects.filter(
            batch=batch, job__state=JobState.CANCELLED, job__finished_at__gte=row.stopped_at
        ).update(job=None, asked_at=None)
        if not _waiting(batch).exists():
            raise NothingLeft
        _require_few(by)
        stopped.update(stopped_at=None, fed_at=None)
        trail.record(
            Verb.BATCH_CONTINUED,
            brand=batch.brand,
            target=batch.name,
            actor=by,
            data={"batch": str(batch.pk)},
        )
    return feed(batch.pk)


def shown(principal: Principal) -> QuerySet[PromptBatch]:
    """The person's own, newest first."""
    rows = PromptBatch.objects.filter(brand=principal.brand, requested_by=principals.person(principal))
    return rows.order_by("-created_at", "-pk")


def state_of(line: BatchLine, *, stopped: bool) -> LineState:
    """Where it stands; its job must have been fetched with it."""
    if line.job is not None:
        return _OF_JOB[JobState(line.job.state)]
    if line.asked_at is not None:
        return LineState.FORGOTTEN
    if line.reason:
        return LineState.REFUSED
    return LineState.STOPPED if stopped else LineState.WAITING


def progress(batches: Sequence[PromptBatch]) -> dict[UUID, Progress]:
    """Of several batches, in one query."""
    of_job = {state: Count("pk", filter=Q(job__state=state)) for state in JobState}
    rows = (
        BatchLine.objects.filter(batch__in=batches)
        .order_by()
        .values("batch")
        .annotate(
            **{f"job_{state}": count for state, count in of_job.items()},
            refused=Count("pk", filter=Q(job=None, asked_at=None) & ~Q(reason="")),
            forgotten=Count("pk", filter=Q(job=None, asked_at__isnull=False)),
            unasked=Count("pk", filter=Q(job=None, asked_at=None, reason="")),
        )
    )
    by_key: dict[UUID, Mapping[str, int]] = {row["batch"]: row for row in rows}  # type: ignore[misc]
    return {batch.pk: Progress(_counts(by_key.get(batch.pk, {}), batch)) for batch in batches}


def _counts(row: Mapping[str, int], batch: PromptBatch) -> dict[LineState, int]:
    counts = dict.fromkeys(LineState, 0)
    for job_state, state in _OF_JOB.items():
        counts[state] += row.get(f"job_{job_state}", 0)
    counts[LineState.REFUSED] = row.get("refused", 0)
    counts[LineState.FORGOTTEN] = row.get("forgotten", 0)
    unasked = LineState.STOPPED if batch.stopped_at else LineState.WAITING
    counts[unasked] = row.get("unasked", 0)
    return counts


def _ask(batch: PromptBatch, member: Member, at: datetime) -> tuple[int, int]:
    """How many lines were asked for, and how many refused."""
    room = jobs.room(member) - KEPT_FREE
    if room <= 0:
        return 0, 0
    try:
        model = chosen.of(batch.brand)
    except GeneratorError:
        return 0, 0  # the model is away: later
    asked = refused = 0
    for line in list(_waiting(batch)[:MOST_LOOKED_AT]):
        if asked == room:
            break
        try:
            if not _ask_for(line, batch, member, model, at):
                break
            asked += 1
        except (jobs.QueueFull, QuotaUsed):
            break  # it goes on when there is room again
        except BriefRefused as problem:
            refused += _waiting(batch).filter(pk=line.pk).update(reason=str(problem)[:300])
    return asked, refused


def _ask_for(
    line: BatchLine, batch: PromptBatch, member: Member, model: InstalledGenerator, at: datetime
) -> bool:
    """False where the batch was stopped meanwhile. Raises QueueFull, QuotaUsed, BriefRefused."""
    with trail.recording():
        if _unfed().select_for_update(no_key=True).filter(pk=batch.pk).first() is None:
            return False
        brief = _brief(batch.settings, line, model.capabilities)
        key, asked = uuid5(batch.pk, str(line.number)), chosen.asked(model)
        (job,) = jobs.request(by=member, brief=brief, key=key, generator=asked)
        if job.state == JobState.CANCELLED:  # with its batch, which goes on
            jobs.retry(job, by=member)
        _waiting(batch).filter(pk=line.pk).update(job=job, asked_at=at)
    return True


def _brief(kept: Mapping[str, Any], line: BatchLine, capabilities: Capabilities) -> Brief:
    """Raises BriefRefused, where the model has become another one too."""
    given = BatchSettings(**kept)
    return briefs.check(
        capabilities,
        prompt=line.prompt,
        seed=line.seed,
        seconds=Fraction(given.frames) / capabilities.frame_rate,
        size=(given.width, given.height),
        steps=min(given.steps, capabilities.max_steps),
        guidance=given.guidance,
        mode=Mode(given.mode or Mode.TEXT),
        kit=kits.words_of(given.kit),
    )


def _require_few(by: Principal) -> None:
    """Raises BatchRefused."""
    if _unfed().filter(brand=by.brand, requested_by=principals.person(by)).count() >= MOST_OPEN:
        raise BatchRefused(
            _("%(most)s of your batches are still waiting. Wait until one is finished, or stop one.")
            % {"most": MOST_OPEN}
        )


def _key(key: UUID, by: Principal, name: str, prompts: PromptList, settings: BatchSettings) -> UUID:
    """One for the same list of the same person out of the same form."""
    lines = [(line.number, line.prompt, line.seed) for line in prompts.lines]
    said = [by.brand.pk, principals.person(by).pk, name, lines, _kept(settings)]
    return uuid5(key, json.dumps(said))


def _kept(settings: BatchSettings) -> dict[str, Any]:
    """Without what isn't there: a worker of an earlier release knows no kit."""
    return {name: value for name, value in asdict(settings).items() if value is not None}


def _row(batch: PromptBatch, line: Line) -> BatchLine:
    return BatchLine(batch=batch, number=line.number, prompt=line.prompt, seed=line.seed)


def _waiting(batch: PromptBatch) -> QuerySet[BatchLine]:
    return BatchLine.objects.filter(batch=batch, job=None, asked_at=None, reason="").order_by("number")


def _unfed() -> QuerySet[PromptBatch]:
    return PromptBatch.objects.filter(fed_at=None, stopped_at=None)
