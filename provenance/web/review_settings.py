"""Administration → Review: which stages a review of the brand passes, and in what order."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dam.access import brand_settings
from dam.accounts import roles
from dam.accounts.capabilities import Capability
from dam.accounts.models import Membership
from dam.web import edited_meanwhile
from dam.web.decorators import BrandRequest, requires
from provenance.review.policies import STAGES

ORDERS = {
    "brand,legal": gettext_lazy("Brand review, then legal review"),
    "legal,brand": gettext_lazy("Legal review, then brand review"),
    "brand": gettext_lazy("Brand review alone"),
    "legal": gettext_lazy("Legal review alone"),
}


class ReviewForm(forms.Form):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    stages = forms.ChoiceField(
        label=gettext_lazy("Stages"), choices=list(ORDERS.items()), widget=forms.RadioSelect()
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def review_settings(request: BrandRequest) -> HttpResponse:
    brand = request.brand
    initial = {"revision": brand.revision, "stages": ",".join(brand.review_stages)}
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=initial)
    changed: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            brand_settings.save(
                brand,
                by=request.principal,
                revision=form.cleaned_data["revision"],
                review_stages=form.cleaned_data["stages"].split(","),
            )
        except brand_settings.BrandChanged as problem:
            form.add_error(None, problem.message)
            changed = problem.events
            edited_meanwhile.take_revision(form, problem.revision)
        else:
            messages.success(request, _("Review settings saved."))
            return redirect("review-settings", brand.slug)
    able = Membership.objects.filter(brand=brand, user__is_active=True)
    context = {
        "area": "administration",
        "section": "review-settings",
        "form": form,
        "changed": changed,
        "reviewers": [
            (stage.title, able.filter(roles.with_capability(stage.capability)).count())
            for stage in STAGES.values()
        ],
    }
    return render(request, "administration/review.html", context, status=422 if form.errors else 200)
