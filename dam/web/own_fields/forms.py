"""A clip's own fields, as people fill them in."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.audit import trail
from dam.catalog.models import Asset
from dam.custom_fields import clip_kinds, reading, schema, shown, values
from dam.custom_fields.definitions import EMPTY
from dam.search import fulltext
from dam.web.own_fields import inputs, rows
from dam.web.whole_text import WholeTextForm

# Names of inputs: a field may be called as anything of a form is.
OWN, WAS = "own-", "was-"


class OwnFieldsForm(WholeTextForm):
    """One input for each field that the clip is asked, or has something in; hidden beside it what it had when
    the form was made."""

    def __init__(self, data: QueryDict | None = None, *, asset: Asset, principal: Principal) -> None:
        self.asset = asset
        self.known = schema.of(principal.brand)
        self.has_set = False  # whether saving it changed anything
        super().__init__(data.copy() if data is not None else None)
        has = values.of([asset], known=self.known)[asset.pk]
        asked = clip_kinds.asked_of(asset, self.known)
        self.in_sight = rows.in_sight(self.known, asked, has)
        names = rows.names_of(self.in_sight, [has])
        listed = inputs.people(principal.brand, self.in_sight)
        missing = asked.missing(has)
        for field in self.in_sight:
            value = has.get(field.key, EMPTY)
            self.fields[OWN + field.key] = made = inputs.of(field, value=value, people=listed, names=names)
            made.unmarked = True  # type: ignore[attr-defined]  # most are optional: it would stand at each
            if field in missing:
                made.help_text = " · ".join(filter(None, [field.help, _("Required before a review")]))
            elif field.key not in asked:
                made.help_text = _("%(note)s Leave it as it is, or clear it.") % {
                    "note": clip_kinds.note(field)
                }
            was = forms.CharField(required=False, widget=forms.HiddenInput, initial=inputs.sealed(value))
            self.fields[WAS + field.key] = was

    def save(self, *, by: Principal) -> bool:
        """Set what was sent, and what the search knows of it, both or neither.

        False where the form says why not.
        """
        sent = {key: self.cleaned_data[OWN + key] for key in self.known if self._was_sent(key)}
        seen = {key: inputs.unsealed(self.cleaned_data.get(WAS + key) or "") for key in sent}
        began = {key: value for key, value in seen.items() if value is not None}
        try:
            with trail.recording():
                self.has_set = values.set_values(
                    self.asset, sent, by=by, seen=began if len(began) == len(sent) else None
                )
                fulltext.refresh(self.asset)
        except reading.ValueRefused as refused:
            name = OWN + refused.field
            self.add_error(name if name in self.fields else None, refused.message)
            return False
        except values.ChangedMeanwhile as meanwhile:
            names = rows.names_of(self.known.in_use, [meanwhile.now])
            for key, now in meanwhile.now.items():
                texts = ", ".join(shown.texts(self.known[key], now, names=names)) or _("empty")
                words = _("Someone else changed this while you were editing. It now reads “%(now)s”.") % {
                    "now": texts
                }
                self.add_error(OWN + key, _("%(words)s Save again to use yours.") % {"words": words})
                cast(QueryDict, self.data)[WAS + key] = inputs.sealed(now)
            return False
        return True

    def _was_sent(self, key: str) -> bool:
        """Boxes of which none is ticked send nothing; what the form began with is there all the same."""
        return OWN + key in self.fields and (OWN + key in self.data or WAS + key in self.data)

    def visible(self) -> list[Any]:
        return [self[OWN + field.key] for field in self.in_sight]
