"""What a bulk edit is to change, as people say it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.bulk import changes, edits
from dam.bulk.changes import Change, Describe, Filling
from dam.bulk.stating import Stated
from dam.catalog import assets, holds, tags
from dam.core.lazily import lazy
from dam.custom_fields import schema
from dam.web.bulk.own_fields import OwnFields
from dam.web.bulk.stated import StatedFields
from dam.web.bulk.terms_fields import TermsFields
from dam.web.collections import choices
from dam.web.whole_text import WholeTextForm

_TAGS = {"autocomplete": "off", "autocapitalize": "none"}
# The fields, by the capability that each needs.
NEEDS = {
    Capability.EDIT: ("add_tags", "remove_tags", "title", "find", "replace", "describe", "description"),
    Capability.COLLECT: ("collection",),
    Capability.HOLD: ("hold",),
    Capability.DISCARD: ("trash", "counted_on"),
}


class ChangeForm(WholeTextForm):
    """What is left empty stays as it is. It has the fields of what whoever fills it in may do."""

    add_tags = forms.CharField(
        label=lazy("Add tags"),
        required=False,
        help_text=lazy("Separated by commas."),
        widget=forms.TextInput(attrs=_TAGS),
    )
    remove_tags = forms.CharField(
        label=lazy("Remove tags"),
        required=False,
        help_text=lazy("Separated by commas. Clips that don't have them stay as they are."),
        widget=forms.TextInput(attrs=_TAGS),
    )
    find = forms.CharField(
        label=lazy("Find in titles"),
        required=False,
        strip=False,
        max_length=assets.LONGEST_TITLE,
        help_text=lazy("Exactly as it is written, capitals included."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    replace = forms.CharField(
        label=lazy("Replace with"),
        required=False,
        strip=False,
        max_length=assets.LONGEST_TITLE,
        help_text=lazy("Leave empty to take it out."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    title = forms.CharField(
        label=lazy("New title"),
        required=False,
        max_length=assets.LONGEST_TITLE,
        help_text=lazy("{title} stands for the title that each clip has, as in “Summer: {title}”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    describe = forms.ChoiceField(
        label=lazy("Description"),
        required=False,
        choices=(
            (Describe.KEEP.value, lazy("Keep")),
            (Describe.REPLACE.value, lazy("Replace with this text")),
            (Describe.APPEND.value, lazy("Add this text at the end")),
            (Describe.CLEAR.value, lazy("Remove")),
        ),
    )
    description = forms.CharField(
        label=lazy("Text"),
        required=False,
        max_length=assets.LONGEST_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    collection = forms.ChoiceField(label=lazy("Add to collection"), required=False)
    hold = forms.CharField(
        label=lazy("Place under legal hold"),
        required=False,
        max_length=holds.LONGEST_REASON,
        help_text=lazy(
            "The reason, kept in the activity log for good. No one can delete the clips until their holds "
            "are lifted, one by one: Undo doesn't lift them."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    trash = forms.BooleanField(label=lazy("Move to trash"), required=False)
    counted_on = forms.BooleanField(
        label=lazy("Also clips in review, approved or released, and what they were made from"),
        required=False,
    )

    def __init__(
        self, data: QueryDict | None = None, *, by: Principal, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        for capability, names in NEEDS.items():
            for name in names if not by.can(capability) else ():
                del self.fields[name]
        if "collection" in self.fields:
            there = [(str(each.collection.pk), each.path) for each in choices.to_fill(by)]
            self.fields["collection"].choices = [("", _("None")), *there]  # type: ignore[attr-defined]
        self.own: OwnFields | None = None
        self.fillings: tuple[Filling, ...] = ()
        self.stated: StatedFields | None = None
        self.restated: Stated = ()
        self.terms: TermsFields | None = None
        if by.can(Capability.EDIT) and schema.of(by.brand).in_use:
            self.own = OwnFields(self, by=by, initial=(initial or {}).get("fields", ()))

        if edits.may_state(by):
            self.stated = StatedFields(self, initial=(initial or {}).get("stated", ()))
            self.terms = TermsFields(self, by=by, initial=initial or {})

    def words(self) -> list[forms.BoundField]:
        """What is above the brand's own fields."""
        return [self[name] for name in self.fields if name in NEEDS[Capability.EDIT]]

    def others(self) -> list[forms.BoundField]:
        """And what is below them."""
        return [self[name] for names in list(NEEDS.values())[1:] for name in names if name in self.fields]

    def clean_add_tags(self) -> tuple[str, ...]:
        return self._tags("add_tags")

    def clean_remove_tags(self) -> tuple[str, ...]:
        return self._tags("remove_tags")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        both = sorted(set(given.get("add_tags") or ()) & set(given.get("remove_tags") or ()))
        if both:
            self.add_error("remove_tags", _("“%(tag)s” can't be both added and removed.") % {"tag": both[0]})
        writes = given.get("describe") in (Describe.REPLACE, Describe.APPEND)
        if writes and not given.get("description"):
            self.add_error("description", _("Enter the text."))
        if given.get("description") and not given.get("describe"):
            self.add_error("describe", _("Choose what to do with the text."))
        if given.get("replace") and not given.get("find"):
            self.add_error("find", _("Enter what to find."))
        if self.own is not None:
            self.fillings = self.own.read(given)
        if self.stated is not None:
            self.restated = self.stated.read(given)
        if self.terms is not None:
            self.terms.read(given)
        if not self.errors and self.change.is_empty:
            self.add_error(None, _("Choose at least one change."))
        return given

    @property
    def change(self) -> Change:
        """What was filled in."""
        given = self.cleaned_data
        collection = given.get("collection")
        return Change(
            add_tags=given.get("add_tags") or (),
            remove_tags=given.get("remove_tags") or (),
            title=given.get("title") or "",
            find=given.get("find") or "",
            replace=given.get("replace") or "",
            describe=Describe(given.get("describe") or ""),
            description=given.get("description") or "",
            fields=self.fillings,
            stated=self.restated,
            consent=self.terms.consent if self.terms else (),
            withdrawn=self.terms.withdrawn if self.terms else (),
            first_day=self.terms.first_day if self.terms else "",
            first_day_reason=self.terms.reason if self.terms else "",
            collection=UUID(collection) if collection else None,
            hold=given.get("hold") or "",
            trash=bool(given.get("trash")),
            counted_on=bool(given.get("counted_on")),
        )

    def _tags(self, name: str) -> tuple[str, ...]:
        try:
            return tags.parse(self.cleaned_data[name])
        except tags.TagRefused as refused:
            raise forms.ValidationError(refused.message) from None


def filled(kept: dict[str, Any]) -> dict[str, Any]:
    """What the form begins with, of a change that was chosen before."""
    change = changes.read(kept)
    return {
        **{name: getattr(change, name) for name in Change.__dataclass_fields__},
        "add_tags": ", ".join(change.add_tags),
        "remove_tags": ", ".join(change.remove_tags),
        "describe": change.describe.value,
    }
