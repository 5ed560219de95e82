"""The page where a legal reviewer moves or lifts the first day of use of an approved version."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dam.accounts.capabilities import Capability
from dam.accounts.times import of_brand
from dam.catalog.models import Approval, Version
from dam.core import language
from dam.core.errors import Refused
from dam.core.lazily import lazy
from dam.web import asset_version
from dam.web.day_field import DayField, begins
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm
from provenance.review import embargoes
from provenance.web.end_days import start_of


class EmbargoForm(WholeTextForm):
    """`seen` is what stood there when it was read."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())
    embargo_until = DayField(label=lazy("First day of use"), required=False)
    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=embargoes.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("Kept in the ledger of decisions and in the activity log."),
        error_messages={"required": lazy("Enter a reason.")},
    )

    def __init__(self, data: object = None, *, version: Version, zone: ZoneInfo) -> None:
        ahead = embargoes.ahead(version, at=timezone.now())
        super().__init__(
            data,
            initial={
                "seen": embargoes.token(version),
                "embargo_until": ahead and ahead.astimezone(zone).date(),
            },
        )
        self.fields["embargo_until"].help_text = " ".join(
            [begins(zone), _("Without a date it can be used at once.")]
        )


def _now(version: Version, zone: ZoneInfo) -> str:
    """What stands there, in words; empty where it may be used already."""
    ahead = embargoes.ahead(version, at=timezone.now())
    return language.day(ahead.astimezone(zone)) if ahead else ""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Capability.DECIDE_LEGAL)
def edit(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    version = asset_version.find(request, asset_id)
    zone = of_brand(request.brand)
    form = EmbargoForm(request.POST or None, version=version, zone=zone)
    back = asset_version.address(version, tab="rights")
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        earlier = version.rights.embargo_until if hasattr(version, "rights") else None
        until = start_of(sent["embargo_until"], zone=zone, earliest=earlier)
        try:
            embargoes.change(version, until, reason=sent["reason"], seen=sent["seen"], by=request.principal)
        except Refused as refused:
            form.add_error(None, refused.message)
            if refused.code == "changed":
                version = asset_version.find(request, asset_id)
                form.data = request.POST.copy()
                form.data["seen"] = embargoes.token(version)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    context = {
        "asset": version.asset,
        "version": version,
        "form": form,
        "back": back,
        "now": _now(version, zone),
        "approved": version.approval == Approval.APPROVED,
    }
    return render(request, "rights/embargo.html", context, status=422 if form.errors else 200)
