"""What was refused, and to whom: lines of the web process's log, which hold no content."""

import logging
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from dam.accounts.models import User
from dam.accounts.principals import Guest, Principal, Token
from dam.web import clients

log = logging.getLogger(__name__)
LONGEST = 200
# A secret in an address (dam/accounts/keys.py, provenance/guests/recalled.py): only its kind is written down.
SECRETS = re.compile(r"(rp[a-z]_|/guest/recall/)[^/]+")


class LogRefusalsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if 400 <= response.status_code < 500:
            log.warning(
                "Answered %s to %s %s, asked by %s from %s.",
                response.status_code,
                request.method,
                SECRETS.sub(r"\1…", request.path)[:LONGEST],
                _who(request),
                clients.address(request),
            )
        return response


def _who(request: HttpRequest) -> str:
    """By number, as far as the request was looked at: this asks the database nothing."""
    principal: Principal | None = getattr(request, "principal", None)
    if isinstance(principal, Guest):
        return f"guest {principal.link_id}"
    if isinstance(principal, Token):
        return f"token {principal.token_id} of user {principal.user.pk}"
    user = principal.user if principal else getattr(request, "_cached_user", None)
    return f"user {user.pk}" if isinstance(user, User) else "someone not signed in"
