"""Waivers of a brand's prompt rules: who makes clips asks for one, a legal reviewer answers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.core import numbers
from dam.core.lazily import lazy
from dam.web.day_field import DayField
from dam.web.decorators import BrandRequest, requires
from generation import briefs
from generation.briefs import BriefRefused
from generation.models import PromptRule, PromptWaiver
from generation.prompt_gate import gate, waivers
from generation.verdicts import Judgement, Verdict
from generation.web import prompt_rules

PAGE = 25
USUAL = timedelta(days=90)  # that the form for granting begins with


class AskForm(forms.Form):
    prompt = forms.CharField(widget=forms.HiddenInput())
    reason = forms.CharField(
        label=lazy("Why do you need it?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy(
            "Say what the clip is for and what allows it: a licence, a contract, the consent of the person."
        ),
    )


class AnswerForm(forms.Form):
    until = DayField(label=lazy("Last day"), required=False)
    answer = forms.CharField(
        label=lazy("Your answer"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].unmarked = True  # type: ignore[attr-defined]  # not needed to decline


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def listing(request: BrandRequest) -> HttpResponse:
    """All of the brand's for those who decide or run it, one's own for others; what waits comes first."""
    return _listing(request)


def _listing(request: BrandRequest, refused: tuple[int, AnswerForm] | None = None) -> HttpResponse:
    """`refused`: the waiver whose answer couldn't be kept, and the form with what was typed."""
    rows = waivers.shown(request.principal).select_related("asked_by", "decided_by")
    before = numbers.read(request.GET.get("before", ""))
    open_ones = rows.filter(decided_at=None)
    waiting = [] if before else list(open_ones.order_by("asked_at", "pk")[:PAGE])  # who asked first, first
    answered = rows.exclude(decided_at=None)
    if before:
        answered = answered.filter(pk__lt=before)
    found = list(answered.order_by("-pk")[: PAGE + 1])
    at = timezone.now()
    names = _rule_names(request, [*waiting, *found])
    context = {
        "area": "review" if request.principal.can(Capability.DECIDE_LEGAL) else "generate",
        "waiting": [
            _row(request, each, names) | {"form": _answer_form(request, each, refused)} for each in waiting
        ],
        "more_waiting": open_ones.count() - PAGE if len(waiting) == PAGE else 0,
        "answered": [
            _row(request, each, names) | {"active": bool(each.granted and each.until and each.until > at)}
            for each in found[:PAGE]
        ],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "decides": request.principal.can(Capability.DECIDE_LEGAL),
        "sees_all": request.principal.can(Capability.MANAGE_BRAND),
        "going_back": bool(before),
    }
    return render(request, "generate/waivers.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.GENERATE)
def ask(request: BrandRequest) -> HttpResponse:
    """The request for one prompt, which stands in the address as it was typed."""
    sent = request.POST if request.method == "POST" else None
    try:
        prompt = briefs.clean_prompt((sent or request.GET).get("prompt", ""))
    except BriefRefused as refused:
        messages.error(request, str(refused))
        return redirect("generate", request.brand.slug)
    judgement = gate.judge(request.brand, prompt)
    there = waivers.open_for(request.brand, prompt)
    form = AskForm(sent, initial={"prompt": prompt})
    if sent is not None and form.is_valid():
        try:
            waivers.ask(
                by=request.principal,
                prompt=prompt,
                judgement=judgement,
                reason=form.cleaned_data["reason"],
            )
        except waivers.WaiverRefused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, _("Legal reviewers were asked. You're notified when one answers."))
            return redirect("prompt-waivers", request.brand.slug)
    context = {
        "area": "generate",
        "form": form,
        "prompt": prompt,
        "findings": prompt_rules.tags(judgement.findings),
        "can_ask": judgement.verdict is Verdict.WAIVER and not judgement.is_waived and there is None,
        "is_waived": judgement.is_waived,
        "there": there,
    }
    return render(request, "generate/waiver_ask.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Capability.DECIDE_LEGAL)
def answer(request: BrandRequest, waiver_id: int) -> HttpResponse:
    """Grant or decline, by the button that was pressed."""
    waiver = _waiver(request, waiver_id)
    form = AnswerForm(request.POST, auto_id=f"id_{waiver.pk}_%s")
    if not form.is_valid():
        return _listing(request, (waiver.pk, form))
    given = form.cleaned_data
    try:
        if request.POST.get("do") == "grant":
            waivers.grant(waiver, by=request.principal, until=given["until"], answer=given["answer"])
            messages.success(request, _("The waiver was granted. The person who asked is notified."))
        else:
            waivers.decline(waiver, by=request.principal, answer=given["answer"])
            messages.success(request, _("The waiver was declined. The person who asked is notified."))
    except waivers.WaiverRefused as refused:
        form.add_error(refused.field or None, refused.message)
        return _listing(request, (waiver.pk, form))
    except waivers.AlreadyDecided as decided:
        messages.error(request, decided.message)
    return redirect("prompt-waivers", request.brand.slug)


@require_POST
@requires(Capability.DECIDE_LEGAL)
def end(request: BrandRequest, waiver_id: int) -> HttpResponse:
    """Take a waiver back."""
    try:
        waivers.end(_waiver(request, waiver_id), by=request.principal)
    except waivers.AlreadyDecided:
        messages.error(request, _("This waiver has already ended."))
    else:
        messages.success(request, _("The waiver was taken back. Takes made under it stay."))
    return redirect("prompt-waivers", request.brand.slug)


def said(judgement: Judgement, prompt: str) -> dict[str, Any]:
    """What the brief's form shows of a judgement."""
    return {
        "findings": prompt_rules.tags(judgement.findings),
        "needs_waiver": judgement.verdict is Verdict.WAIVER and not judgement.is_waived,
        "is_waived": judgement.is_waived,
        "prompt": prompt,
    }


def _row(request: BrandRequest, waiver: PromptWaiver, names: dict[int, str]) -> dict[str, Any]:
    return {
        "waiver": waiver,
        "rules": [names[each] for each in waiver.rules if each in names],
        "is_own": waivers.is_own(waiver, request.principal),
    }


def _rule_names(request: BrandRequest, rows: list[PromptWaiver]) -> dict[int, str]:
    keys = {key for row in rows for key in row.rules}
    return dict(PromptRule.objects.filter(brand=request.brand, pk__in=keys).values_list("pk", "name"))


def _answer_form(
    request: BrandRequest, waiver: PromptWaiver, refused: tuple[int, AnswerForm] | None
) -> AnswerForm:
    if refused is not None and refused[0] == waiver.pk:
        return refused[1]
    day = times.today_in(times.of_brand(request.brand)) + USUAL
    return AnswerForm(initial={"until": day}, auto_id=f"id_{waiver.pk}_%s")


def _waiver(request: BrandRequest, waiver_id: int) -> PromptWaiver:
    rows = waivers.shown(request.principal).select_related("brand")
    return get_object_or_404(rows, pk=waiver_id)
