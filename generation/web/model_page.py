"""Administration → Models → one model: who it is, what its licence says, and what people read in that."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dam.accounts.models import Brand
from dam.core.lazily import lazy
from dam.rights.model_licences import records, standings, terms
from dam.rights.model_licences.models import MadeWith, ModelReading, ModelRecord, ModelStanding
from dam.rights.model_licences.records import ReadingRefused
from dam.web.decorators import BrandRequest, requires_installation_admin
from dam.web.whole_text import WholeTextForm
from generation import model_register
from generation.web import licence_words
from generation.web.licence_words import Said

SECTION = {"area": "administration", "section": "administration-models"}
MOST_BRANDS = 50
MOST_COUNTED = 1000


class ReadingForm(WholeTextForm):
    cleared = forms.ChoiceField(
        label=lazy("What it allows"),
        choices=[
            ("yes", lazy("Clips made with it can be released")),
            ("no", lazy("Clips made with it can't be released")),
        ],
        widget=forms.RadioSelect,
    )
    scope = forms.ChoiceField(
        label=lazy("For"),
        choices=[("brand", lazy("This brand")), ("all", lazy("All brands of this installation"))],
        widget=forms.RadioSelect,
    )
    everywhere = forms.BooleanField(
        label=lazy("Also in the territories that the licence leaves out"), required=False
    )
    note = forms.CharField(
        label=lazy("Note"),
        required=False,
        max_length=records.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("Which text you read, or which contract allows it. Kept with your name and the day."),
    )


@dataclass(frozen=True)
class BrandLine:
    name: str
    said: Said


@requires_installation_admin
@require_http_methods(["GET", "HEAD", "POST"])
def model(request: BrandRequest, weights: str) -> HttpResponse:
    """`weights` is the SHA-256 of its weights. Sending the form records an answer."""
    found = _find(weights)
    form = ReadingForm(
        request.POST if request.method == "POST" else None, initial={"cleared": "yes", "scope": "brand"}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            records.read(
                standings.record_of(found) if isinstance(found, standings.Weights) else found,
                cleared=given["cleared"] == "yes",
                everywhere=given["everywhere"],
                note=given["note"],
                brand=request.brand if given["scope"] == "brand" else None,
                by=request.principal,
            )
        except ReadingRefused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Recorded. Clips made with this model follow within a minute or so."))
            return redirect("administration-model", request.brand.slug, weights)
    return render(
        request,
        "generate/model.html",
        {**SECTION, "form": form, **_context(request, found)},
        status=422 if form.errors else 200,
    )


@requires_installation_admin
@require_POST
def end_reading(request: BrandRequest, weights: str, reading_id: int) -> HttpResponse:
    record = ModelRecord.objects.filter(weights_sha256=weights).first()
    if record is None:
        raise Http404
    try:
        records.end(record, reading_id, by=request.principal)
    except ReadingRefused as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, _("Withdrawn. The terms of the licence count again."))
    return redirect("administration-model", request.brand.slug, weights)


def _find(weights: str) -> ModelRecord | standings.Weights:
    """The record of these weights, or what an installed model says of itself before there is one."""
    record = ModelRecord.objects.filter(weights_sha256=weights).first()
    if record is not None:
        return record
    installed = model_register.with_weights(weights)
    if installed is None:
        raise Http404
    return model_register.weights(installed.identity)


def _context(request: BrandRequest, found: ModelRecord | standings.Weights) -> dict[str, object]:
    record = found if isinstance(found, ModelRecord) else None
    sha256 = record.weights_sha256 if record else found.sha256  # type: ignore[union-attr]
    answer = records.answer(request.brand, weights_sha256=sha256, licence=found.licence)
    known = answer.terms
    readings = ModelReading.objects.filter(model=record) if record else ModelReading.objects.none()
    made = MadeWith.objects.filter(model=record, brand=request.brand) if record else MadeWith.objects.none()
    count = made[: MOST_COUNTED + 1].count()
    return {
        "name": f"{found.name} {found.version}".strip(),
        "facts": [
            row
            for row in (
                (_("Family"), found.family),
                (_("Source"), found.source),
                (_("Revision"), found.revision),
                (_("Weights (SHA-256)"), sha256),
                (_("Training data"), found.training or _("Not stated")),
                (_("Licence"), terms.name_of(found.licence) or _("Unknown")),
            )
            if row[1]
        ],
        "weights": sha256,
        "terms": known,
        "terms_facts": licence_words.facts(known) if known else [],
        "said": licence_words.of(answer),
        "open_readings": readings.filter(ended_at=None).select_related("by", "brand").order_by("-at"),
        "ended_readings": readings.exclude(ended_at=None)
        .select_related("by", "ended_by", "brand")
        .order_by("-ended_at")[:20],
        "made": count,
        "made_more": count > MOST_COUNTED,
        "others": _others(record, but=request.brand) if record else [],
    }


def _others(record: ModelRecord, *, but: Brand) -> list[BrandLine]:
    """What it means for the other brands that have clips made with it."""
    rows = ModelStanding.objects.filter(model=record, brand__deleted_at=None).exclude(brand=but)
    brands = [each.brand for each in rows.select_related("brand").order_by("brand__name")[:MOST_BRANDS]]
    return [BrandLine(brand.name, licence_words.of(records.answer_of(record, brand))) for brand in brands]
