"""Mails that are sent by a worker, again and again until one is taken, and shown where none was.

A row is the mail, whole. Sending moves `due_at` on before it begins, so a worker that dies in between costs
one pause and no mail; the id of the message stays the same, by which a repeated one is known.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from email import message_from_string, policy
from email.message import EmailMessage as Parsed
from typing import Any
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.utils import timezone

from dam.accounts import mail_logos, mails
from dam.accounts.mail_backend import SendingFailed
from dam.accounts.mail_models import OutgoingMail
from dam.accounts.models import User
from dam.core import tasks

log = logging.getLogger(__name__)
MOST_TRIES = 10  # about two days
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=12)
KEPT_FAILED = timedelta(days=30)
AT_ONCE = 200  # mails that one look at what is due sends again


def post(
    name: str,
    *,
    to: User | str,
    context: Mapping[str, Any],
    about: str = "",
    unsubscribe: tuple[User, str] | None = None,
) -> None:
    """Have a worker send the mail once the transaction has committed; nothing where mail is off.

    Written now, in the words of now. For an address that no mail can have it raises mails.NotSent.
    """
    if not mails.is_on():
        return
    message = mails.compose(name, to=to, context=context, about=about, unsubscribe=unsubscribe)
    row = OutgoingMail.objects.create(
        name=name,
        address=message.to[0],
        brand=context.get("brand"),
        message=message.message().as_string(),
    )
    tasks.enqueue("default.send_mail", mail_id=str(row.pk))


def send_one(mail_id: UUID, *, at: datetime | None = None) -> None:
    """Try a mail that is due, unless another worker just does."""
    now = at or timezone.now()
    row = OutgoingMail.objects.filter(pk=mail_id, failed_at=None, due_at__lte=now).first()
    if row is None:
        return
    mine = OutgoingMail.objects.filter(pk=row.pk, failed_at=None, tries=row.tries, due_at__lte=now).update(
        tries=F("tries") + 1, due_at=now + pause(row.tries)
    )
    if not mine:
        return
    try:
        _restored(row).send()
    except SendingFailed as problem:
        _put_back(row, problem.answer.sentence, lasting=problem.answer.lasting, at=now)
    except (OSError, UnicodeError, ValueError) as problem:
        log.warning("The mail %s was not sent: %r", row.pk, problem)
        _put_back(row, mails.NotSent.message, lasting=False, at=now)
    else:
        row.delete()


def send_due() -> None:
    """Send what waits for its next try, and forget failures of long ago."""
    now = timezone.now()
    due = OutgoingMail.objects.filter(failed_at=None, due_at__lte=now).order_by("due_at")
    for mail_id in due.values_list("pk", flat=True)[:AT_ONCE]:
        tasks.offer("default.send_mail", mail_id=str(mail_id))
    OutgoingMail.objects.filter(failed_at__lt=now - KEPT_FAILED).delete()


def again(mail_id: UUID) -> bool:
    """Begin anew with a mail that failed. False where it is gone."""
    known = OutgoingMail.objects.filter(pk=mail_id).exclude(failed_at=None)
    if not known.update(failed_at=None, tries=0, due_at=timezone.now(), reason=""):
        return False
    tasks.enqueue("default.send_mail", mail_id=str(mail_id))
    return True


def pause(tries: int) -> timedelta:
    """How long after the try that follows `tries` others the next one waits.

    >>> [str(pause(tries)) for tries in (0, 1, 4, 20)]
    ['0:01:00', '0:03:00', '1:21:00', '12:00:00']
    """
    longer: int = 3 ** min(tries, 10)
    return min(FIRST_PAUSE * longer, LONGEST_PAUSE)


def _put_back(row: OutgoingMail, reason: str, *, lasting: bool, at: datetime) -> None:
    ended = lasting or row.tries + 1 >= MOST_TRIES
    OutgoingMail.objects.filter(pk=row.pk).update(reason=reason[:300], failed_at=at if ended else None)


def _restored(row: OutgoingMail) -> EmailMultiAlternatives:
    """The mail as it was written, its id included."""
    kept = message_from_string(row.message, Parsed, policy=policy.default)
    words, page = kept.get_body(("plain",)), kept.get_body(("html",))
    if words is None or page is None:
        raise ValueError("A stored mail has lost its parts: SECRET_KEY may have changed.")
    own = ("Message-ID", "Auto-Submitted", "References", "List-Unsubscribe", "List-Unsubscribe-Post")
    message = EmailMultiAlternatives(
        str(kept["Subject"]),
        words.get_content(),
        from_email=str(kept["From"]),
        to=[row.address],
        headers={name: str(kept[name]) for name in own if kept[name]},
    )
    message.attach_alternative(page.get_content(), "text/html")
    if (logo := mail_logos.within(kept)) is not None:
        mail_logos.attach(message, logo)
    return message
