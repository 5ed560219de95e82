"""Sign-ins that have ended, and ending them."""

from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from dam.accounts.models import User


def forget_ended() -> None:
    """Delete the sessions whose time is over: who had them is no one's business any more."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    kept = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=kept).delete()


def end(session: UserSession) -> None:
    """The browser that has it is signed out with its next request."""
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()


def end_all(user: User, *, but: str = "") -> int:
    """End every session of the person, save the one of the key `but`. How many there were.

    All sessions are read for that: one that was never listed must not outlive the others.
    """
    ended = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.session_key != but and session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(session_key__in=ended).delete()
    UserSession.objects.filter(user=user).exclude(session_key=but).delete()
    return len(ended)
