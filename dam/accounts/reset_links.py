"""A link to choose a new password, for an administrator to hand over where no mail can be sent."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from dam.accounts.models import User


def reset_link(user: User) -> str:
    """As a mail holds it: it works once, for 24 hours, and ends when the password or address changes."""
    named = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return f"{settings.PUBLIC_URL}{reverse('account_reset_password_from_key', kwargs=named)}"
