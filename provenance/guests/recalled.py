"""Telling outside reviewers of a recall: those who downloaded a copy with their name on it, by mail.

They have no inbox here. A link in the mail, signed for this address and this recall alone, leads to a page
where they say that their copies are gone; it opens nothing else.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from dam.accounts import mails
from dam.core import events
from dam.core.tasks import offer
from provenance.guests.models import GuestLink
from provenance.recalls import recalls
from provenance.recalls.models import RecallNotice

log = logging.getLogger(__name__)

TASK = "default.mail_guest_recall"
SALT = "reelproof.guests.recalled"
AT_ONCE = 500
RETRY = timedelta(hours=1)
LOOK_BACK = timedelta(days=30)
"""Of recalls from before nobody is told any more: an upgrade mails nothing of long ago."""


def offer_all(*, at: datetime) -> None:
    """Have the mails sent that are due. Safe at any time."""
    if not mails.is_on():
        return
    for pk in _due(at=at).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]:
        if not offer(TASK, notice_id=pk):
            break


def tell(notice_id: int, *, at: datetime | None = None) -> bool:
    """Mail one of them, once; whether it went out. Where the server is away it's tried again in an hour."""
    at = at or timezone.now()
    notice = _due(at=at).filter(pk=notice_id).select_related("recall__brand").first()
    if notice is None or not _due(at=at).filter(pk=notice_id).update(mail_tried_at=at):
        return False
    link = _link(notice)
    if link is None:  # erased, or deleted: nobody is there to be told
        return False
    return _mail(notice, link)


def remind(notice_id: int, *, at: datetime | None = None) -> bool:
    """Mail one of them again who hasn't confirmed, with a new link; whether it went out."""
    at = at or timezone.now()
    rows = RecallNotice.objects.filter(
        pk=notice_id,
        confirmed_at=None,
        mailed_at__isnull=False,
        mail_tried_at__lte=at - RETRY,
        recall__lifted_at=None,
        recall__brand__closed_at=None,
    )
    notice = rows.select_related("recall__brand").first()
    link = _link(notice) if notice else None
    if notice is None or link is None or not rows.update(mail_tried_at=at):
        return False
    return _mail(notice, link)


def _mail(notice: RecallNotice, link: GuestLink) -> bool:
    try:
        mails.send(
            "guest_recall",
            to=link.email,
            context={
                "brand": notice.recall.brand,
                "inviter": link.created_by,
                "title": notice.recall.title,
                "url": settings.PUBLIC_URL + reverse("guest-recall", args=[secret(notice, link)]),
                "until": timezone.now() + recalls.ANSWERED_FOR,
            },
            about=f"guest-recall-{notice.pk}",
        )
    except mails.NotSent as problem:
        log.error("Recall %s was not mailed to a guest: %s", notice.recall_id, problem.code)
        return False
    now = timezone.now()
    RecallNotice.objects.filter(pk=notice.pk).update(mailed_at=now, link_sent_at=now)
    events.publish(brand_id=notice.recall.brand_id, name="recalls")
    return True


def secret(notice: RecallNotice, link: GuestLink) -> str:
    """What the address of their page ends with."""
    return signing.dumps([notice.pk, _address(link)], salt=SALT)


def find(secret: str) -> tuple[RecallNotice, GuestLink] | None:
    """Whom this secret was made for; None where it is wrong or old, or they were erased."""
    try:
        number, address = signing.loads(secret, salt=SALT, max_age=recalls.ANSWERED_FOR)
    except signing.BadSignature:
        return None
    rows = RecallNotice.objects.filter(pk=number, recall__brand__closed_at=None)
    notice = rows.select_related("recall__brand", "recall__version").first()
    link = _link(notice) if notice else None
    if notice is None or link is None or not constant_time_compare(address, _address(link)):
        return None
    return notice, link


def _address(link: GuestLink) -> str:
    """Changes with the address of the link, which it doesn't give away."""
    return salted_hmac(SALT, f"{link.pk} {link.email}", algorithm="sha256").hexdigest()[:32]


def _due(*, at: datetime) -> QuerySet[RecallNotice]:
    untried = Q(mail_tried_at=None) | Q(mail_tried_at__lte=at - RETRY)
    return RecallNotice.objects.filter(
        untried,
        reference__startswith="guest_link:",
        mailed_at=None,
        recall__lifted_at=None,
        recall__at__gt=at - LOOK_BACK,
        recall__brand__closed_at=None,
    )


def _link(notice: RecallNotice) -> GuestLink | None:
    key = int(notice.reference.partition(":")[2])
    return GuestLink.objects.filter(pk=key, erased_at=None).select_related("created_by").first()
