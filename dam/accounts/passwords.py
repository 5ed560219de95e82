"""What a new password must be, beside what Django asks for."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from dam.accounts.models import User

LONGEST = 128


class MaximumLengthValidator:
    def validate(self, password: str, user: User | AnonymousUser | None = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(f"A password can have at most {LONGEST} characters.", code="too_long")

    def get_help_text(self) -> str:
        return f"At most {LONGEST} characters."
