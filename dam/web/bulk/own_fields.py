"""A brand's own fields in the form of a bulk edit: for each what to do with it, and the value for that."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.bulk.changes import Filling
from dam.custom_fields import clip_kinds, reading, schema, values
from dam.custom_fields.definitions import EMPTY, Field, Kind
from dam.custom_fields.values import How
from dam.web.own_fields import inputs, rows
from dam.web.own_fields.forms import OWN

HOW = "how-"  # beside OWN, for what becomes of the field
KEEP, SET, CLEAR = "", "set", "clear"


class OwnFields:
    """Two inputs of a form for each field in use; those of a role that can't edit aren't there."""

    def __init__(self, form: forms.Form, *, by: Principal, initial: Sequence[Filling]) -> None:
        self.form, self.by = form, by
        self.known = schema.of(by.brand)
        begun = {each.key: each for each in initial}
        people = inputs.people(by.brand, self.known.in_use)
        names = rows.names_of(self.known.in_use, [{each.key: each.value for each in initial}])
        for field in self.known.in_use:
            before = begun.get(field.key)
            form.fields[HOW + field.key] = how = forms.ChoiceField(
                label=field.title, required=False, choices=_ways(field), initial=_way(before)
            )
            value = before.value if before else EMPTY
            form.fields[OWN + field.key] = made = inputs.of(field, value=value, people=people, names=names)
            made.label = _("%(field)s: value") % {"field": field.title}
            how.unmarked = made.unmarked = True  # type: ignore[attr-defined]
            how.help_text, made.help_text = " ".join(filter(None, [clip_kinds.note(field), field.help])), ""

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self.form[HOW + field.key], self.form[OWN + field.key]) for field in self.known.in_use]

    @property
    def is_open(self) -> bool:
        """Whether something is filled in, or wrong."""
        return any(how.value() or value.errors for how, value in self.rows())

    def read(self, given: Mapping[str, Any]) -> tuple[Filling, ...]:
        """What was chosen; what can't be said of any clip stands as an error beside its input."""
        asked = {
            field: given[HOW + field.key] for field in self.known.in_use if given.get(HOW + field.key, KEEP)
        }
        named = any(field.kind is Kind.PERSON for field in asked)
        people = values.people_of(self.by.brand) if named else {}
        fillings = []
        for field, way in asked.items():
            if way == CLEAR:
                fillings.append(Filling(field.key))
                continue
            if (typed := given.get(OWN + field.key)) is None:
                continue  # refused already
            try:
                value = reading.read(field, [typed] if isinstance(typed, str) else typed, people=people)
            except reading.ValueRefused as refused:
                self.form.add_error(OWN + field.key, refused.message)
                continue
            if not value:
                self.form.add_error(OWN + field.key, _("Enter the value, or choose Keep."))
                continue
            fillings.append(Filling(field.key, value, How.REPLACE if way == SET else How(way)))
        return tuple(fillings)


def _ways(field: Field) -> list[tuple[str, str]]:
    if field.kind is Kind.MULTI_CHOICE:
        several = [(How.ADD.value, _("Add")), (How.REMOVE.value, _("Remove")), (SET, _("Replace with"))]
        return [(KEEP, _("Keep")), *several, (CLEAR, _("Clear the field"))]
    return [(KEEP, _("Keep")), (SET, _("Set to")), (CLEAR, _("Clear the field"))]


def _way(filling: Filling | None) -> str:
    if filling is None:
        return KEEP
    if not filling.value:
        return CLEAR
    return SET if filling.how is How.REPLACE else filling.how.value
