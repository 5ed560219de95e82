"""Reproductions: asking for one, and where it stands. A take is made again and compared; no clip comes of it.

As with jobs every change is a conditional update, so that of two who want the same one wins. They run on the
generators' queue when no take waits there.
"""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, events
from dam.core.language import noop
from dam.core.tasks import enqueue
from dam.ingest import backoff
from dam.models import User, Version
from generation.frame_comparison import Figures, Outcome
from generation.generators.base import Cancelled
from generation.jobs import FORGOTTEN_AFTER, LOST_AFTER, MOST_ATTEMPTS, Lost, forgotten_after
from generation.models import GenerationJob, Reproduction
from generation.states import JobState, ReproductionState

log = logging.getLogger(__name__)

OPEN = (ReproductionState.WAITING, ReproductionState.RUNNING)
WORKER_GONE = noop(
    "The worker stopped %(most_attempts)s times while the clip was made again. Check its log, then try again."
) % {"most_attempts": MOST_ATTEMPTS}


class NotGenerated(errors.Refused):
    """The version wasn't made here, or the record of its making is gone."""

    code = "not_generated"
    message = noop("Only clips that were generated here can be reproduced.")


class ReproductionEnded(errors.Refused):
    """There is nothing left to cancel."""

    code = "reproduction_ended"
    message = noop("This reproduction has already ended.")


def may_ask(by: Principal) -> bool:
    """Those who generate, and legal reviewers, whom the answer is for."""
    return by.can(Capability.VIEW_UNRELEASED) and (
        by.can(Capability.GENERATE) or by.can(Capability.DECIDE_LEGAL)
    )


def require(by: Principal) -> None:
    """Raises PermissionDenied."""
    if not may_ask(by):
        raise PermissionDenied(_("Your role doesn't allow you to reproduce clips."))


def ask(version: Version, *, by: Principal, send: bool = True) -> Reproduction:
    """Ask for one; the open one of the version where there is one, as after a double click.

    Without `send` no worker is told: the caller takes it. Raises PermissionDenied, NotGenerated.
    """
    require(by)
    person = principals.person(by)
    with trail.recording():
        job = GenerationJob.objects.filter(version=version, brand=by.brand, state=JobState.DONE).first()
        if job is None:
            raise NotGenerated
        try:
            with transaction.atomic():
                made = Reproduction.objects.create(
                    brand=by.brand,
                    version=version,
                    job=job,
                    asked_by=person,
                    due_at=timezone.now() + FORGOTTEN_AFTER,
                )
        except IntegrityError:
            there = Reproduction.objects.filter(version=version, state__in=OPEN).first()
            if there is None:
                raise
            return there
        _audit(Verb.CLIP_REPRODUCTION_ASKED, made, actor=by)
        if send:
            _send(made)
    return made


def cancel(reproduction: Reproduction, *, by: Principal, at: datetime | None = None) -> None:
    """Cancel a waiting one at once, a running one at its next step. Raises ReproductionEnded."""
    require(by)
    at = at or timezone.now()
    row = Reproduction.objects.filter(pk=reproduction.pk)
    with trail.recording():
        waiting = row.filter(state=ReproductionState.WAITING)
        if not waiting.update(state=ReproductionState.CANCELLED, finished_at=at, reason=""):
            running = row.filter(state=ReproductionState.RUNNING)
            if not running.filter(cancel_requested_at=None).update(cancel_requested_at=at):
                if running.exists():
                    return  # asked for already
                raise ReproductionEnded
        _audit(Verb.CLIP_REPRODUCTION_CANCELLED, reproduction, actor=by)
        _publish(reproduction)


def claim(key: UUID, *, at: datetime | None = None) -> Reproduction | None:
    """Take it for this process; None when it doesn't wait (any more)."""
    at = at or timezone.now()
    with trail.recording():
        taken = Reproduction.objects.filter(pk=key, state=ReproductionState.WAITING).update(
            state=ReproductionState.RUNNING,
            attempts=F("attempts") + 1,
            step=0,
            reason="",
            started_at=at,
            progressed_at=at,
        )
        if not taken:
            return None
        mine = find(Reproduction.objects.filter(pk=key)).get()
        _publish(mine)
    return mine


def claim_next(*, at: datetime | None = None) -> Reproduction | None:
    """Take the one that has waited longest; None when none waits."""
    waiting = Reproduction.objects.filter(state=ReproductionState.WAITING, reason="")
    for key in waiting.order_by("created_at", "pk").values_list("pk", flat=True)[:20]:
        mine = claim(key, at=at)
        if mine is not None:
            return mine
    return None


def find(rows: QuerySet[Reproduction]) -> QuerySet[Reproduction]:
    """With all that making it, and showing it, reads."""
    return rows.select_related("brand", "asked_by", "job__brand", "job__requested_by", "version__asset")


def beat(mine: Reproduction, *, at: datetime | None = None) -> bool:
    """Give a sign of life; False when it is no longer this worker's."""
    return bool(_mine(mine).update(progressed_at=at or timezone.now()))


def obey(mine: Reproduction) -> None:
    """Raise Cancelled when somebody asked for that, Lost when it is another worker's."""
    for asked_at in _mine(mine).values_list("cancel_requested_at", flat=True):
        if asked_at is not None:
            raise Cancelled
        return
    raise Lost


def step(mine: Reproduction, done: int, *, at: datetime | None = None) -> None:
    """Keep how far it is and tell the pages. Raises Lost."""
    with trail.recording():
        if not _mine(mine).update(step=done, progressed_at=at or timezone.now()):
            raise Lost
        _publish(mine)


