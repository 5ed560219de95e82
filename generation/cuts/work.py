"""A cut on its way to becoming a clip. Every change is a conditional update, so that of two one wins."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import events, locks, tasks
from dam.core.language import gettext as _
from dam.ingest import backoff, holding
from dam.models import Version
from dam.rights import making
from generation.cuts import drafts, plans
from generation.cuts.drafts import CutMoved
from generation.cuts.plans import CutRefused
from generation.models import Cut
from generation.states import CUT_UNDER_WAY, CutState

TASK = "transcode.cut"
MOST_ATTEMPTS = 3  # of workers that died over it
MOST_WAITING = 5  # of one person
LIMIT = timedelta(hours=6)  # one that runs longer is lost
AGAIN = (CutState.FAILED, CutState.CANCELLED)


class Lost(Exception):
    """The cut is no longer this worker's: it was cancelled, or another worker has it."""


def start(cut: Cut, *, by: Principal, at: datetime | None = None) -> None:
    """Have a worker make it. Raises CutRefused, CutMoved, NotMadeFrom, PermissionDenied."""
    by.require(Capability.GENERATE, brand=cut.brand)
    at = at or timezone.now()
    require(cut, by=by)
    with trail.recording():
        locks.hold(f"cuts:{cut.brand_id}:{cut.made_by_id}")
        waiting = Cut.objects.filter(brand=cut.brand, made_by=cut.made_by, state__in=CUT_UNDER_WAY)
        if waiting.count() >= MOST_WAITING:
            raise CutRefused(
                _("%(count)s of your cuts are being made already. Wait until one is done.")
                % {"count": MOST_WAITING}
            )
        started = Cut.objects.filter(pk=cut.pk, state=CutState.DRAFT, revision=cut.revision).update(
            state=CutState.WAITING,
            progress=0,
            attempts=0,
            interruptions=0,
            sends=1,
            reason="",
            changed_at=at,
            due_at=backoff.next_send(at, sends=0),
        )
        if not started:
            raise CutMoved
        sources = [each["version"] for each in cut.pieces]
        _record(Verb.CUT_STARTED, cut, by=by, data={"sources": sources})
        send(cut)


def require(cut: Cut, *, by: Principal) -> None:
    """Raises CutRefused where something of it is gone or too long, NotMadeFrom where it would be too deep."""
    pieced = drafts.pieced(cut, by=by)
    infos = []
    for number, each in enumerate(pieced, start=1):
        if each.info is None:
            raise CutRefused(
                _("“%(title)s” isn't in the library any more. Remove it.") % {"title": each.piece.title},
                piece=number,
            )
        infos.append(each.info)
    settings = plans.read_settings(cut.settings)
    plans.outcome([each.piece for each in pieced], infos, settings)
    bed = drafts.bed(cut, by=by)
    if settings.bed is not None and bed is None:
        raise CutRefused(_("The sound isn't in the library any more. Choose another, or none."))
    making.require_shallow([*(each.piece.key for each in pieced), *([bed.pk] if bed else [])])


def cancel(cut: Cut, *, by: Principal, at: datetime | None = None) -> None:
    """Its worker notices at its next sign of progress. Raises CutMoved where it has ended."""
    by.require(Capability.GENERATE, brand=cut.brand)
    with trail.recording():
        rows = Cut.objects.filter(pk=cut.pk, state__in=CUT_UNDER_WAY)
        ended = at or timezone.now()
        if not rows.update(state=CutState.CANCELLED, claim="", held_until=None, finished_at=ended, reason=""):
            raise CutMoved
        _record(Verb.CUT_CANCELLED, cut, by=by)


def edit_again(cut: Cut, *, by: Principal) -> None:
    """What failed or was cancelled becomes a draft again. Raises CutMoved."""
    by.require(Capability.GENERATE, brand=cut.brand)
    rows = Cut.objects.filter(pk=cut.pk, state__in=AGAIN)
    if not rows.update(state=CutState.DRAFT, reason="", progress=0, changed_at=timezone.now()):
        raise CutMoved


def send(cut: Cut) -> None:
    """To a worker, once the transaction has committed."""
    waiting = Cut.objects.filter(pk=cut.pk, state=CutState.WAITING)
    tasks.enqueue(TASK, unsent=lambda: waiting.update(due_at=timezone.now()), cut_id=str(cut.pk))
    publish(cut)


