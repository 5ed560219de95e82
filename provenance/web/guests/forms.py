"""What guests send, and what people send to have guests."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from dam.accounts import mails
from dam.catalog.models import AssetKind
from dam.core.lazily import lazy
from dam.web.person_name import PersonNameField
from dam.web.whole_text import WholeTextForm
from provenance.guests import links, remarks, rules
from provenance.guests.rules import ADVICE_TITLES, MAY_TITLES, Advice, May

# Of each kind of clip: what their name does to the copy, and what they can download.
_COPIES = {
    AssetKind.VIDEO: (
        lazy("It is written all over the video they watch, with their address."),
        lazy("They can download the video with their name on it"),
    ),
    AssetKind.STILL: (
        lazy("It is written all over the image they see, with their address."),
        lazy("They can download the image with their name on it"),
    ),
    AssetKind.SOUND: (
        lazy("No mark can be heard in a sound. A file that they download names them in a tag alone."),
        lazy("They can download the sound, though no mark can be heard in it"),
    ),
}


class ShareForm(WholeTextForm):
    email = forms.EmailField(label=lazy("Email"), max_length=254)
    name = PersonNameField(
        label=lazy("Name"),
        max_length=links.LONGEST_NAME,
    )
    may = forms.ChoiceField(
        label=lazy("They can"),
        choices=[(may.value, lazy(title)) for may, title in MAY_TITLES.items()],
        initial=May.COMMENT.value,
        widget=forms.RadioSelect(),
        help_text=lazy("A recommendation is advice. Only people of the brand decide."),
    )
    days = forms.IntegerField(
        label=lazy("Days"),
        min_value=1,
        max_value=rules.MOST_DAYS,
        initial=rules.DAYS,
        help_text=lazy("Then the link ends."),
        widget=forms.NumberInput(attrs={"class": "days"}),
    )
    passphrase = forms.CharField(
        label=lazy("Passphrase"),
        required=False,
        strip=False,
        max_length=links.LONGEST_PASSPHRASE,
        help_text=lazy("Tell it to them yourself. Left empty, a code is mailed to them each time they come."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    may_download = forms.BooleanField(required=False)
    message = forms.CharField(
        label=lazy("Message"),
        required=False,
        max_length=links.LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, kind: str, **named: Any) -> None:
        super().__init__(*args, **named)
        words = _COPIES[AssetKind(kind)]
        self.fields["name"].help_text, self.fields["may_download"].label = words
        if not mails.is_on():
            field = self.fields["passphrase"]
            field.required = True
            field.help_text = _("No mail is sent from here, so a code can't reach them. Choose a passphrase.")


class CodeForm(WholeTextForm):
    code = forms.CharField(
        label=lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input figures"}
        ),
    )


class ListCodeForm(WholeTextForm):
    code = forms.CharField(
        label=lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "input figures",
            }
        ),
    )


class PassphraseForm(WholeTextForm):
    passphrase = forms.CharField(
        label=lazy("Passphrase"),
        strip=False,
        max_length=links.LONGEST_PASSPHRASE,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class AddressForm(WholeTextForm):
    email = forms.EmailField(
        label=lazy("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class AdviceForm(WholeTextForm):
    advice = forms.ChoiceField(
        label=lazy("I recommend to"),
        choices=[(kind.value, lazy(title)) for kind, title in ADVICE_TITLES.items()],
        widget=forms.RadioSelect(),
    )
    words = forms.CharField(
        label=lazy("Why"),
        required=False,
        max_length=remarks.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def kind(self) -> Advice:
        return Advice(self.cleaned_data["advice"])
