"""What a new password must be, beside what Django asks for."""

import re

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from dam.accounts.models import User

SHORTEST, LONGEST = 12, 128


class MinimumLengthValidator:
    """A run of spaces counts as one character: it is as easily guessed."""

    def validate(self, password: str, user: User | AnonymousUser | None = None) -> None:
        if len(re.sub(r"\s+", " ", password)) < SHORTEST:
            raise ValidationError(
                f"This password is too short. It must contain at least {SHORTEST} characters.",
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return f"At least {SHORTEST} characters."


class MaximumLengthValidator:
    def validate(self, password: str, user: User | AnonymousUser | None = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(f"A password can have at most {LONGEST} characters.", code="too_long")

    def get_help_text(self) -> str:
        return f"At most {LONGEST} characters."