def claim(cut_id: UUID | str, *, token: str, at: datetime) -> Cut | None:
    """Take it for this worker; None when it doesn't wait, and its worker isn't gone."""
    rows = Cut.objects.filter(Q(state=CutState.WAITING) | _lost(at), pk=cut_id)
    claimed = rows.filter(attempts__lt=MOST_ATTEMPTS).update(
        state=CutState.RUNNING,
        claim=token,
        attempts=F("attempts") + 1,
        progress=0,
        reason="",
        started_at=at,
        held_until=holding.until(at),
    )
    if not claimed:
        return None
    mine: Cut = Cut.objects.select_related("brand", "made_by").get(pk=cut_id)
    publish(mine)
    return mine


def mine(cut: Cut) -> QuerySet[Cut]:
    """Its row while this worker's claim holds."""
    return Cut.objects.filter(pk=cut.pk, state=CutState.RUNNING, claim=cut.claim)


def progress(cut: Cut, percent: int) -> None:
    """Raises Lost when it is no longer this worker's."""
    if not mine(cut).update(progress=percent):
        raise Lost
    publish(cut)


def finish(cut: Cut, version: Version, *, at: datetime) -> None:
    """The clip is in the library; call it in the transaction that puts it there. Raises Lost."""
    ended = {"progress": 100, "claim": "", "held_until": None, "finished_at": at, "changed_at": at}
    if not mine(cut).update(state=CutState.DONE, version=version, reason="", **ended):
        raise Lost
    publish(cut)


def fail(cut: Cut, *, reason: str, at: datetime) -> None:
    with trail.recording():
        ended = {"reason": reason[:300], "claim": "", "held_until": None, "finished_at": at}
        if not mine(cut).update(state=CutState.FAILED, **ended):
            raise Lost
        _record(Verb.CUT_FAILED, cut, data={"reason": reason[:300]})


def put_back(cut: Cut, *, reason: str = "", at: datetime) -> None:
    """Leave it to another worker: at once, or, when something was away, after a while and not for ever."""
    if reason and cut.interruptions + 1 >= backoff.MOST_INTERRUPTIONS:
        return fail(cut, reason=reason, at=at)
    due_at = backoff.next_retry(at, interruptions=cut.interruptions) if reason else at
    put = mine(cut).update(
        state=CutState.WAITING,
        attempts=F("attempts") - 1,
        interruptions=F("interruptions") + (1 if reason else 0),
        progress=0,
        claim="",
        held_until=None,
        reason=reason[:300],
        due_at=due_at,
    )
    if not put:
        raise Lost
    publish(cut)
    return None


def recover(*, at: datetime | None = None) -> int:
    """Send those of dead workers, those the broker forgot and those put back; say how many."""
    at = at or timezone.now()
    for cut in Cut.objects.filter(_lost(at), attempts__gte=MOST_ATTEMPTS).select_related("brand"):
        _give_up(cut, at=at)
    due = Q(due_at=None) | Q(due_at__lte=at)
    rows = Cut.objects.filter(due, Q(state=CutState.WAITING) | _lost(at), brand__closed_at=None)
    sent = 0
    for cut in rows.order_by("due_at", "pk")[:100]:
        if not tasks.offer(TASK, cut_id=str(cut.pk)):
            break
        next_send = backoff.next_send(at, sends=cut.sends)
        Cut.objects.filter(pk=cut.pk).update(sends=F("sends") + 1, due_at=next_send)
        sent += 1
    return sent


def _give_up(cut: Cut, *, at: datetime) -> None:
    reason = _("The worker stopped %(count)s times while making this cut. Its log may say why.") % {
        "count": cut.attempts
    }
    with trail.recording():
        rows = Cut.objects.filter(_lost(at), pk=cut.pk, attempts__gte=MOST_ATTEMPTS)
        ended = {"reason": reason, "claim": "", "held_until": None, "finished_at": at}
        if rows.update(state=CutState.FAILED, **ended):
            _record(Verb.CUT_FAILED, cut, data={"reason": reason})


def _lost(at: datetime) -> Q:
    return Q(state=CutState.RUNNING) & (holding.free(at) | Q(started_at__lt=at - LIMIT))


def publish(cut: Cut) -> None:
    events.publish(brand_id=cut.brand_id, name=f"cut-{cut.pk}")


def _record(
    verb: Verb, cut: Cut, *, by: Principal | None = None, data: dict[str, object] | None = None
) -> None:
    told = {"cut": str(cut.pk), **(data or {})}
    trail.record(verb, brand=cut.brand, target=cut.title, actor=by, data=told)
    publish(cut)
