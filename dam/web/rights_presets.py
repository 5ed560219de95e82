"""Presets of terms in forms: the choice of one, what it says in words, and what a form is filled in with."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.core import language, numbers
from dam.core.lazily import lazy
from dam.rights import presets
from dam.rights.models import RightsPreset
from dam.rights.preset_terms import Period, PresetTerms
from dam.web import stated_fields, usage_status

FILL = "fill"  # the button's name
PERIODS = {
    Period.UNSAID: lazy("Leave as it is"),
    Period.UNLIMITED: lazy("Without an end"),
    Period.DAYS: lazy("Days from the approval"),
    Period.MONTHS: lazy("Months from the approval"),
    Period.UNTIL: lazy("Until a day"),
}


class PresetFields:
    """Which preset fills a form in, and which one did (`filled`), in a form that has both.

    Who chooses one and doesn't press the button would approve other terms than they think: that is an error.
    """

    def __init__(self, form: forms.Form, offered: Sequence[RightsPreset]) -> None:
        self.form, self.offered = form, {each.pk: each for each in offered}
        form.fields["preset"] = forms.TypedChoiceField(
            label=lazy("Preset"),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[("", _("No preset")), *((str(each.pk), each.name) for each in offered)],
            error_messages={"invalid_choice": lazy("This preset is no longer there. Choose another one.")},
        )
        form.fields["filled"] = forms.IntegerField(required=False, widget=forms.HiddenInput())

    @property
    def preset(self) -> forms.BoundField:
        return self.form["preset"]

    @property
    def filled(self) -> forms.BoundField:
        return self.form["filled"]

    @property
    def filler(self) -> RightsPreset | None:
        """What has filled it in, as far as the form says: before it is cleaned, too."""
        return self._of(self.filled.value())

    @property
    def chosen(self) -> RightsPreset | None:
        """Once the form was cleaned: what filled it in, unless that was given up."""
        given = self.form.cleaned_data
        return self._of(given.get("filled")) if given.get("preset") is not None else None

    def wanted(self, sent: Mapping[str, Any]) -> RightsPreset | None:
        """Whose terms the button asks for."""
        return self._of(sent.get("preset"))

    def clean(self) -> None:
        given = self.form.cleaned_data
        preset = given.get("preset")
        if preset is not None and preset != given.get("filled"):
            self.form.add_error("preset", _("Press “Fill in” to use this preset, or choose “No preset”."))

    def _of(self, number: Any) -> RightsPreset | None:
        key = numbers.read(str(number))
        return self.offered.get(key) if key is not None else None


def entered(form: forms.Form, sent: Any, *, without: Sequence[str] = ()) -> dict[str, Any]:
    """What was sent so far, for the `initial` of a form that isn't judged yet."""
    return {
        name: field.widget.value_from_datadict(sent, {}, form.add_prefix(name))
        for name, field in form.fields.items()
        if name not in without
    }


def choice(preset: RightsPreset) -> dict[str, Any]:
    """The `initial` of the choice itself, of a form that is filled in with this preset."""
    return {"preset": str(preset.pk), "filled": str(preset.pk)}


def summary(preset: RightsPreset) -> list[str]:
    """What it fills in, in sentences for a list: the clearance, then each statement."""
    terms = presets.terms_of(preset)
    clears = [
        usage_status.name_uses(terms.uses),
        usage_status.name_places(terms.territories),
        period(terms),
    ]
    lines = [capfirst(", ".join(each for each in clears if each))] if terms.clears else []
    return lines + [f"{label}: {text}" for label, text in stated(terms)]


def period(terms: PresetTerms) -> str:
    """ "12 months from the approval"; empty where it says nothing of it."""
    length = terms.length or 0
    count = {"count": language.number(length)}
    match terms.period:
        case Period.UNLIMITED:
            return _("with no end date")
        case Period.DAYS:
            words = ngettext("%(count)s day from the approval", "%(count)s days from the approval", length)
            return str(words % count)
        case Period.MONTHS:
            words = ngettext(
                "%(count)s month from the approval", "%(count)s months from the approval", length
            )
            return str(words % count)
        case Period.UNTIL if terms.until is not None:
            return _("until %(day)s") % {"day": language.day(terms.until)}
    return ""


def stated(terms: PresetTerms) -> list[tuple[str, str]]:
    """Label and text of what it states."""
    kept = terms.kept()
    return [(str(label), kept[name]) for name, label in stated_fields.LABELS.items() if kept.get(name)]
