"""Administration → Rights presets: terms under a name, with which approvals and statements are filled in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.core.lazily import lazy
from dam.rights import presets, territories
from dam.rights.models import RightsPreset
from dam.rights.policy import Use
from dam.rights.preset_terms import Period, PresetTerms
from dam.rights.statements import LONGEST, Statements
from dam.web import edited_meanwhile, rights_presets
from dam.web.day_field import DayField
from dam.web.decorators import BrandRequest, requires
from dam.web.rights_presets import PERIODS
from dam.web.stated_fields import StatedForm
from dam.web.usage_status import USES

SECTION = {"area": "administration", "section": "rights-presets"}
MOST_DELETED = 100  # that are listed to be restored, the latest first


class PresetForm(StatedForm):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    name = forms.CharField(
        label=lazy("Name"), help_text=lazy("What it grants in short, such as “Web worldwide, one year”.")
    )
    uses = forms.MultipleChoiceField(
        label=lazy("Uses"), required=False, widget=forms.CheckboxSelectMultiple()
    )
    territories = forms.CharField(
        label=lazy("Territories"),
        required=False,
        max_length=2000,
        help_text=lazy("Worldwide, EU, or country names or codes, separated by commas."),
    )
    period = forms.ChoiceField(label=lazy("Period of use"), required=False)
    length = forms.IntegerField(
        label=lazy("How many days or months"),
        required=False,
        min_value=1,
        widget=forms.NumberInput(attrs={"class": "days"}),
    )
    until = DayField(label=lazy("Last day of use"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uses, period = self.fields["uses"], self.fields["period"]
        assert isinstance(uses, forms.ChoiceField)
        assert isinstance(period, forms.ChoiceField)
        uses.choices = [(use.value, capfirst(str(USES[use.value]))) for use in Use]
        period.choices = [(each.value, title) for each, title in PERIODS.items()]

    @property
    def clears(self) -> list[forms.BoundField]:
        return [self[name] for name in ("uses", "territories", "period", "length", "until")]

    def clean_territories(self) -> tuple[str, ...]:
        try:
            return territories.parse(self.cleaned_data["territories"])
        except territories.UnknownTerritory as problem:
            raise forms.ValidationError(problem.message) from problem

    def terms(self) -> PresetTerms:
        """Of a form that is valid."""
        given = self.cleaned_data
        return PresetTerms(
            uses=tuple(given["uses"]),
            territories=given["territories"],
            period=Period(given["period"]),
            length=given["length"],
            until=given["until"],
            stated=Statements(**{name: given[name] for name in LONGEST}),
        )


@require_safe
@requires(Capability.MANAGE_BRAND)
def listing(request: BrandRequest) -> HttpResponse:
    """The presets in order, and those that were deleted."""
    today = times.today_in(times.of_brand(request.brand))
    deleted = RightsPreset.objects.filter(brand=request.brand, deleted_at__isnull=False)
    rows = [
        (each, rights_presets.summary(each), presets.terms_of(each)) for each in presets.of(request.brand)
    ]
    context = {
        **SECTION,
        "rows": [
            (each, summary, terms.until is not None and terms.until < today) for each, summary, terms in rows
        ],
        "deleted": deleted.order_by("-deleted_at", "-pk")[:MOST_DELETED],
        "more_deleted": max(0, deleted.count() - MOST_DELETED),
        "to_ship": len(presets.SHIPPED),
    }
    return render(request, "administration/rights_presets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def add(request: BrandRequest) -> HttpResponse:
    form = PresetForm(request.POST if request.method == "POST" else None, initial={"revision": 0})
    if request.method == "POST" and form.is_valid():
        try:
            added = presets.add(by=request.principal, name=form.cleaned_data["name"], terms=form.terms())
        except presets.PresetRefused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, _("The preset “%(name)s” was added.") % {"name": added.name})
            return redirect("rights-presets", request.brand.slug)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def edit(request: BrandRequest, preset_id: int) -> HttpResponse:
    preset = _preset(request, preset_id, deleted=None if request.method == "POST" else False)
    form = PresetForm(request.POST if request.method == "POST" else None, initial=_initial(preset))
    if request.method == "POST" and form.is_valid():
        try:
            presets.change(
                preset,
                by=request.principal,
                revision=form.cleaned_data["revision"],
                name=form.cleaned_data["name"],
                terms=form.terms(),
            )
        except presets.PresetRefused as refused:
            form.add_error(refused.field or None, refused.message)
        except presets.PresetChanged as changed:
            preset.refresh_from_db()
            edited_meanwhile.keep_typed(
                form, _initial(preset), message=changed.message, deleted=preset.deleted_at is not None
            )
        else:
            messages.success(
                request, _("The preset was saved. What was decided with it before stays as it is.")
            )
            return redirect("rights-presets", request.brand.slug)
    return _form(request, form, preset)


@require_POST
@requires(Capability.MANAGE_BRAND)
def ship(request: BrandRequest) -> HttpResponse:
    """Add the presets that come with the product."""
    try:
        added = presets.ship(by=request.principal)
    except presets.PresetRefused as refused:
        messages.error(request, refused.message)
    else:
        words = ngettext("%(count)s preset was added.", "%(count)s presets were added.", added)
        messages.success(request, words % {"count": added})
    return redirect("rights-presets", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def delete(request: BrandRequest, preset_id: int) -> HttpResponse:
    preset = _preset(request, preset_id, deleted=False)
    presets.delete(preset, by=request.principal)
    messages.success(
        request, _("The preset “%(name)s” was deleted. It can be restored below.") % {"name": preset.name}
    )
    return redirect("rights-presets", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def restore(request: BrandRequest, preset_id: int) -> HttpResponse:
    preset = _preset(request, preset_id, deleted=True)
    try:
        presets.restore(preset, by=request.principal)
    except presets.PresetRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The preset “%(name)s” was restored.") % {"name": preset.name})
    return redirect("rights-presets", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def move(request: BrandRequest, preset_id: int) -> HttpResponse:
    """One place up or down."""
    preset = _preset(request, preset_id, deleted=False)
    presets.move(preset, by=request.principal, up=request.POST.get("to") == "up")
    return redirect("rights-presets", request.brand.slug)


def _initial(preset: RightsPreset) -> dict[str, Any]:
    terms = presets.terms_of(preset)
    return {
        **terms.kept(),
        "revision": preset.revision,
        "name": preset.name,
        "territories": territories.typed(terms.territories),
        "until": terms.until,
    }


def _preset(request: BrandRequest, preset_id: int, *, deleted: bool | None) -> RightsPreset:
    rows = RightsPreset.objects.filter(brand=request.brand)
    if deleted is not None:
        rows = rows.filter(deleted_at__isnull=not deleted)
    return get_object_or_404(rows.select_related("brand"), pk=preset_id)


def _form(request: BrandRequest, form: PresetForm, preset: RightsPreset | None = None) -> HttpResponse:
    context = {**SECTION, "form": form, "preset": preset}
    status = 422 if form.errors else 200
    return render(request, "administration/rights_preset_form.html", context, status=status)
