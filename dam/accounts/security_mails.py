"""Mails about the ways into an account, in case it was somebody else who changed them."""

from contextlib import suppress

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dam.accounts import mails, outbox
from dam.accounts.models import User

# By allauth's names.
CHANGES: dict[str, str | Promise] = {
    "totp_activated": _("An authenticator app was set up for your account."),
    "totp_deactivated": _("The authenticator app was removed from your account."),
    "webauthn_added": _("A passkey was added to your account."),
    "webauthn_removed": _("A passkey was removed from your account."),
    "recovery_codes_generated": _("New recovery codes were made for your account. The earlier ones ended."),
    "second_factor_reset": _(
        "An administrator reset your second step: passkeys, authenticator app and recovery codes are "
        "removed, and every device is signed out."
    ),
}


def tell(user: User, *, of: str) -> None:
    """A worker sends it once the change is committed: no page waits for a mail server."""
    context = {
        "user": user,
        "what": CHANGES[of],
        "at": timezone.now(),
        "security_url": f"{settings.PUBLIC_URL}{reverse('mfa_index')}",
    }
    with suppress(mails.NotSent):
        outbox.post("sign_in_changed", to=user, context=context)
