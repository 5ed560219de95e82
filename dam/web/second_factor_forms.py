"""Allauth's forms of the second factor: codes that work once, passkeys that ask for a PIN, face or finger."""

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django.core.exceptions import ValidationError
from django.forms import HiddenInput, JSONField
from django.utils.translation import gettext_lazy as _

from dam.accounts.models import User
from dam.web import signin_log, totp_codes

LONGEST_CODE = 40
LONGEST_NAME = 60


def bounded(user: User) -> Any:
    """A try at the account's second factor, counted before it is looked at, to be taken back if it was right.

    Raises a ValidationError after too many.
    """
    key = f"second-factor {user.pk}"
    usage = ratelimit.consume(context.request, app="allauth.account", action="second_factor", key=key)
    if not usage:
        raise account_adapter(context.request).validation_error("too_many_codes")
    return usage


class _OneTimeCode:
    """In allauth's forms: a code of the app, or a recovery code. Each is taken once."""

    user: User
    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def clean_code(self) -> str:
        attempt = bounded(self.user)
        code: str = self.cleaned_data["code"]
        found = Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN)
        for authenticator in found:
            if totp_codes.opens(authenticator, code):
                authenticator.user = self.user
                self.authenticator = authenticator
                attempt.rollback()
                return code
        signin_log.wrong_code(context.request, self.user)
        raise get_adapter().validation_error("incorrect_code")


def _worded(form: Any) -> None:
    code = form.fields["code"]
    code.label = _("Code")
    code.max_length = LONGEST_CODE
    code.widget.attrs = {
        "autocomplete": "one-time-code",
        "autocapitalize": "off",
        "spellcheck": "false",
        "maxlength": LONGEST_CODE,
        "class": "code-input",
    }


class CodeForm(_OneTimeCode, forms.AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _worded(self)


class ConfirmCodeForm(_OneTimeCode, forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _worded(self)


class ActivateAppForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _worded(self)
        self.fields["code"].label = _("Code that the app shows")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        attempt = bounded(self.user)
        code: str = super().clean_code()
        attempt.rollback()
        return code


class Credential(JSONField):
    """What a browser says of a passkey. A number of thousands of digits is no JSON here, as to Python."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem


class PasskeySignInForm(webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    credential = Credential(widget=HiddenInput)


class AddPasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    credential = Credential(widget=HiddenInput)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        del self.fields["passwordless"]  # all of them are
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you recognise it later: “MacBook”, “Blue key”.")
        self.fields["name"].widget.attrs.pop("maxlength", None)  # a browser cuts what is pasted, unsaid

    def clean_name(self) -> str:
        return _whole(super().clean_name())


class RenamePasskeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["name"].label = _("Name")
        self.fields["name"].widget.attrs.pop("maxlength", None)

    def clean_name(self) -> str:
        return _whole(self.cleaned_data["name"])


def _whole(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise ValidationError(_("A name has at most %(most)s characters.") % {"most": LONGEST_NAME})
    return name
