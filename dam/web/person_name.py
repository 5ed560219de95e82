"""The field in which people write their name."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dam.accounts.models import User
from dam.core import foreign_text


class PersonNameField(forms.CharField):
    """In one line, without what nobody sees: a mark of direction would turn the name and all beside it."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**{"max_length": User._meta.get_field("name").max_length, **named})

    def clean(self, value: Any) -> str:
        name = foreign_text.line(super().clean(value))
        if not name and self.required:
            raise ValidationError(_("Enter your name."), code="required")
        return name
