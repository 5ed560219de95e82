"""What is stated of rights in the form of a bulk edit: for each what to do with it, and its words."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from dam.bulk import stating
from dam.bulk.stating import Stated
from dam.rights import statements

HOW, TEXT = "how-stated-", "stated-"
KEEP, SET, CLEAR = "", "set", "clear"


class StatedFields:
    """Two inputs of a form for each statement."""

    def __init__(self, form: forms.Form, *, initial: Stated) -> None:
        self.form, begun = form, dict(initial)
        for name, title in stating.TITLES.items():
            way = KEEP if name not in begun else SET if begun[name] else CLEAR
            ways = [(KEEP, _("Keep")), (SET, _("Set to")), (CLEAR, _("Clear the field"))]
            form.fields[HOW + name] = how = forms.ChoiceField(
                label=title, required=False, choices=ways, initial=way
            )
            form.fields[TEXT + name] = text = forms.CharField(
                label=_("%(field)s: value") % {"field": title}, required=False, initial=begun.get(name, "")
            )
            how.unmarked = text.unmarked = True  # type: ignore[attr-defined]

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self.form[HOW + name], self.form[TEXT + name]) for name in stating.TITLES]

    @property
    def is_open(self) -> bool:
        """Whether something is filled in, or wrong."""
        return any(how.value() or text.errors for how, text in self.rows())

    def read(self, given: Mapping[str, Any]) -> Stated:
        """What was chosen; what can't be stated stands as an error beside its input."""
        wanted: list[tuple[str, str]] = []
        for name in stating.TITLES:
            way, text = given.get(HOW + name, KEEP), given.get(TEXT + name) or ""
            if way == CLEAR:
                wanted.append((name, ""))
            elif way == SET and not text:
                self.form.add_error(TEXT + name, _("Enter the value, or choose Keep."))
            elif way == SET:
                wanted.append((name, text))
            elif text:
                self.form.add_error(HOW + name, _("Choose what to do with the text."))
        for name, problem in statements.problems_of(dict(wanted)).items():
            self.form.add_error(TEXT + name, problem)
        return tuple(wanted)
