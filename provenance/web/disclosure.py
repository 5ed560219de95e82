"""How an AI clip is disclosed, on its tab of rights: what is needed where, answers, waivers; the rules."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.catalog.models import AssetKind, Version
from dam.core.errors import Refused
from dam.core.language import day
from dam.rights import policy, terms, territories
from dam.rights.disclosure import RULES, Requirement
from dam.web import asset_version, htmx
from dam.web.decorators import BrandRequest, requires
from provenance.review import disclosing
from provenance.review.disclosing import Kept
from provenance.web import disclosure_words
from provenance.web.review_forms import DisclosureFields


class DisclosureForm(forms.Form):
    """The questions, and the state in which they were read."""

    seen = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, kept: Kept | None = None) -> None:
        initial = {"seen": kept.token if kept else ""}
        super().__init__(data, initial=initial, auto_id="disclosure_%s")
        self.disclosure = DisclosureFields(self, kept.disclosed if kept else None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.disclosure.clean()
        return cleaned


@require_safe
@never_cache
@requires(Capability.VIEW)
def panel(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The fragment of the tab: empty of a clip that no model had a part in."""
    version = asset_version.find(request, asset_id)
    return render(request, "rights/_disclosure.html", _context(request, version))


@require_POST
@requires(Capability.DECIDE_LEGAL)
def answer(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The answers of an approved version, where nobody was asked before or they turned out otherwise."""
    version = asset_version.find(request, asset_id)
    form = DisclosureForm(request.POST)
    answers = form.disclosure.answers if form.is_valid() else None
    if answers is None:
        problem = _("Answer all questions about disclosure.")
        return _refused(request, version, problem, form=_chosen(request, version))
    try:
        disclosing.answer(version, answers, seen=form.cleaned_data["seen"], by=request.principal)
    except Refused as refused:
        return _refused(request, version, refused.message, form=_chosen(request, version))
    messages.success(request, _("Saved."))
    return _to_tab(request, version)


@require_POST
@requires(Capability.DECIDE_LEGAL)
def waive(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """`rule` without its label, for a `reason`; or with it again, where it is sent with `end`."""
    version = asset_version.find(request, asset_id)
    sent = {name: request.POST.get(name, "") for name in ("rule", "seen")}
    try:
        if "end" in request.POST:
            disclosing.end_waiver(version, sent["rule"], seen=sent["seen"], by=request.principal)
            messages.success(request, _("The label is needed again."))
        else:
            reason = request.POST.get("reason", "")
            disclosing.waive(version, sent["rule"], reason=reason, seen=sent["seen"], by=request.principal)
            messages.success(request, _("The label is waived."))
    except Refused as refused:
        typed = {"rule": sent["rule"], "reason": request.POST.get("reason", "")}
        return _refused(request, version, refused.message, refused={**typed, "problem": refused.message})
    return _to_tab(request, version)


def _refused(request: BrandRequest, version: Version, problem: str, **more: object) -> HttpResponse:
    """The panel with what was typed or chosen (`more`, of its context); without script the page says it."""
    if htmx.is_htmx(request):
        context = _context(request, version) | {"problem": problem} | more
        return render(request, "rights/_disclosure.html", context, status=422)
    messages.error(request, problem)
    return _to_tab(request, version)


def _chosen(request: BrandRequest, version: Version) -> DisclosureForm:
    """What was chosen, beside what stands there now, in whose place it is put when it's sent again."""
    kept, data = disclosing.of(version), request.POST.copy()
    data["seen"] = kept.token if kept else ""
    return DisclosureForm(data, kept=kept)


def _to_tab(request: BrandRequest, version: Version) -> HttpResponse:
    address = asset_version.address(version, tab="rights")
    return htmx.go_to(address) if htmx.is_htmx(request) else redirect(address)


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def rules(request: BrandRequest) -> HttpResponse:
    """The rules, each with its source, since when it is in force and the label it asks for."""
    rows = [
        {
            "rule": rule,
            "place": capfirst(territories.name_of(rule.place)),
            "law": _(rule.law),
            "asks": _(rule.asks),
            "marks": _(rule.marks),
            "since": day(rule.since),
            "label": capfirst(disclosure_words.of_label(rule.label, rule.place)) if rule.label else "",
        }
        for rule in RULES
    ]
    return render(request, "rights/disclosure.html", {"area": "rights", "rows": rows})


def _context(request: BrandRequest, version: Version) -> dict[str, Any]:
    at, by = here(request.brand), request.principal
    kept = disclosing.of(version)
    known = terms.of(version)
    required = policy.requirements(known, at=at) if kept else ()
    works_here = by.can(Capability.VIEW_UNRELEASED)
    return {
        "asset": version.asset,
        "version": version,
        "is_ai": kept is not None or disclosing.is_ai(version),
        "approved": version.approval == "approved",
        "kept": kept,
        "works_here": works_here,
        "answers": _answers(kept),
        "rows": [_row(each, kept) for each in required],
        "is_sound": version.kind == AssetKind.SOUND,
        "may_answer": disclosing.may_answer(version, by=by),
        "form": DisclosureForm(kept=kept),
    }


def _answers(kept: Kept | None) -> list[tuple[str, str]]:
    if kept is None:
        return []
    return [
        (str(words), _("Yes") if getattr(kept.disclosed, name) else _("No"))
        for name, words in disclosing.QUESTIONS.items()
    ]


def _row(required: Requirement, kept: Kept | None) -> dict[str, Any]:
    waivers = {each.rule.key: each for each in kept.waivers} if kept else {}
    return {
        "rule": required.rule,
        "place": capfirst(territories.name_of(required.rule.place)),
        "line": disclosure_words.line(required),
        "waiver": waivers.get(required.rule.key) if required.waived else None,
        "waivable": required.label is not None,
    }
