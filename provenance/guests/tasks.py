"""Tasks of outside reviewers: each takes ids, makes one call, and may run twice."""

import logging

from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from dam.accounts import keys, mails
from provenance.guests import copies, door, gate, links, recalled, tending
from provenance.guests.models import GuestAddress, GuestLink

log = logging.getLogger(__name__)


@shared_task(name="transcode.mark_guest_copy")
def mark_guest_copy(copy_id: int) -> None:
    copies.run(copy_id)


@shared_task(name="default.tend_guest_links")
def tend_guest_links() -> None:
    tending.run()


@shared_task(name="default.send_guest_link")
def send_guest_link(link_id: int) -> None:
    """Mail a link with a new secret, which is made here, so that it is in no queue."""
    link = gate.links().filter(pk=link_id).first()
    if link is None or not gate.is_open(link, at=timezone.now()):
        return
    try:
        secret = links.new_secret(link, mailing_at=timezone.now())
    except links.GuestRefused:
        return  # it was mailed, or has ended
    # Meanwhile somebody may send it again, with another secret: what became of this one is no news then.
    rows = GuestLink.objects.filter(pk=link.pk, digest=keys.digest(secret))
    try:
        mails.send(
            "guest_link",
            to=link.email,
            context={
                "brand": link.brand,
                "inviter": link.created_by,
                "link": link,
                "title": link.version.asset.title,
                "url": f"{settings.PUBLIC_URL}{reverse('guest-open', args=[secret])}",
            },
            about=f"guest-link-{link.pk}",
        )
    except mails.NotSent as problem:
        log.error("Guest link %s was not sent: %s", link.pk, problem.code)
        rows.update(send_problem=problem.message[:200], prefix="", digest="", mailing_at=None)
        return
    rows.update(sent_at=timezone.now(), send_problem="", mailing_at=None)
    links.tell(link)


@shared_task(name="default.mail_guest_recall")
def mail_guest_recall(notice_id: int) -> None:
    recalled.tell(notice_id)


@shared_task(name="default.remind_guest_recall")
def remind_guest_recall(notice_id: int) -> None:
    recalled.remind(notice_id)


@shared_task(name="default.send_guest_code")
def send_guest_code(link_id: int) -> None:
    link = gate.links().filter(pk=link_id).first()
    if link is not None and gate.is_open(link, at=timezone.now()):
        _mail_code(link)


@shared_task(name="default.send_guest_list_code")
def send_guest_list_code(address_id: int) -> None:
    row = GuestAddress.objects.filter(pk=address_id).first()
    if row is not None:
        _mail_code(row)


def _mail_code(row: GuestLink | GuestAddress) -> None:
    """Where it can't be mailed they ask for another."""
    try:
        door.mail_code(row, at=timezone.now())
    except mails.NotSent as problem:
        log.error("A code for %s %s was not sent: %s", type(row).__name__, row.pk, problem.code)
