"""The inputs of a brand's own fields: one for each kind, wherever they are filled in."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from dam.accounts.models import Brand
from dam.custom_fields.definitions import NO, YES, Field, Kind, Written
from dam.web import people_choice

_NONE = ("", "—")


class _Tied:
    """Says of each option with which of the other field it is offered: own-fields.js hides the rest."""

    tied: Mapping[str, str]

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **more)  # type: ignore[misc]
        if only_with := self.tied.get(str(value)):
            option["attrs"]["data-only-with"] = only_with
        return option


class _Select(_Tied, forms.Select):
    tied: Mapping[str, str] = {}


class _Boxes(_Tied, forms.CheckboxSelectMultiple):
    tied: Mapping[str, str] = {}


def people(brand: Brand, fields: Sequence[Field]) -> list[tuple[str, str]] | None:
    """Who can be chosen, in one query; None where they are too many to list, or no field asks for them."""
    if not any(field.kind is Kind.PERSON for field in fields):
        return None
    listed = people_choice.listed(people_choice.active(brand))
    return None if listed.more else [(str(person.pk), str(person)) for person in listed.people]


def of(
    field: Field,
    *,
    value: Written,
    people: Sequence[tuple[str, str]] | None = None,
    names: Mapping[str, str] | None = None,
) -> forms.Field:
    """Its input with this value in it. `names` are those of people who are chosen and may have left."""
    says: dict[str, Any] = {"label": field.title, "help_text": field.help, "required": False}
    attrs: dict[str, Any] = {"dir": "auto"}
    single = value[0] if value else ""
    match field.kind:
        case Kind.CHOICE | Kind.MULTI_CHOICE:
            return _choice(field, value, says)
        case Kind.YES_NO:
            return forms.ChoiceField(choices=[_NONE, (YES, _("Yes")), (NO, _("No"))], initial=single, **says)
        case Kind.PERSON if people is not None:
            left = [(key, (names or {}).get(key, key)) for key in value if key not in dict(people)]
            return forms.ChoiceField(choices=[_NONE, *left, *people], initial=single, **says)
        case Kind.PERSON:
            says["help_text"] = field.help or _("The email address of someone who works here.")
            widget: forms.Widget = forms.TextInput(attrs={"autocapitalize": "none", "inputmode": "email"})
        case Kind.DATE:
            widget = forms.TextInput(attrs={"type": "date"})
        case Kind.NUMBER:
            widget = forms.TextInput(attrs={"inputmode": "decimal"})
        case Kind.LINK:
            widget = forms.TextInput(
                attrs={"inputmode": "url", "placeholder": "https://", "autocapitalize": "none", "dir": "ltr"}
            )
        case _:
            widget = forms.Textarea(attrs={**attrs, "rows": 2})
    return forms.CharField(widget=widget, initial=single, **says)


def _choice(field: Field, value: Written, says: dict[str, Any]) -> forms.Field:
    shown = [option for option in field.options if not option.retired or option.key in value]
    choices = [(option.key, option.label) for option in shown]
    tied = {option.key: " ".join(sorted(option.only_with)) for option in shown if option.only_with}
    if field.kind is Kind.CHOICE:
        select = _Select(attrs={"data-depends-on": field.depends_on} if field.depends_on else {})
        select.tied = tied
        return forms.ChoiceField(
            choices=[_NONE, *choices], initial=value[0] if value else "", widget=select, **says
        )
    boxes = _Boxes(attrs={"data-depends-on": field.depends_on} if field.depends_on else {})
    boxes.tied = tied
    return forms.MultipleChoiceField(choices=choices, initial=list(value), widget=boxes, **says)


def sealed(value: Written) -> str:
    """A value as a hidden input carries it: what the form began with."""
    return json.dumps(list(value))


def unsealed(text: str) -> Written | None:
    """None for anything that no form of ours sent."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    return None
