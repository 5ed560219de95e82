"""Name, language and time zone."""

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dam.access import own_account
from dam.web import confirming
from dam.web.person_name import PersonNameField
from dam.web.whole_text import WholeTextForm


class ProfileForm(WholeTextForm):
    name = PersonNameField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("As others see it in comments, reviews and the activity log."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Enter your name.")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy("Times are shown in this zone."),
    )

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        same = ("", _("Same as the brand"))
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        languages = [(code, _(name)) for code, name in settings.LANGUAGES]
        self.fields["language"].choices = [same, *languages]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            same,
            ("UTC", "UTC"),
            *((zone, zone.replace("_", " ")) for zone in zones),
        ]


@confirming.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person = confirming.person(request)
    initial = {"name": person.name, "language": person.language, "time_zone": person.time_zone}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        own_account.change(person, **form.cleaned_data)
        messages.success(request, _("Profile saved."))
        return redirect("account_profile")
    context = {"section": "account_profile", "form": form, "person": person}
    return render(request, "account/profile.html", context, status=422 if form.errors else 200)
