"""What a person wants to hear of in a brand, where and when."""

from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dam.accounts import mails, principals, times
from dam.accounts.capabilities import Capability
from dam.notifications import choices, kinds, wording
from dam.notifications.choices import Choice
from dam.notifications.hours import Hours
from dam.notifications.kinds import Mail
from dam.web.decorators import BrandRequest, requires

MAILS = {
    Mail.AT_ONCE: gettext_lazy("At once"),
    Mail.DIGEST: gettext_lazy("Daily digest"),
    Mail.OFF: gettext_lazy("Off"),
}


class HoursForm(forms.Form):
    """When mails may come. Wall times, where the person is."""

    digest_at = forms.TimeField(
        label=gettext_lazy("Daily digest at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    weekends = forms.BooleanField(label=gettext_lazy("Also on Saturdays and Sundays"), required=False)
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        known = {name for name in ("quiet_from", "quiet_until") if values.get(name) is not None}
        if len(known) == 1 and not self.errors:
            missing = "quiet_until" if "quiet_from" in known else "quiet_from"
            self.add_error(missing, _("Enter both times, or neither for no quiet hours."))
        return values


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW)
def settings(request: BrandRequest) -> HttpResponse:
    user = principals.person(request.principal)
    now = choices.hours_of(user, request.brand)
    form = HoursForm(request.POST if request.method == "POST" else None, initial=_initial(now))
    if request.method == "POST" and form.is_valid():
        choices.choose(request.principal, _chosen(request))
        choices.keep_hours(user, **_hours(form))
        messages.success(request, _("Your notification settings were saved."))
        return redirect("notification-settings", request.brand.slug)
    chosen = _chosen(request) if request.method == "POST" else choices.of(request.principal)
    context = {
        "section": "notification-settings",
        "form": form,
        "rows": [
            {
                "name": name,
                "title": wording.TITLES[name][0],
                "help": wording.TITLES[name][1],
                "choice": choice,
            }
            for name, choice in chosen.items()
        ],
        "mails": MAILS,
        "mail_is_on": mails.is_on(),
        "place": times.place(now.zone),
        "offset": times.offset(now.zone),
    }
    return render(request, "notifications/settings.html", context, status=422 if form.errors else 200)


def _chosen(request: BrandRequest) -> dict[str, Choice]:
    """What the form says of each kind that is offered; an unknown value is the default."""
    chosen = {}
    for kind in kinds.offered(request.principal.capabilities):
        mail = request.POST.get(f"mail_{kind.name}", "")
        usual = choices.default(kind, request.principal)
        chosen[kind.name] = Choice(
            page=f"page_{kind.name}" in request.POST,
            mail=Mail(mail) if mail in list(Mail) else usual.mail,
        )
    return chosen


def _initial(hours: Hours) -> dict[str, time | bool | None]:
    return {
        "digest_at": hours.digest_at,
        "weekends": hours.weekends,
        "quiet_from": hours.quiet_from,
        "quiet_until": hours.quiet_until,
    }


def _hours(form: HoursForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("digest_at", "weekends", "quiet_from", "quiet_until")}
