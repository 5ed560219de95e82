"""The forms of the first run."""

from typing import Any, cast

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dam.accounts import mails
from dam.accounts.models import Brand, User
from dam.core import foreign_text
from dam.web.person_name import PersonNameField
from dam.web.whole_text import WholeTextForm

HUES = tuple(range(15, 360, 30))


class BrandForm(WholeTextForm):
    name = forms.CharField(label=_("Name"), max_length=Brand._meta.get_field("name").max_length)
    accent_hue = forms.TypedChoiceField(label=_("Accent colour"), coerce=int, choices=[(h, h) for h in HUES])

    def clean_name(self) -> str:
        name = foreign_text.line(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Enter a name."), code="required")
        return name


class TestMailForm(forms.Form):
    address = forms.EmailField(label=_("Send the test to"))


class AdministratorForm(WholeTextForm):
    name = PersonNameField(label=_("Your name"))
    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters, and not a common password."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if not mails.can_reach(email):
            raise ValidationError(_("Enter a valid email address."), code="invalid")
        return email

    def clean(self) -> dict[str, Any]:
        given = cast(dict[str, Any], super().clean())
        if not self.errors:
            person = User(email=given["email"], name=given["name"])
            try:
                password_validation.validate_password(given["password"], person)
            except ValidationError as weak:
                self.add_error("password", weak)
        return given
