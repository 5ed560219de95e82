"""Saying that one is away, and who stands in meanwhile."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dam.accounts import principals
from dam.accounts import times as zones
from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.core import sorting
from dam.web import localisation
from dam.web.day_field import DayField
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm
from provenance.review import absences
from provenance.review.models import Absence
from provenance.web.end_days import end_of, require_ahead


class AwayForm(WholeTextForm):
    from_on = DayField(label=lazy("First day"))
    until_on = DayField(label=lazy("Last day"))
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label=lazy("Stands in"),
        empty_label=lazy("Choose a person"),
        error_messages={
            "invalid_choice": lazy("This person can't see clips in review. Choose someone else.")
        },
        help_text=lazy("Someone of this brand who can see clips in review."),
    )

    def __init__(self, *args: Any, by: Principal, zone: ZoneInfo, browser: ZoneInfo | None, **kwargs: Any):
        self.zone, self.browser = zone, browser
        super().__init__(*args, **kwargs)
        found = absences.people(by.brand, without=principals.person(by))
        self.fields["deputy"].queryset = found.order_by(sorting.alphabetical("name"), "pk")  # type: ignore[attr-defined]

    def clean_until_on(self) -> Any:
        return require_ahead(self.cleaned_data["until_on"], zone=self.zone, browser=self.browser)

    def times(self, *, now: datetime) -> tuple[datetime, datetime]:
        """From when until when: whole days where the brand is; one that has begun begins now."""
        first: datetime = datetime.combine(self.cleaned_data["from_on"], time.min, tzinfo=self.zone)
        last = end_of(self.cleaned_data["until_on"], zone=self.zone, browser=self.browser)
        assert last is not None
        return (max(first, now) if first.date() <= now.astimezone(self.zone).date() else first), last


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def page(request: BrandRequest) -> HttpResponse:
    """The form with what is planned; sent, that takes the place of what was."""
    own, zone = absences.of(request.principal), zones.of_brand(request.brand)
    given: dict[str, Any] = {"by": request.principal, "zone": zone}
    given["browser"] = localisation.browser_place(request)
    if request.method == "POST":
        form = AwayForm(request.POST, **given)
        if form.is_valid():
            from_at, until_at = form.times(now=timezone.now())
            try:
                absences.plan(
                    by=request.principal,
                    deputy=form.cleaned_data["deputy"],
                    from_at=from_at,
                    until_at=until_at,
                )
            except absences.AbsenceRefused as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(
                    request, _("Absence saved. %(deputy)s is told.") % {"deputy": form.cleaned_data["deputy"]}
                )
                return redirect("reviews", request.brand.slug)
    else:
        form = AwayForm(initial=_initial(own, zone), **given)
    context = {"area": "review", "form": form, "own": own}
    return render(request, "review/away.html", context, status=422 if form.errors else 200)


def _initial(own: Absence | None, zone: ZoneInfo) -> dict[str, Any]:
    if own is None:
        return {"from_on": zones.today_in(zone)}
    return {
        "from_on": own.from_at.astimezone(zone).date(),
        "until_on": own.until_at.astimezone(zone).date(),
        "deputy": own.deputy_id,
    }


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def end(request: BrandRequest) -> HttpResponse:
    if absences.end(by=request.principal):
        messages.success(request, _("Your absence is ended."))
    return redirect("reviews", request.brand.slug)


def banner(request: BrandRequest, standing: list[Absence]) -> dict[str, Any]:
    """What the page of reviews says above its lists: of one's own absence, and of those one stands in for."""
    own, now = absences.of(request.principal), timezone.now()
    return {
        "own_absence": own,
        "own_begun": own is not None and own.from_at <= now,
        "deputy_able": own is None or absences.still_able(own),
        "standing": standing,
    }
