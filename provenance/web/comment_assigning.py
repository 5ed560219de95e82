"""Assigning a comment to a person, with the day it is due by."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dam.accounts import times as zones
from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.core import numbers, sorting
from dam.web import htmx, localisation
from dam.web.day_field import DayField
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm
from provenance.review import assigning
from provenance.review.assigning import Assignment
from provenance.review.models import Comment
from provenance.web import review_comments
from provenance.web.end_days import end_of, require_ahead


class AssignForm(WholeTextForm):
    to = forms.ModelChoiceField(
        User.objects.none(),
        label=lazy("Assign to"),
        required=False,
        empty_label=lazy("Unassigned"),
        error_messages={"invalid_choice": lazy("This person can't see the comment. Choose someone else.")},
    )
    due_on = DayField(label=lazy("Due date"), required=False)
    # Who it was assigned to, and until when, as the page showed it.
    seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, comment: Comment, browser: ZoneInfo | None = None, **kwargs: Any) -> None:
        self.comment, self.zone, self.browser = comment, zones.of_brand(comment.version.brand), browser
        now = assigning.of(comment)
        initial = {"to": now.person, "due_on": self._day(now), "seen": _seen(now)}
        super().__init__(*args, initial=initial, auto_id=f"assign-{comment.pk}-%s", **kwargs)
        people = assigning.people(comment.version.brand)
        self.fields["to"].queryset = people.order_by(sorting.alphabetical("name"), "pk")  # type: ignore[attr-defined]
        if not self.is_bound:
            self.fields["to"].widget.attrs["autofocus"] = True

    def _day(self, now: Assignment) -> date | None:
        return now.due_at and now.due_at.astimezone(self.zone).date()

    def clean_due_on(self) -> date | None:
        """A day that has passed is refused, unless it stays as it was."""
        day: date | None = self.cleaned_data["due_on"]
        if day == self._day(assigning.of(self.comment)):
            return day
        return require_ahead(day, zone=self.zone, browser=self.browser)

    def assignment(self) -> Assignment:
        """What is wanted; a day that stays as it was keeps its moment."""
        to, day, now = self.cleaned_data["to"], self.cleaned_data["due_on"], assigning.of(self.comment)
        if to is None:
            return Assignment()
        if day is not None and day == self._day(now):
            return Assignment(to.pk, now.due_at)
        return Assignment(to.pk, end_of(day, zone=self.zone, browser=self.browser))

    def was_seen(self) -> Assignment:
        person, _, due = self.cleaned_data["seen"].partition(" ")
        try:
            return Assignment(numbers.read(person), parse_datetime(due) if due else None)
        except ValueError:
            return Assignment()


def _seen(now: Assignment) -> str:
    return f"{now.person or ''} {now.due_at.isoformat() if now.due_at else ''}"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def assign(request: BrandRequest, comment_id: int) -> HttpResponse:
    """The form, a piece of the list or a page of its own; sent, the comments as they are then."""
    comment = review_comments.find(request, comment_id)
    if request.method != "POST":
        return _form(request, comment, AssignForm(comment=comment))
    form = AssignForm(request.POST, comment=comment, browser=localisation.browser_place(request))
    if form.is_valid():
        wanted = form.assignment()
        try:
            assigning.assign(
                comment,
                to=form.cleaned_data["to"],
                due_at=wanted.due_at,
                seen=form.was_seen(),
                by=request.principal,
            )
        except assigning.AssignRefused as refused:
            form.add_error(None, str(refused))
        else:
            return review_comments.answer_with(request, comment.version, keep_typed=True, assigned=comment)
    return _form(request, comment, form, status=422)


def _form(request: BrandRequest, comment: Comment, form: AssignForm, *, status: int = 200) -> HttpResponse:
    shown = {"comment": comment, "version": comment.version, "assign_form": form}
    if not htmx.is_htmx(request):
        return render(request, "review/part.html", {**shown, "part": "review/_assign.html"}, status=status)
    response = render(request, "review/_assign.html", shown, status=status)
    # With its errors it comes in the place of the form, and not of the list.
    return htmx.into(response, f"#assign-{comment.pk}", "innerHTML")
