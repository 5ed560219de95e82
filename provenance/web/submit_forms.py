"""What people send with clips that they send to review, alone or together."""

from datetime import date
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import times as zones
from dam.core import language
from dam.core.lazily import lazy
from dam.web.day_field import DayField, ends
from dam.web.whole_text import WholeTextForm
from provenance.review import sending_sets
from provenance.review.set_models import ReviewSet
from provenance.web.end_days import require_ahead

LONGEST_KEY, LONGEST_SEEN = 18, 200  # characters
OFFERED_SETS = 50  # to add clips to, the latest


class SubmitForm(WholeTextForm):
    note = forms.CharField(
        label=lazy("Note to reviewers"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": lazy("What is this clip for? What should reviewers check?")}
        ),
    )
    due_on = DayField(label=lazy("Due date"), required=False)
    # Which stages: a template that was chosen by hand, and what the page said of them (choosing.Choice.seen).
    template = forms.IntegerField(required=False, min_value=1, max_value=10**LONGEST_KEY)
    seen = forms.CharField(required=False, max_length=LONGEST_SEEN)
    # Whether it takes the place of this clip in the set that it was last sent with.
    in_set = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        zone: ZoneInfo | None = None,
        browser: ZoneInfo | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.browser = zone or zones.of_brand(None), browser
        self.fields["due_on"].help_text = ends(self.zone)

    def clean_due_on(self) -> date | None:
        return require_ahead(self.cleaned_data["due_on"], zone=self.zone, browser=self.browser)


class SetChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Sets of one title are told apart by the day on which they were sent."""

    def label_from_instance(self, obj: ReviewSet) -> str:
        words = _("%(title)s, sent on %(day)s")
        return words % {"title": obj.title, "day": language.day(timezone.localtime(obj.submitted_at))}


class SetForm(SubmitForm):
    """Several clips sent together. Its key is made with the page; each clip's stages are sent beside it."""

    title = forms.CharField(
        label=lazy("Title"),
        max_length=sending_sets.LONGEST_TITLE,
        widget=forms.TextInput(
            attrs={"placeholder": lazy("Spring campaign, Launch film cut-downs"), "autocomplete": "off"}
        ),
        error_messages={"required": lazy("Enter a title.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput())
    into = SetChoiceField(
        label=lazy("Send as"),
        queryset=ReviewSet.objects.none(),
        required=False,
        empty_label=lazy("A new set"),
        help_text=lazy("Added to a set, the clips have its title, note and due date."),
        error_messages={"invalid_choice": lazy("That set is no longer in review. Choose another.")},
    )
    in_set = None  # type: ignore[assignment]  # as Django leaves out a field of the form before
    field_order = ("into", "title", "note", "due_on")

    def __init__(self, *args: Any, addable: QuerySet[ReviewSet] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("What are these clips for? What should reviewers check?")
        self.fields["note"].widget.attrs["placeholder"] = words
        there = list((addable if addable is not None else ReviewSet.objects.none())[: OFFERED_SETS + 1])
        if not there:
            del self.fields["into"]
            return
        field = cast(forms.ModelChoiceField, self.fields["into"])  # type: ignore[type-arg]
        if len(there) > OFFERED_SETS:
            latest = _("Only the latest %(most)s are listed.") % {"most": OFFERED_SETS}
            field.help_text = f"{field.help_text} {latest}"
        offered = [each.pk for each in there[:OFFERED_SETS]]
        field.queryset = ReviewSet.objects.filter(pk__in=offered).order_by("-submitted_at")

    def clean(self) -> dict[str, Any] | None:
        """Without a set to add to, they need a title of their own."""
        cleaned = super().clean() or self.cleaned_data
        cleaned.setdefault("into", None)
        if cleaned["into"] is not None and "title" in self.errors:
            del self.errors["title"]
        return cleaned


class SetTitleForm(WholeTextForm):
    """Another title for clips that were sent together."""

    title = forms.CharField(
        label=lazy("Title"),
        max_length=sending_sets.LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": lazy("Enter a title.")},
    )
