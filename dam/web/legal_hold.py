"""Placing a clip under legal hold, and lifting the hold: each with a reason, which stays in the log."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dam.accounts.capabilities import Capability
from dam.catalog import holds
from dam.catalog.models import Asset
from dam.core.language import number
from dam.core.lazily import lazy
from dam.rights import visibility
from dam.web import confirming, going_back, selection
from dam.web.bulk import beginning
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm


class HoldForm(WholeTextForm):
    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=holds.LONGEST_REASON,
        help_text=lazy("Kept in the activity log for good. Name a case or a file rather than a person."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.HOLD)
def hold(request: BrandRequest, asset_id: UUID) -> HttpResponseBase:
    """Lifting one opens the way to deletion: for that they show once more who they are."""
    shown = get_object_or_404(visibility.to_hold(request.principal).select_related("brand"), pk=asset_id)
    lifting = request.POST["do"] == "lift" if "do" in request.POST else shown.held_at is not None
    if lifting and not confirming.recently(request):
        return confirming.ask(request, back=request.path)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        change = holds.lift if lifting else holds.place
        try:
            changed = change(shown, by=request.principal, reason=form.cleaned_data["reason"])
            if changed or (not lifting and holds.is_by(shown, request.principal)):  # a second click
                _say(request, shown, lifting=lifting)
                return _back(request, shown)
            # Somebody was quicker. What was typed stays in the page: it isn't in the log.
            form.add_error("reason", _too_late(shown, lifting=lifting))
        except holds.HoldRefused as refused:
            form.add_error("reason", refused.message)
    context = {"area": "library", "asset": shown, "form": form, "lifting": lifting}
    return render(request, "assets/hold.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Capability.HOLD)
def hold_selected(request: BrandRequest) -> HttpResponse:
    """Of many clips: first the reason is asked for, then all of them are held, or none."""
    if beginning.is_for_all(request):
        return beginning.begin(request, ())
    seen = visibility.to_hold(request.principal).filter(pk__in=selection.keys(request))
    chosen = list(seen.select_related("brand"))
    if not chosen:
        messages.warning(request, _("Nothing was placed under legal hold: select the clips first."))
        return going_back.go(request)
    placing = request.POST.get("do") == "place"
    form = HoldForm(request.POST if placing else None)
    if placing and form.is_valid():
        try:
            placed = holds.place_many(chosen, by=request.principal, reason=form.cleaned_data["reason"])
        except holds.HoldRefused as refused:
            form.add_error("reason", refused.message)
        else:
            _say_of_many(request, len(placed), len(chosen) - len(placed))
            return going_back.go(request)
    context = {
        "area": "library",
        "form": form,
        "chosen": chosen,
        "already": sum(asset.held_at is not None for asset in chosen),
        "back": going_back.address(request),
    }
    return render(request, "assets/hold_selected.html", context, status=422 if form.errors else 200)


def _say_of_many(request: BrandRequest, placed: int, already: int) -> None:
    said = []
    if placed:
        said.append(
            ngettext(
                "%(count)s clip is under legal hold. No one can delete it until the hold is lifted.",
                "%(count)s clips are under legal hold. No one can delete them until the holds are lifted.",
                placed,
            )
            % {"count": number(placed)}
        )
    if already:
        said.append(
            ngettext(
                "%(count)s clip was already under legal hold and keeps its reason.",
                "%(count)s clips were already under legal hold and keep their reasons.",
                already,
            )
            % {"count": number(already)}
        )
    messages.success(request, " ".join(said))


def _too_late(asset: Asset, *, lifting: bool) -> str:
    said = (
        _("“%(title)s” is no longer under legal hold. Your reason wasn't recorded.")
        if lifting
        else _("“%(title)s” is already under legal hold. Your reason wasn't recorded.")
    )
    return said % {"title": asset.title}


def _say(request: BrandRequest, asset: Asset, *, lifting: bool) -> None:
    said = (
        _("The legal hold on “%(title)s” is lifted.")
        if lifting
        else _("“%(title)s” is under legal hold. No one can delete it until the hold is lifted.")
    )
    messages.success(request, said % {"title": asset.title})


def _back(request: BrandRequest, asset: Asset) -> HttpResponse:
    if asset.trashed_at is None:
        return redirect("asset", request.brand.slug, asset.pk)
    may_see_trash = request.principal.can(Capability.DISCARD)
    return redirect("trash" if may_see_trash else "library", request.brand.slug)
