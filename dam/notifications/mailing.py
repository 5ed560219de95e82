"""Mails: for each person and brand one, of all that is due by then.

What is due is asked again when it is sent: it may have been read in the page, and its reader may have lost
the right to it. The rows stay locked while the server takes the mail, so that it is sent once; a worker that
dies leaves it to the next.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dam.accounts import mails, principals
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member
from dam.notifications import choices, inbox
from dam.notifications.kinds import Mail
from dam.notifications.lines import Line, grouped
from dam.notifications.models import Notification

log = logging.getLogger(__name__)

PEOPLE_AT_ONCE = 25  # a slice of work: others wait for the same worker
IN_ONE_MAIL = 30  # clips; the page has the others
READ_AT_ONCE = 500
TOO_OLD = timedelta(days=4)  # longer than a weekend: what couldn't be sent by then isn't news
LATER = timedelta(minutes=10)  # when the mail server was away


def send_due(*, at: datetime | None = None) -> bool:
    """Send what is due; whether there is more at once."""
    at = at or timezone.now()
    # By the index of what is due, and so much of it as this slice can send: all of it may be millions.
    due = Notification.objects.filter(mail_due_at__lte=at).order_by("mail_due_at")
    rows = list(due.values_list("user_id", "brand_id")[:READ_AT_ONCE])
    pairs = list(dict.fromkeys(rows))
    sent = [_send(user_id, brand_id, at) for user_id, brand_id in pairs[:PEOPLE_AT_ONCE]]
    # Where others hold all of these rows they send them, too: this one doesn't turn round for them.
    return any(sent) and (len(pairs) > PEOPLE_AT_ONCE or len(rows) == READ_AT_ONCE)


@transaction.atomic
def _send(user_id: int, brand_id: int, at: datetime) -> bool:
    """False where another worker has them all."""
    due = Notification.objects.filter(user=user_id, brand=brand_id, mail_due_at__lte=at).order_by("-at")
    keys = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:READ_AT_ONCE])
    if not keys:
        return False
    rows = Notification.objects.filter(pk__in=keys)
    reader = principals.member(User.objects.get(pk=user_id), Brand.objects.get(pk=brand_id))
    lines = _lines(reader, keys, at) if reader is not None and mails.is_on() else []
    if reader is None or not lines:
        rows.update(mail_due_at=None)
        return True
    try:
        mails.send("notifications", to=reader.user, **_mail(reader, lines))
    except mails.NotSent as problem:
        again = None if problem.code == "mail_address" else at + LATER
        rows.update(mail_due_at=again)
        return True
    rows.update(mail_due_at=None, mailed_at=at)
    return True


def _lines(reader: Member, keys: list[int], at: datetime) -> list[Line]:
    unread = inbox.readable(reader).filter(pk__in=keys, read_at=None, at__gte=at - TOO_OLD)
    lines = [Line(each) for each in inbox.told(unread.order_by("-at", "-pk"), to=reader)]
    chosen = choices.of(reader)
    return [line for line in lines if chosen[line.kind.name].mail is not Mail.OFF]


def _mail(reader: Member, lines: list[Line]) -> dict[str, Any]:
    groups = grouped(lines)
    kinds = sorted({line.kind.name for line in lines})
    pages = {name: f"{settings.PUBLIC_URL}{reverse(name, args=[reader.brand.slug])}" for name in _PAGES}
    return {
        "context": {
            "brand": reader.brand,
            "groups": groups[:IN_ONE_MAIL],
            "more": len(groups) - IN_ONE_MAIL if len(groups) > IN_ONE_MAIL else 0,
            "count": len(lines),
            "asks": sum(line.kind.name in _ASKS for line in lines),
            "only": lines[0] if len(lines) == 1 else None,
            "in_digest": all(line.told.row.in_digest for line in lines),
            "page_url": pages["notifications"],
            "settings_url": pages["notification-settings"],
        },
        "about": f"notifications-{lines[0].told.row.pk}",
        "unsubscribe": (reader.user, f"{reader.brand.pk}/{','.join(kinds)}"),
    }


_ASKS = ("asked", "due_tomorrow")  # a decision of whoever reads
_PAGES = ("notifications", "notification-settings")
