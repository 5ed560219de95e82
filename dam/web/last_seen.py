"""When and from where each session was last used: what the page of one's sessions shows."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from dam.accounts import keys
from dam.accounts.models import User
from dam.web import clients

NOTED_EVERY = timedelta(minutes=5)
NO_ADDRESS = "::"  # as through a Unix socket, where a column of addresses takes no word
LONGEST_AGENT = 200


class LastSeenMiddleware:
    """Writes at most once in that time for a session, and nothing for whoever is not signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        user = getattr(request, "_cached_user", None)  # where the request was looked at; this asks nothing
        if isinstance(user, User) and request.session.session_key:
            note(request, user)
        return response


def note(request: HttpRequest, user: User) -> None:
    key = request.session.session_key or ""
    if not cache.add(f"seen:{keys.digest(key)[:32]}", 1, timeout=NOTED_EVERY.total_seconds()):
        return
    seen = {
        "user": user,
        "ip": address(request),
        "user_agent": request.headers.get("User-Agent", "")[:LONGEST_AGENT],
        "last_seen_at": timezone.now(),
    }
    if not UserSession.objects.filter(session_key=key).update(**seen):
        UserSession.objects.get_or_create(session_key=key, defaults=seen)


def address(request: HttpRequest) -> str:
    known = clients.address(request)
    return NO_ADDRESS if known == clients.UNKNOWN else known
