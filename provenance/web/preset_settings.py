"""Administration → Downloads: the formats in which a brand's releases can be had."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.core.language import number
from dam.media import encoders
from dam.media.presets import FORMATS, LOUDNESSES, RATES, SIDES, Captions, Format, Medium, Recipe, Shape
from dam.web import edited_meanwhile
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm
from provenance.downloads import presets
from provenance.downloads.models import DownloadPreset
from provenance.web import download_rows

SHAPES = {
    Shape.ORIGINAL: gettext_lazy("As the clip"),
    Shape.LANDSCAPE: gettext_lazy("16:9 landscape"),
    Shape.SQUARE: gettext_lazy("1:1 square"),
    Shape.PORTRAIT: gettext_lazy("9:16 portrait"),
    Shape.FEED: gettext_lazy("4:5 portrait"),
}
CAPTIONS = {
    Captions.NONE: gettext_lazy("None"),
    Captions.TRACK: gettext_lazy("As a track, to turn on and off"),
    Captions.BURNT_IN: gettext_lazy("In the picture"),
}
LOUDNESS = {
    -14: gettext_lazy("−14 LUFS, online video"),
    -16: gettext_lazy("−16 LUFS, podcasts and mobile"),
    -18: gettext_lazy("−18 LUFS"),
    -23: gettext_lazy("−23 LUFS, broadcast (EBU R 128)"),
    -24: gettext_lazy("−24 LUFS, broadcast (ATSC A/85)"),
}
MEDIA = {
    Medium.VIDEO: gettext_lazy("Video"),
    Medium.ANIMATION: gettext_lazy("Animation of up to a minute"),
    Medium.STILL: gettext_lazy("Still picture"),
    Medium.SOUND: gettext_lazy("Sound"),
}
SECTION = {"area": "administration", "section": "presets"}
MOST_DELETED = 100  # that are listed to be restored, the latest first


class PresetForm(WholeTextForm):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    name = forms.CharField(label=gettext_lazy("Name"))
    format = forms.ChoiceField(label=gettext_lazy("Format"))
    shape = forms.ChoiceField(
        label=gettext_lazy("Shape"),
        choices=[(shape.value, title) for shape, title in SHAPES.items()],
        help_text=gettext_lazy("What doesn't fit is cropped around the clip's focus point."),
    )
    longest_side = forms.TypedChoiceField(
        label=gettext_lazy("Longer side"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("A smaller clip is never enlarged."),
    )
    most_kbps = forms.TypedChoiceField(
        label=gettext_lazy("Bitrate limit"), coerce=int, empty_value=None, required=False
    )
    label = forms.CharField(
        label=gettext_lazy("Text in the picture"),
        required=False,
        help_text=gettext_lazy("Drawn into the top left corner of every frame, such as “Internal use only”."),
    )
    captions = forms.ChoiceField(
        label=gettext_lazy("Captions"),
        choices=[(each.value, title) for each, title in CAPTIONS.items()],
        help_text=gettext_lazy("Taken from the transcript."),
    )
    loudness = forms.TypedChoiceField(
        label=gettext_lazy("Loudness"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("Measured first, then levelled (EBU R 128), with peaks below −1 dBTP."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = encoders.of_formats()
        self._offer(
            "format",
            [
                (str(title), [(each.value, _format_title(each, missing[each])) for each in _of(medium)])
                for medium, title in MEDIA.items()
            ],
        )
        sides = [(str(side), _("%(side)s pixels") % {"side": number(side)}) for side in SIDES]
        self._offer("longest_side", [("", _("As the clip")), *sides])
        rates = [(str(rate), _("%(rate)s kbit/s") % {"rate": number(rate)}) for rate in RATES]
        self._offer("most_kbps", [("", _("None")), *rates])
        levels = [(str(each), LOUDNESS[each]) for each in LOUDNESSES]
        self._offer("loudness", [("", _("As the clip")), *levels])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def recipe(self) -> Recipe:
        """Of a form that is valid."""
        given = self.cleaned_data
        return Recipe(
            format=Format(given["format"]),
            shape=Shape(given["shape"]),
            longest_side=given["longest_side"],
            most_kbps=given["most_kbps"],
            label=" ".join(given["label"].split()),
            captions=Captions(given["captions"]),
            loudness=given["loudness"],
        )


@require_safe
@requires(Capability.MANAGE_BRAND)
def listing(request: BrandRequest) -> HttpResponse:
    """The presets in order, those that were deleted, and what FFmpeg can do here."""
    rows = list(presets.of(request.brand))
    deleted = DownloadPreset.objects.filter(brand=request.brand, deleted_at__isnull=False)
    missing = encoders.of_formats()
    context = {
        **SECTION,
        "rows": [(row, download_rows.summary(Recipe.from_json(row.recipe)), _lacks(row)) for row in rows],
        "deleted": deleted.order_by("-deleted_at")[:MOST_DELETED],
        "more_deleted": max(0, deleted.count() - MOST_DELETED),
        "formats": [(_(spec.title), ", ".join(missing[each])) for each, spec in FORMATS.items()],
        "ffmpeg": encoders.version(),
        "draws": encoders.has("ass"),
        "levels": encoders.has("loudnorm"),
    }
    return render(request, "administration/presets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def add(request: BrandRequest) -> HttpResponse:
    form = PresetForm(
        request.POST if request.method == "POST" else None,
        initial={"revision": 0, "format": Format.H264, "shape": Shape.ORIGINAL, "captions": Captions.NONE},
    )
    if request.method == "POST" and form.is_valid():
        try:
            added = presets.add(by=request.principal, name=form.cleaned_data["name"], recipe=form.recipe())
        except presets.PresetRefused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, _("The preset “%(name)s” was added.") % {"name": added.name})
            return redirect("presets", request.brand.slug)
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
                recipe=form.recipe(),
            )
        except presets.PresetRefused as refused:
            form.add_error(refused.field or None, refused.message)
        except presets.PresetChanged as changed:
            preset.refresh_from_db()
            edited_meanwhile.keep_typed(
                form, _initial(preset), message=changed.message, deleted=preset.deleted_at is not None
            )
        else:
            messages.success(request, _("The preset was saved. Files made before stay as they are."))
            return redirect("presets", request.brand.slug)
    return _form(request, form, preset)


@require_POST
@requires(Capability.MANAGE_BRAND)
def delete(request: BrandRequest, preset_id: int) -> HttpResponse:
    preset = _preset(request, preset_id, deleted=False)
    presets.delete(preset, by=request.principal)
    messages.success(
        request, _("The preset “%(name)s” was deleted. It can be restored below.") % {"name": preset.name}
    )
    return redirect("presets", request.brand.slug)


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
    return redirect("presets", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def move(request: BrandRequest, preset_id: int) -> HttpResponse:
    """One place up or down."""
    preset = _preset(request, preset_id, deleted=False)
    presets.move(preset, by=request.principal, up=request.POST.get("to") == "up")
    return redirect("presets", request.brand.slug)


def _initial(preset: DownloadPreset) -> dict[str, Any]:
    return {"revision": preset.revision, "name": preset.name, **preset.recipe}


def _preset(request: BrandRequest, preset_id: int, *, deleted: bool | None) -> DownloadPreset:
    rows = DownloadPreset.objects.filter(brand=request.brand)
    if deleted is not None:
        rows = rows.filter(deleted_at__isnull=not deleted)
    return get_object_or_404(rows.select_related("brand"), pk=preset_id)


def _form(request: BrandRequest, form: PresetForm, preset: DownloadPreset | None = None) -> HttpResponse:
    context = {**SECTION, "form": form, "preset": preset}
    status = 422 if form.errors else 200
    return render(request, "administration/preset_form.html", context, status=status)


def _lacks(preset: DownloadPreset) -> str:
    return ", ".join(encoders.missing(Recipe.from_json(preset.recipe)))


def _of(medium: Medium) -> list[Format]:
    return [each for each, spec in FORMATS.items() if spec.medium is medium]


def _format_title(format: Format, missing: tuple[str, ...]) -> str:
    title = _(FORMATS[format].title)
    return _("%(format)s, not available here") % {"format": title} if missing else title
