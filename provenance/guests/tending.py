"""What is to be done for links by and by: copies nobody makes, links that ended. Safe at any time."""

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from dam.accounts import mails
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core.tasks import offer
from dam.ingest import backoff
from provenance.guests import copies, gate, links
from provenance.guests.models import CopyState, GuestAddress, GuestLink, MarkedCopy

AT_ONCE = 500
PATIENCE = timedelta(minutes=2)  # with a message that nobody has taken yet
FORGOTTEN = timedelta(days=1)  # addresses whose last code is older


def run(*, at: datetime | None = None) -> None:
    at = at or timezone.now()
    _expire(at)
    _clear()
    _give_up(at)
    _send(at)
    _mail(at)
    GuestAddress.objects.filter(code_until__lt=at - FORGOTTEN).delete()


def _expire(at: datetime) -> None:
    """Say of links whose time is over that it is."""
    rows = gate.links().filter(ended_at=None, expires_at__lte=at).order_by("expires_at")
    for link in rows[:AT_ONCE]:
        with trail.recording():
            if GuestLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=at):
                links.record(Verb.GUEST_EXPIRED, link, at=at)


def _clear() -> None:
    rows = MarkedCopy.objects.select_related("link").exclude(state=CopyState.CLEARED)
    for copy in rows.filter(link__ended_at__isnull=False)[:AT_ONCE]:
        copies.clear(copy)


def _give_up(at: datetime) -> None:
    worn = MarkedCopy.objects.filter(copies.lost(at), attempts__gte=copies.MOST_ATTEMPTS)
    worn.update(state=CopyState.FAILED, reason=copies.WORN_OUT, finished_at=at, held_until=None, claim="")


def _send(at: datetime) -> None:
    due = Q(due_at=None) | Q(due_at__lte=at)
    waiting = Q(state=CopyState.WAITING) | copies.lost(at)
    rows = MarkedCopy.objects.filter(due, waiting, link__ended_at=None)
    for copy in rows.order_by(F("due_at").asc(nulls_first=True), "pk")[:AT_ONCE]:
        if not offer(copies.TASK, copy_id=copy.pk):
            break
        MarkedCopy.objects.filter(pk=copy.pk).update(
            sends=F("sends") + 1, due_at=backoff.next_send(at, sends=copy.sends)
        )


def _mail(at: datetime) -> None:
    """Links whose mail never reached a worker: their secret is still to be made."""
    if not mails.is_on():
        return
    unsent = GuestLink.objects.filter(digest="", sent_at=None, send_problem="", ended_at=None)
    rows = unsent.filter(
        created_at__lt=at - PATIENCE, expires_at__gt=at, brand__guest_reviews=True, brand__closed_at=None
    )
    for pk in rows.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE]:
        if not offer(links.SEND, link_id=pk):
            break
