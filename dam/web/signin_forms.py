"""Allauth's forms: whose account an address is, and the words of the product."""

from typing import Any

from allauth.account import forms
from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils.translation import gettext as _

from dam.accounts import mails, members
from dam.core.lazily import lazy

LABELS = {
    "email": lazy("Email"),
    "password": lazy("Password"),
    "oldpassword": lazy("Current password"),
    "password1": lazy("New password"),
    "password2": lazy("Confirm new password"),
}
RULES = lazy("At least 12 characters, and not a common password.")


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _word(self)

    def clean_email(self) -> str:
        """The link goes to the account's own address, as it is kept and not as somebody spelled it."""
        if not mails.is_on():
            raise ValidationError(_("Email is off here. Ask an administrator for a link."), code="mail_off")
        typed: str = self.cleaned_data["email"].lower()
        if not mails.can_reach(typed):
            raise ValidationError(_("Enter a valid email address."), code="invalid")
        user = members.of_address(typed)
        self.users = [user] if user is not None and user.is_active else []
        return user.email if user is not None else typed


class ChangePasswordForm(forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _word(self)


class NewPasswordForm(forms.ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _word(self)


class ReauthenticateForm(forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _word(self)


def _word(form: Form) -> None:
    for name, field in form.fields.items():
        field.label = LABELS.get(name, field.label)
        field.widget.attrs.pop("placeholder", None)  # allauth says the label twice
        field.help_text = RULES if name == "password1" else ""
