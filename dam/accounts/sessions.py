"""Sign-ins that have ended."""

from importlib import import_module

from django.conf import settings


def forget_ended() -> None:
    """Delete the sessions whose time is over: who had them is no one's business any more."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
