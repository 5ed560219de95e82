"""Mails about an account, and whether an address can get any. They are written in templates/account/email."""

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from dam.accounts.models import User
from dam.core import errors

log = logging.getLogger(__name__)
WITH_PASSWORD = "with the current password"
WITH_LINK = "with a link that was sent to this address"
BY_OPERATOR = "by an administrator"


class NotSent(errors.Refused):
    """The server that mails are handed to is away, or refuses them."""

    code = "mail_away"
    title = "The email couldn't be sent"
    message = "The mail server is unavailable. Try again in a few minutes, or ask your administrator."


def can_reach(address: str) -> bool:
    """Whether a mail can be addressed so. Forms let pass domains that no name in the network can have.

    >>> can_reach("ada@bücher.example"), can_reach("ada@" + "é" * 60 + ".example")
    (True, False)
    """
    local, _, domain = address.rpartition("@")
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return local.isascii()


def tell_of_new_password(user: User, *, how: str) -> None:
    """To the person, in case it was somebody else. Mail that is away undoes nothing."""
    context = {
        "user": user,
        "how": how,
        "at": timezone.now(),
        "reset_url": f"{settings.PUBLIC_URL}{reverse('account_reset_password')}",
        "domain": urlsplit(settings.PUBLIC_URL).netloc,
    }
    subject = render_to_string("account/email/password_changed_subject.txt", context).strip()
    message = EmailMessage(
        f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}",
        render_to_string("account/email/password_changed_message.txt", context).strip(),
        to=[user.email],
    )
    try:
        message.send()
    except (OSError, UnicodeError) as problem:  # SMTPException is an OSError
        log.error("User %s was not told of the new password: %s", user.pk, problem)
