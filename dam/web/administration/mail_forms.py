"""The form of how mails leave, for the administration and the set-up page."""

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dam.accounts import mails
from dam.accounts.mail_models import MailSettings, Security, Sender
from dam.accounts.mail_smtp import PORTS
from dam.web.whole_text import WholeText

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9a-fA-F:]+\]?")
DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
FIELDS = {
    Sender.OFF: (),
    Sender.SMTP: ("from_address", "host", "security", "port", "username", "secret"),
    Sender.SES: ("from_address", "region", "username", "secret"),
    Sender.MAILGUN: ("from_address", "domain", "region", "secret"),
}
ONLY_KEY = ("from_address", "secret")
# What a stored secret belongs to: changed, it is asked for again, lest it be sent to somebody else's server.
BELONGS_TO = ("host", "port", "security", "username", "region", "domain")


class MailForm(WholeText, forms.ModelForm):  # type: ignore[type-arg]
    """The fields that one way to send needs. A secret is never shown; left empty it stays."""

    secret = forms.CharField(
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = MailSettings
        fields = ("from_address", "host", "security", "port", "username", "domain", "region", "secret")
        labels = {
            "from_address": _("From address"),
            "host": _("Server"),
            "security": _("Encryption"),
            "port": _("Port"),
            "username": _("User name"),
            "domain": _("Domain"),
            "region": _("Region"),
        }

    def __init__(self, *args: Any, sender: Sender, **named: Any) -> None:
        super().__init__(*args, **named)
        self.sender = sender
        self.kept = MailSettings.objects.first()
        shown = FIELDS.get(sender, ONLY_KEY)
        for name in [name for name in self.fields if name not in shown]:
            del self.fields[name]
        self.order_fields(shown)
        if shown:
            self._word()

    def _word(self) -> None:
        fields, api = self.fields, self.sender is not Sender.SMTP
        fields["from_address"].required = True
        fields["from_address"].help_text = _("Emails are sent from this address, with the brand's name.")
        fields["secret"].label = _("API key") if api else _("Password")
        if self.sender is Sender.SES:
            fields["username"].label, fields["secret"].label = _("Access key ID"), _("Secret access key")
            fields["username"].help_text = _("Leave both empty to use the role of this machine.")
            fields["region"].help_text = _("For example eu-central-1.")
        if self.sender is Sender.MAILGUN:
            fields["domain"].help_text = _("The sending domain. Empty: that of the From address.")
            fields["region"] = forms.ChoiceField(
                label=_("Region"), required=False, choices=[("", _("United States")), ("eu", _("Europe"))]
            )
        if not api:
            fields["host"].required = True
            fields["username"].help_text = _("Leave both empty for a server that asks for no sign-in.")
            fields["username"].widget.attrs["autocomplete"] = "off"
        if self._has_secret():
            fields["secret"].help_text = _("A value is stored, encrypted. Leave this empty to keep it.")

    def _has_secret(self) -> bool:
        return bool(self.kept and self.kept.secret and self.kept.sender == self.sender)

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip()
        if not HOST.fullmatch(host):
            raise ValidationError(_("Enter the name of a server, such as smtp.example.com."), code="host")
        return host

    def clean_port(self) -> int:
        port = int(self.cleaned_data["port"])
        if port not in PORTS:
            message = _("Mail servers listen on port 25, 465, 587 or 2525. Another can be set by EMAIL_PORT.")
            raise ValidationError(message, code="port")
        return port

    def clean_from_address(self) -> str:
        address = str(self.cleaned_data["from_address"])
        if not mails.can_reach(address):
            raise ValidationError(_("Enter a valid email address."), code="invalid")
        return address

    def clean_domain(self) -> str:
        domain = str(self.cleaned_data["domain"]).strip()
        if domain and not DOMAIN.fullmatch(domain):
            raise ValidationError(_("Enter a domain, such as mail.example.com."), code="domain")
        return domain

    def clean_region(self) -> str:
        region = str(self.cleaned_data["region"]).strip()
        if self.sender is Sender.SES and region and not REGION.fullmatch(region):
            raise ValidationError(_("Enter a region, such as eu-central-1."), code="region")
        return region

    def clean(self) -> dict[str, Any]:
        given = cast(dict[str, Any], super().clean())
        if self.errors or not self.fields:
            return given
        given["secret"] = given.get("secret") or self._kept_secret(given)
        alone = self.sender is not Sender.SMTP and not (self.sender is Sender.SES and not given["username"])
        if alone and not given["secret"]:
            self.add_error("secret", _("Enter the key."))
        if self.sender is Sender.SMTP and given["secret"] and given["security"] == Security.NONE:
            self.add_error("security", _("A password is only sent over an encrypted connection."))
        return given

    def _kept_secret(self, given: dict[str, Any]) -> str:
        """The stored one, for the server it was stored for."""
        if not self._has_secret() or self.kept is None:
            return ""
        if all(getattr(self.kept, name) == given[name] for name in BELONGS_TO if name in given):
            return str(self.kept.secret)
        if given.get("username") or self.sender is not Sender.SMTP:
            self.add_error("secret", _("Enter it again: it was stored for other settings."))
        return ""

    def row(self) -> MailSettings:
        """The settings as typed, whole: what this way to send doesn't need is empty. Not saved."""
        row = MailSettings(id=MailSettings.ONLY, sender=self.sender)
        for name in self.fields:
            setattr(row, name, self.cleaned_data[name])
        return row


def described(row: MailSettings | None) -> str:
    """The settings in a few words without secrets, for the log."""
    if row is None or not row.sender:
        return "off"
    where = f" {row.host}:{row.port}" if row.sender == Sender.SMTP else ""
    return f"{row.sender}{where}, {row.from_address}"
