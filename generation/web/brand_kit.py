"""Administration → Brand kit: what is added to prompts, and what briefs offer."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dam.accounts.capabilities import Capability
from dam.core.lazily import lazy
from dam.models import Asset
from dam.rights.visibility import visible_assets
from dam.search import query
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm
from generation import chosen, kits
from generation.generators.base import GeneratorError
from generation.generators.modes import Slot, SourceKind
from generation.kit_words import KitRefused
from generation.kits import Kit, KitChanged, KitWish
from generation.web import slots

STILLS = Slot("reference", "", (SourceKind.STILL,))
SECTION = {"area": "administration", "section": "brand-kit"}
# Fields that are called otherwise than what is kept: a form has a prefix of its own.
NAMES = {"before": "prefix", "after": "suffix"}


class KitForm(WholeTextForm):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    before = forms.CharField(
        label=lazy("Words before the prompt"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Such as “Product shot of”."),
    )
    after = forms.CharField(
        label=lazy("Words after the prompt"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Such as “, warm light, shallow depth of field”. With a comma if you want one."),
    )
    negative = forms.CharField(
        label=lazy("Not to be shown"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Words that the model is told to keep away from, such as “text, watermark, blurry”."),
    )
    palette = forms.CharField(
        label=lazy("Palette"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=lazy(
            "One colour on each line, with its name: “Sunrise #ff7a00”. Shown beside the prompt; "
            "adds no words."
        ),
    )
    presets = forms.CharField(
        label=lazy("Shapes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=lazy(
            "One on each line: “Reels 9:16” or “Banner 970x250”. A brief takes the nearest "
            "that its model makes."
        ),
    )

    def wish(self) -> KitWish:
        """Of a form that is valid."""
        given = self.cleaned_data
        return KitWish(**{NAMES.get(name, name): given[name] for name in given if name != "revision"})

    def refuse(self, refused: KitRefused) -> None:
        fields = {kept: name for name, kept in NAMES.items()}
        self.add_error(fields.get(refused.field, refused.field) or None, refused.message)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def kit(request: BrandRequest) -> HttpResponse:
    kept = kits.of(request.brand)
    form, stale = KitForm(request.POST if request.method == "POST" else None, initial=_initial(kept)), False
    if request.method == "POST" and form.is_valid():
        try:
            kits.change(form.wish(), by=request.principal, revision=form.cleaned_data["revision"])
        except KitRefused as refused:
            form.refuse(refused)
        except KitChanged as changed:
            stale = True
            form.add_error(None, changed.message)
        else:
            messages.success(request, _("The brand kit was saved. Takes that were asked for before stay."))
            return redirect("brand-kit", request.brand.slug)
    references = kits.references(kept, by=request.principal)
    typed = query.tidy(request.GET.get("words", ""))
    context = {
        **SECTION,
        "form": form,
        "stale": stale,
        "kit": kept,
        "model": _model(request),
        "references": references,
        "taken": {each.asset_id for each in references},
        "typed": typed,
        "offered": slots.offer(request.principal, STILLS, typed=typed),
    }
    return render(request, "generate/brand_kit.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Capability.MANAGE_BRAND)
def add_reference(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    asset = get_object_or_404(
        visible_assets(request.principal).select_related("brand", "latest"), pk=asset_id
    )
    try:
        kits.add_reference(asset, by=request.principal)
    except KitRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("“%(title)s” is a reference image now.") % {"title": asset.title})
    return redirect(f"{reverse('brand-kit', args=[request.brand.slug])}#kit-references")


@require_POST
@requires(Capability.MANAGE_BRAND)
def remove_reference(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """Also of one in the trash: it is only no longer offered."""
    kits.remove_reference(get_object_or_404(Asset, brand=request.brand, pk=asset_id), by=request.principal)
    messages.success(request, _("The reference image was removed. The clip stays in the library."))
    return redirect(f"{reverse('brand-kit', args=[request.brand.slug])}#kit-references")


def _initial(kept: Kit) -> dict[str, object]:
    return {
        "revision": kept.words.revision,
        "before": kept.words.prefix,
        "after": kept.words.suffix,
        "negative": kept.words.negative,
        "palette": "\n".join(map(str, kept.palette)),
        "presets": "\n".join(map(str, kept.presets)),
    }


def _model(request: BrandRequest) -> str:
    """The name of the generator that the brand's briefs begin with; empty where none can run."""
    try:
        identity = chosen.of(request.brand).identity
    except GeneratorError:
        return ""
    return f"{identity.name} {identity.version}".strip()
