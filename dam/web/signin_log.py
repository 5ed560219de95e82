"""Who signed in and out, who failed to, and from where: lines of the web process's log."""

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from dam.accounts.models import User
from dam.web import clients

log = logging.getLogger(__name__)
LONGEST = 120


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **details: Any) -> None:
    log.info("User %s signed in from %s.", user.pk, clients.address(request))


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **details: Any) -> None:
    if user is not None:
        log.info("User %s signed out from %s.", user.pk, clients.address(request))


@receiver(user_login_failed)
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **details: Any) -> None:
    where = clients.address(request) if request is not None else clients.UNKNOWN
    login = str(credentials.get("email", ""))
    log.warning("Signing in as %r from %s failed.", login[:LONGEST], where)


def bounded(request: HttpRequest) -> None:
    """Nothing was compared any more: there were too many wrong passwords."""
    log.warning("Signing in from %s was refused after too many wrong passwords.", clients.address(request))


def wrong_code(request: HttpRequest, user: User) -> None:
    """The password was right and the second step was not, or a code was used a second time."""
    log.warning("A code for user %s from %s was wrong or used before.", user.pk, clients.address(request))
