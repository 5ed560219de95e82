"""What a new password must be, beside what Django asks for."""

import re

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dam.accounts.models import User

SHORTEST, LONGEST = 12, 128


class MinimumLengthValidator:
    """A run of spaces counts as one character: it is as easily guessed."""

    def validate(self, password: str, user: User | AnonymousUser | None = None) -> None:
        if len(re.sub(r"\s+", " ", password)) < SHORTEST:
            raise ValidationError(
                (
                    _("This password is too short. It must contain at least %(shortest)s characters.")
                    % {"shortest": SHORTEST}
                ),
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return _("At least %(shortest)s characters.") % {"shortest": SHORTEST}


class MaximumLengthValidator:
    def validate(self, password: str, user: User | AnonymousUser | None = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(
                (_("A password can have at most %(longest)s characters.") % {"longest": LONGEST}),
                code="too_long",
            )

    def get_help_text(self) -> str:
        return _("At most %(longest)s characters.") % {"longest": LONGEST}
