"""A field of the brand as a form: its words, its rules and its options."""

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dam.catalog.models import AssetKind
from dam.custom_fields.definitions import CHOOSING, Field, Kind, Option, Schema
from dam.custom_fields.planning import OptionWish, Wish
from dam.web.own_fields import inputs
from dam.web.whole_text import WholeTextForm

UP, DOWN = "up", "down"


@dataclass(frozen=True)
class OptionRow:
    """An option as the form has it: its label may have been typed anew, and its place be another."""

    key: str
    label: str
    offered: bool
    only_with: frozenset[str]


def _row(option: Option) -> OptionRow:
    return OptionRow(option.key, option.label, not option.retired, option.only_with)


class FieldForm(WholeTextForm):
    title = forms.CharField(label=gettext_lazy("Name"))
    key = forms.CharField(
        label=gettext_lazy("Search name"),
        required=False,
        help_text=gettext_lazy(
            "How it's typed in searches and named in files, such as campaign:summer. "
            "Left empty, it's made from the name. It never changes."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}),
    )
    help = forms.CharField(
        label=gettext_lazy("Help text"),
        required=False,
        help_text=gettext_lazy("Shown beside the field where it is filled in."),
    )
    new_options = forms.CharField(
        label=gettext_lazy("Add options"),
        required=False,
        help_text=gettext_lazy("One on each line."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    depends_on = forms.ChoiceField(
        label=gettext_lazy("Depends on"),
        required=False,
        help_text=gettext_lazy(
            "Another field of choices. Save, then choose for each option which of the other's it goes with."
        ),
    )
    clip_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of clip"),
        required=False,
        choices=AssetKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Only clips of these kinds have the field. With none chosen, all have it. "
            "Other clips keep what they already have in it."
        ),
    )
    required = forms.BooleanField(
        label=gettext_lazy("Required before a review"),
        required=False,
        help_text=gettext_lazy("A clip without it can be uploaded and edited, and not be sent to review."),
    )
    in_filters = forms.BooleanField(
        label=gettext_lazy("Show in filters"),
        required=False,
        help_text=gettext_lazy("Beside the library, with how many clips have each value."),
    )
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        kind: Kind,
        known: Schema,
        field: Field | None,
        revision: int = 0,
    ) -> None:
        self.kind, self.known, self.field = kind, known, field
        initial: dict[str, Any] = {"in_filters": True}
        if field is not None:
            initial = {
                "title": field.title,
                "help": field.help,
                "depends_on": field.depends_on,
                "required": field.required,
                "in_filters": field.in_filters,
                "clip_kinds": sorted(field.clip_kinds),
                "revision": revision,
            }
        super().__init__(data.copy() if data is not None else None, initial=initial)
        if field is not None:
            del self.fields["key"]
        if kind not in CHOOSING:
            del self.fields["new_options"], self.fields["depends_on"]
        else:
            others = [each for each in known.in_use if each.kind in CHOOSING and each is not field]
            self.fields["depends_on"].choices = [  # type: ignore[attr-defined]
                ("", _("No other field")),
                *((each.key, each.title) for each in others),
            ]
            if not others:
                del self.fields["depends_on"]
        if kind in (Kind.TEXT, Kind.LINK):
            del self.fields["in_filters"]  # their values are searched for, and too many to list
        self._add_default()

    def _add_default(self) -> None:
        """What new clips begin with; of options those that are there, of people no one."""
        if self.kind is Kind.PERSON or (self.kind in CHOOSING and self.field is None):
            return
        whole = self.field or Field(0, "", "", self.kind)
        whole = replace(whole, title=_("Default"), help=_("What a new clip begins with."), depends_on="")
        self.fields["default"] = inputs.of(whole, value=whole.default)

    @property
    def other(self) -> Field | None:
        """The field that this one depends on, as it is saved."""
        return self.known.get(self.field.depends_on) if self.field else None

    @property
    def option_rows(self) -> list[OptionRow]:
        """The options in the order of the form, as they were typed; before anything was, as they are."""
        if self.field is None or self.kind not in CHOOSING:
            return []
        options = {option.key: option for option in self.field.options}
        if not self.is_bound:
            return [_row(option) for option in options.values()]
        sent: Any = self.data
        rows = [
            OptionRow(
                key=key,
                label=sent.get(f"label-{key}", options[key].label),
                offered=key in sent.getlist("offered"),
                only_with=frozenset(sent.getlist(f"with-{key}")),
            )
            for key in dict.fromkeys(sent.getlist("option"))
            if key in options
        ]
        # What the form didn't have yet, for someone added it meanwhile, stays as they made it.
        named = {row.key for row in rows}
        rows += [_row(option) for key, option in options.items() if key not in named]
        return self._moved(rows, sent.get("move", ""))

    def _moved(self, rows: list[OptionRow], move: str) -> list[OptionRow]:
        key, _colon, way = move.partition(":")
        here = next((place for place, row in enumerate(rows) if row.key == key), None)
        if here is None or way not in (UP, DOWN):
            return rows
        there = here - 1 if way == UP else here + 1
        if 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
        return rows

    @property
    def wish(self) -> Wish:
        data = self.cleaned_data
        options = [
            OptionWish(row.label, row.key, retired=not row.offered, only_with=row.only_with)
            for row in self.option_rows
        ]
        options += [OptionWish(line) for line in data.get("new_options", "").splitlines() if line.strip()]
        default = data.get("default") or ()
        return Wish(
            title=data["title"],
            help=data["help"],
            required=data["required"],
            default=(default,) if isinstance(default, str) else tuple(default),
            in_filters=data.get("in_filters", True),
            depends_on=data.get("depends_on", ""),
            options=tuple(options),
            clip_kinds=frozenset(data["clip_kinds"]),
        )

    def place_of(self, where: str) -> str | None:
        """Beside which input a refusal stands."""
        where = {"options": "new_options"}.get(where, where)
        return where if where in self.fields else None

    def words(self) -> list[Any]:
        names = ("title", "key", "help")
        return [self[name] for name in names if name in self.fields]

    def rules(self) -> list[Any]:
        return [self[name] for name in ("required", "in_filters") if name in self.fields]