def finish(
    mine: Reproduction,
    outcome: Outcome,
    *,
    figures: Figures | None = None,
    then: Mapping[str, Any],
    now: Mapping[str, Any],
    reason: str = "",
    at: datetime | None = None,
) -> None:
    """Keep what was found; the activity log has it too. Raises Lost, Cancelled."""
    with trail.recording():
        obey(mine)
        found = {
            "figures": asdict(figures) if figures else {},
            "then": dict(then),
            "now": dict(now),
            "reason": reason[:300],
        }
        _end(mine, ReproductionState.DONE, verdict=outcome.value, finished_at=at or timezone.now(), **found)
        _audit(Verb.CLIP_REPRODUCED, mine, actor=mine.asked_by, verdict=outcome.value, **found)


def stop(mine: Reproduction, *, at: datetime | None = None) -> None:
    """It was cancelled. Raises Lost."""
    _end(mine, ReproductionState.CANCELLED, finished_at=at or timezone.now(), reason="")


def fail(mine: Reproduction, *, reason: str, at: datetime | None = None) -> None:
    """It went wrong; the reason is for people. Raises Lost."""
    with trail.recording():
        _end(mine, ReproductionState.FAILED, reason=reason[:300], finished_at=at or timezone.now())
        _audit(Verb.CLIP_REPRODUCTION_FAILED, mine, actor=mine.asked_by, reason=reason[:300])


def release(mine: Reproduction) -> None:
    """Give it back, as when the worker is told to stop. It doesn't count as a try. Raises Lost."""
    with trail.recording():
        due_at = timezone.now() + FORGOTTEN_AFTER
        _end(mine, ReproductionState.WAITING, step=0, attempts=F("attempts") - 1, due_at=due_at)
        _send(mine)


def put_back(mine: Reproduction, *, reason: str, counts: bool, at: datetime | None = None) -> None:
    """Something was away: it waits and says why, and is sent again later; at last it fails. Raises Lost."""
    at = at or timezone.now()
    too_often = counts and mine.attempts >= MOST_ATTEMPTS
    if too_often or mine.interruptions + 1 >= backoff.MOST_INTERRUPTIONS:
        return fail(mine, reason=reason, at=at)
    _end(
        mine,
        ReproductionState.WAITING,
        step=0,
        attempts=F("attempts") - (0 if counts else 1),
        interruptions=F("interruptions") + 1,
        reason=_("%(reason)s Reelproof will try again automatically.") % {"reason": reason},
        due_at=backoff.next_retry(at, interruptions=mine.interruptions),
    )
    return None


def recover(*, at: datetime | None = None) -> int:
    """Send those of dead workers, those the broker forgot and those put back; say how many."""
    at = at or timezone.now()
    running = Reproduction.objects.filter(state=ReproductionState.RUNNING)
    lost = running.filter(progressed_at__lt=at - LOST_AFTER)
    waiting = Reproduction.objects.filter(state=ReproductionState.WAITING)
    due = waiting.filter(Q(due_at=None) | Q(due_at__lte=at))
    recovered = sum(_recover_lost(mine, at=at) for mine in find(lost))
    for mine in due:
        wait = forgotten_after(sends=mine.sends + 1)
        with trail.recording():
            if due.filter(pk=mine.pk).update(reason="", sends=F("sends") + 1, due_at=at + wait):
                _send(mine)
                recovered += 1
    return recovered


def _recover_lost(mine: Reproduction, *, at: datetime) -> bool:
    with trail.recording():
        try:
            obey(mine)
            if mine.attempts >= MOST_ATTEMPTS:
                fail(mine, reason=WORKER_GONE, at=at)
            else:
                log.warning("Reproduction %s lost its worker and is sent again.", mine.pk)
                _end(mine, ReproductionState.WAITING, step=0, due_at=at + FORGOTTEN_AFTER)
                _send(mine)
        except Cancelled:
            stop(mine, at=at)
        except Lost:
            return False
    return True


def _mine(mine: Reproduction) -> QuerySet[Reproduction]:
    """Its row while this worker's claim holds; `started_at` is the claim."""
    return Reproduction.objects.filter(
        pk=mine.pk, started_at=mine.started_at, state=ReproductionState.RUNNING
    )


def _end(mine: Reproduction, state: ReproductionState, **fields: Any) -> None:
    """This worker is done with it. Raises Lost."""
    with trail.recording():
        if not _mine(mine).update(state=state, **fields):
            raise Lost
        _publish(mine)


def _send(mine: Reproduction) -> None:
    waiting = Reproduction.objects.filter(pk=mine.pk, state=ReproductionState.WAITING, reason="")
    enqueue(
        "gpu.reproduce",
        reproduction_id=str(mine.pk),
        unsent=partial(waiting.update, due_at=timezone.now()),
    )
    _publish(mine)


def _publish(mine: Reproduction) -> None:
    events.publish(brand_id=mine.brand_id, name=f"reproduction-{mine.version_id}")


def _audit(verb: Verb, mine: Reproduction, *, actor: Principal | User, **data: Any) -> None:
    trail.record(
        verb,
        brand=mine.brand,
        target=mine.version.asset.title,
        actor=actor,
        asset_id=mine.version.asset_id,
        data={
            "reproduction": str(mine.pk),
            "version": str(mine.version_id),
            "sha256": mine.version.sha256,
            **data,
        },
    )
