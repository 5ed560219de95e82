"""A link to choose a new password, for an administrator to hand over where no mail can be sent.

Its key is of another kind than one that is mailed: whoever uses it need not have read the address.
"""

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator, UserTokenForm
from allauth.account.utils import user_pk_to_url_str
from allauth.account.views import INTERNAL_RESET_SESSION_KEY
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse

from dam.accounts.models import User

_HANDED_OVER = "by-hand-"


class _HandedOver(EmailAwarePasswordResetTokenGenerator):  # type: ignore[misc]
    """Django puts the salt into each key, so taking the mark off one makes none that was mailed."""

    key_salt = "dam.accounts.reset_links"


class _OfEitherKind(EmailAwarePasswordResetTokenGenerator):  # type: ignore[misc]
    def check_token(self, user: AbstractBaseUser | None, token: str | None) -> bool:
        if token and token.startswith(_HANDED_OVER):
            return bool(_HandedOver().check_token(user, token.removeprefix(_HANDED_OVER)))
        return bool(super().check_token(user, token))


class ResetKeyForm(UserTokenForm):  # type: ignore[misc]
    """What allauth reads a link with."""

    token_generator = _OfEitherKind()


def reset_link(user: User) -> str:
    """It works once, for 24 hours, and ends when the password or address changes."""
    key = f"{_HANDED_OVER}{_HandedOver().make_token(user)}"
    named = {"uidb36": user_pk_to_url_str(user), "key": key}
    return f"{settings.PUBLIC_URL}{reverse('account_reset_password_from_key', kwargs=named)}"


def was_handed_over(request: HttpRequest) -> bool:
    """Whether the link that this visitor has just used is one of these."""
    return str(request.session.get(INTERNAL_RESET_SESSION_KEY, "")).startswith(_HANDED_OVER)
