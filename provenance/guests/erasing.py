"""Removing what says who an outside reviewer was. What they said, attached and recommended stays, as a former
guest's; files that they hadn't sent with anything go.

The activity log keeps its events and its chain: the name in it is erased (dam/audit/names.py). When a link is
deleted with its review, clip or brand, a trigger erases the name.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from dam.accounts.capabilities import Capability
from dam.accounts.mail_models import OutgoingMail
from dam.accounts.principals import Principal
from dam.audit import names, trail
from dam.audit.verbs import Verb
from dam.core import tasks
from provenance.attachments import files
from provenance.guests import gate, links, lists
from provenance.guests.models import GuestAddress, GuestLink, GuestSession

MAILS = ("guest_link", "guest_code", "guest_recall")


def erase(link: GuestLink, *, by: Principal, at: datetime | None = None) -> None:
    """Forget the person of this link in all their links in the brand; these end. Raises PermissionDenied."""
    by.require(Capability.MANAGE_PEOPLE, brand=link.brand)
    at = at or timezone.now()
    with trail.recording():
        rows = gate.links().filter(brand=link.brand, email=link.email, erased_at=None)
        for row in _forget(rows, at=at):
            links.record(Verb.GUEST_ERASED, row, by=by, at=at)
        # Of other brands, and of an account with this address, nothing goes.
        mails = OutgoingMail.objects.filter(address=link.email, name__in=MAILS)
        mails.filter(brand=link.brand).delete()
        if not GuestLink.objects.filter(email=link.email).exists():
            mails.filter(brand=None).delete()
        lists.end(GuestAddress.objects.filter(email=link.email), at=at)


def forget_address(addresses: Collection[str], *, at: datetime) -> None:
    """The same in every brand, when an account with one of these addresses is erased (dam.access.erasure)."""
    with trail.recording():
        rows = gate.links().filter(email__in=addresses, erased_at=None)
        for row in _forget(rows, at=at):
            links.record(Verb.GUEST_ERASED, row, at=at)
        OutgoingMail.objects.filter(address__in=addresses).delete()
        lists.end(GuestAddress.objects.filter(email__in=addresses), at=at)


def _forget(rows: QuerySet[GuestLink], *, at: datetime) -> list[GuestLink]:
    """Those that were, with the names they have now."""
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for link in found:
        names.erase(f"guest_link:{link.pk}", at=at)
        link.name, link.email = f"Former guest {link.pk}", f"former-guest-{link.pk}@removed.invalid"
        GuestLink.objects.filter(pk=link.pk).update(
            name=link.name,
            email=link.email,
            message="",
            prefix="",
            digest="",
            passphrase_digest="",
            code_digest="",
            erased_at=at,
            revoked_at=link.revoked_at or at,
            ended_at=link.ended_at or at,
        )
    files.discard_drafts([link.pk for link in found])
    GuestSession.objects.filter(link__in=found).update(device="", ends_at=at)
    tasks.enqueue(links.TEND)
    return found
