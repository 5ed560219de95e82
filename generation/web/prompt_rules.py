"""Administration → Prompt rules: what prompts may not ask for, or not without a legal reviewer's waiver."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.core.lazily import lazy
from dam.web import edited_meanwhile
from dam.web.decorators import BrandRequest, requires
from dam.web.prompt_rule_labels import SUBJECTS, VERDICTS
from generation.models import PromptRule
from generation.prompt_gate import gate, rules, shipped
from generation.prompt_gate.rules import RuleWish
from generation.verdicts import Finding, Subject, Verdict

SECTION = {"area": "administration", "section": "prompt-rules"}
MOST_DELETED = 100  # that are listed to be restored, the latest first
ORDER = (Verdict.REFUSE, Verdict.WAIVER, Verdict.NOTE)
TONES = {Verdict.REFUSE: "tone-bad", Verdict.WAIVER: "tone-warn", Verdict.NOTE: ""}
ICONS = {Verdict.REFUSE: "ban", Verdict.WAIVER: "gavel", Verdict.NOTE: "info"}


class RuleForm(forms.Form):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    name = forms.CharField(
        label=lazy("Term"),
        help_text=lazy(
            "Found however it's written: in capitals, with accents, look-alike letters, digits or signs for "
            "letters, or with letters set apart. Never inside a longer word."
        ),
    )
    spellings = forms.CharField(
        label=lazy("Other spellings"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("One per line: other names, other languages, other scripts."),
    )
    subject = forms.ChoiceField(
        label=lazy("What it names"),
        choices=list(SUBJECTS.items()),
        help_text=lazy("Words and styles are also found inflected: “shoot” finds “shooting”."),
    )
    verdict = forms.ChoiceField(
        label=lazy("What happens"),
        choices=[(each.value, VERDICTS[each.value]) for each in ORDER],
        help_text=lazy(
            "A note is shown to the person writing the prompt and stays with the clip. A waiver is granted "
            "by a legal reviewer, for one prompt and a period."
        ),
    )
    reason = forms.CharField(
        label=lazy("Reason"),
        required=False,
        help_text=lazy("Shown to the person writing the prompt. Say what they can do instead."),
    )

    def wish(self) -> RuleWish:
        """Of a form that is valid."""
        given = self.cleaned_data
        return RuleWish(
            name=given["name"],
            subject=Subject(given["subject"]),
            verdict=Verdict(given["verdict"]),
            spellings=tuple(given["spellings"].splitlines()),
            reason=given["reason"],
        )


@require_safe
@requires(Capability.MANAGE_BRAND)
def listing(request: BrandRequest) -> HttpResponse:
    """The rules by what they do, those that were deleted, and what they say of a prompt that is tried."""
    found: dict[Verdict, list[PromptRule]] = {verdict: [] for verdict in ORDER}
    for rule in rules.of(request.brand):
        found[Verdict(rule.verdict)].append(rule)
    deleted = PromptRule.objects.filter(brand=request.brand, deleted_at__isnull=False)
    tried = request.GET.get("prompt", "")[:5000]
    context = {
        **SECTION,
        "groups": [
            (VERDICTS[verdict.value], TONES[verdict], ICONS[verdict], [(each, _says(each)) for each in group])
            for verdict, group in found.items()
            if group
        ],
        "tried": tried,
        "findings": tags(gate.judge(request.brand, tried).findings) if tried.strip() else None,
        "deleted": deleted.order_by("-deleted_at", "-pk")[:MOST_DELETED],
        "more_deleted": max(0, deleted.count() - MOST_DELETED),
        "to_ship": len(shipped.TERMS),
    }
    return render(request, "generate/prompt_rules.html", context)


def tags(findings: tuple[Finding, ...]) -> list[tuple[Finding, str, str, str]]:
    """Each with what happens in words, its tone and its icon, the gravest first."""
    ordered = sorted(findings, key=lambda each: ORDER.index(each.verdict))
    return [
        (each, str(VERDICTS[each.verdict.value]), TONES[each.verdict], ICONS[each.verdict])
        for each in ordered
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def add(request: BrandRequest) -> HttpResponse:
    form = RuleForm(request.POST if request.method == "POST" else None, initial={"revision": 0})
    if request.method == "POST" and form.is_valid():
        try:
            added = rules.add(form.wish(), by=request.principal)
        except rules.RuleRefused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, _("The rule “%(name)s” was added.") % {"name": added.name})
            return redirect("prompt-rules", request.brand.slug)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def edit(request: BrandRequest, rule_id: int) -> HttpResponse:
    rule = _rule(request, rule_id, deleted=None if request.method == "POST" else False)
    form = RuleForm(request.POST if request.method == "POST" else None, initial=_initial(rule))
    if request.method == "POST" and form.is_valid():
        try:
            rules.change(rule, form.wish(), by=request.principal, revision=form.cleaned_data["revision"])
        except rules.RuleRefused as refused:
            form.add_error(refused.field or None, refused.message)
        except rules.RuleChanged as changed:
            rule.refresh_from_db()
            edited_meanwhile.keep_typed(
                form, _initial(rule), message=changed.message, deleted=rule.deleted_at is not None
            )
        else:
            messages.success(request, _("The rule was saved. Takes that were asked for before stay."))
            return redirect("prompt-rules", request.brand.slug)
    return _form(request, form, rule)


@require_POST
@requires(Capability.MANAGE_BRAND)
def ship(request: BrandRequest) -> HttpResponse:
    """Add the starter list that comes with the product."""
    try:
        added = rules.ship(by=request.principal)
    except rules.RuleRefused as refused:
        messages.error(request, refused.message)
    else:
        words = ngettext("%(count)s rule was added.", "%(count)s rules were added.", added)
        messages.success(request, words % {"count": added})
    return redirect("prompt-rules", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def delete(request: BrandRequest, rule_id: int) -> HttpResponse:
    rule = _rule(request, rule_id, deleted=False)
    rules.delete(rule, by=request.principal)
    messages.success(
        request, _("The rule “%(name)s” was deleted. It can be restored below.") % {"name": rule.name}
    )
    return redirect("prompt-rules", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def restore(request: BrandRequest, rule_id: int) -> HttpResponse:
    rule = _rule(request, rule_id, deleted=True)
    try:
        rules.restore(rule, by=request.principal)
    except rules.RuleRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The rule “%(name)s” was restored.") % {"name": rule.name})
    return redirect("prompt-rules", request.brand.slug)


def _says(rule: PromptRule) -> str:
    """ "Trade mark · also ナイキ, 耐克": what stands below its name."""
    subject = str(SUBJECTS[rule.subject])
    if not rule.spellings:
        return subject
    return _("%(subject)s · also %(spellings)s") % {
        "subject": subject,
        "spellings": ", ".join(rule.spellings),
    }


def _initial(rule: PromptRule) -> dict[str, Any]:
    return {
        "revision": rule.revision,
        "name": rule.name,
        "spellings": "\n".join(rule.spellings),
        "subject": rule.subject,
        "verdict": rule.verdict,
        "reason": rule.reason,
    }


def _rule(request: BrandRequest, rule_id: int, *, deleted: bool | None) -> PromptRule:
    rows = PromptRule.objects.filter(brand=request.brand)
    if deleted is not None:
        rows = rows.filter(deleted_at__isnull=not deleted)
    return get_object_or_404(rows.select_related("brand"), pk=rule_id)


def _form(request: BrandRequest, form: RuleForm, rule: PromptRule | None = None) -> HttpResponse:
    context = {**SECTION, "form": form, "rule": rule}
    return render(request, "generate/prompt_rule_form.html", context, status=422 if form.errors else 200)
