"""What is to be done for links by and by: copies nobody makes, links that ended. Safe at any time."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dam.accounts import mails
from dam.core.tasks import offer
from dam.ingest import backoff
from provenance.guests import copies, corrections, gate, links, recalled
from provenance.guests.models import CopyState, GuestAddress, GuestLink, GuestSession, MarkedCopy

AT_ONCE = 500
PATIENCE = timedelta(minutes=2)  # with a message that nobody has taken yet
STUCK = timedelta(minutes=10)  # longer than any server takes over a mail: its worker is gone
FORGOTTEN = timedelta(days=1)  # addresses that asked longer ago; longer than a pass lasts


def run(*, at: datetime | None = None) -> None:
    at = at or timezone.now()
    _expire(at)
    _clear()
    corrections.erase(at=at)
    _give_up(at)
    _send(at)
    _mail(at)
    recalled.offer_all(at=at)
    _forget(at)


def _expire(at: datetime) -> None:
    """Say of links whose time is over that it is."""
    rows = gate.links().filter(ended_at=None, expires_at__lte=at).order_by("expires_at")
    for link in rows[:AT_ONCE]:
        links.expire(link, at=at)


def _clear() -> None:
    rows = MarkedCopy.objects.select_related("link").exclude(state=CopyState.CLEARED)
    for copy in rows.filter(link__ended_at__isnull=False).order_by("link_id")[:AT_ONCE]:
        copies.clear(copy)


def _give_up(at: datetime) -> None:
    worn = MarkedCopy.objects.filter(copies.lost(at), attempts__gte=copies.MOST_ATTEMPTS)
    worn.update(state=CopyState.FAILED, reason=copies.WORN_OUT, finished_at=at, held_until=None, claim="")


def _send(at: datetime) -> None:
    due = Q(due_at=None) | Q(due_at__lte=at)
    waiting = Q(state=CopyState.WAITING) | copies.lost(at)
    rows = MarkedCopy.objects.filter(due, waiting, gate.unpaused("link__"), link__ended_at=None)
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
    unsent = GuestLink.objects.filter(sent_at=None, send_problem="", ended_at=None, expires_at__gt=at)
    _take_back(unsent, at=at)
    rows = unsent.filter(gate.unpaused(), digest="", created_at__lt=at - PATIENCE)
    for pk in rows.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE]:
        if not offer(links.SEND, link_id=pk):
            break


def _take_back(unsent: QuerySet[GuestLink], *, at: datetime) -> None:
    """From workers that died between making a secret and noting that it was mailed.

    Where the mail went out all the same, and somebody came in by it, that is noted instead.
    """
    stuck = unsent.filter(mailing_at__lt=at - STUCK).exclude(digest="")
    came = GuestSession.objects.filter(link=OuterRef("pk"), began_at__gte=OuterRef("mailing_at"))
    stuck.filter(Exists(came)).update(sent_at=F("mailing_at"), mailing_at=None)
    stuck.update(prefix="", digest="", mailing_at=None)


def _forget(at: datetime) -> None:
    """Browsers that asked for a list long ago, and their passes, which have ended."""
    GuestAddress.objects.filter(asked_at__lt=at - FORGOTTEN).delete()
