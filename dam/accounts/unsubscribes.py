"""Ending one kind of mail by the address that stands in it, without signing in.

The address is signed, so it turns off only what it was made for. What "off" means is known further up:
whoever sends mails of a kind registers how they are turned off.
"""

from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.urls import reverse

from dam.accounts.models import User
from dam.core import errors
from dam.core.language import noop

SALT = "reelproof.mail.unsubscribe"
TurnOff = Callable[[User, str], str]
"""Turns a kind of mail off for a person, and on again never; returns what it is called, for the page."""

_turn_off: list[TurnOff] = []


class UnknownAddress(errors.Refused):
    """The address was not made here, or the account is gone."""

    code = "unknown_unsubscribe"
    title = noop("This link doesn't work")
    message = noop(
        "The link isn't complete. Copy the whole address from the email, or change what you get in your "
        "settings."
    )


def register(turn_off: TurnOff) -> None:
    """Called once, as the application of the notifications gets ready."""
    _turn_off[:] = [turn_off]


def url(user: User, kind: str) -> str:
    """The absolute address that ends this kind of mail for this person."""
    token = signing.dumps([user.pk, kind], salt=SALT)
    return f"{settings.PUBLIC_URL}{reverse('mail-unsubscribe', args=[token])}"


def read(token: str) -> tuple[User, str]:
    """Whose mails, and which. Raises UnknownAddress."""
    try:
        number, kind = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise UnknownAddress from None
    user = User.objects.filter(pk=number).first()
    if user is None:
        raise UnknownAddress
    return user, str(kind)


def turn_off(user: User, kind: str) -> str:
    """End these mails; doing so twice changes nothing more. Returns what they are called."""
    return _turn_off[0](user, kind) if _turn_off else kind
