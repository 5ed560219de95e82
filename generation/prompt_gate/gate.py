"""The gate before a prompt runs: asked while somebody types, and again when takes are asked for."""

from datetime import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.models import Brand
from generation.briefs import BriefRefused
from generation.models import PromptRule
from generation.prompt_gate import waivers
from generation.prompt_gate.spellings import Terms
from generation.verdicts import Finding, Judgement, Subject, Verdict


class PromptRefused(BriefRefused):
    """The brand's rules don't allow the prompt (yet). `judgement` says which."""

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        super().__init__("prompt", sentence(judgement))


def sentence(judgement: Judgement) -> str:
    """What keeps the prompt from being run, for the person."""
    found = ", ".join(f"“{each.found}”" for each in judgement.gravest)
    reasons = " ".join(dict.fromkeys(each.reason for each in judgement.gravest if each.reason))
    if judgement.verdict is Verdict.WAIVER:
        words = _("Your brand's rules allow %(found)s only with a waiver from a legal reviewer. %(reasons)s")
    else:
        words = _("Your brand's rules don't allow %(found)s in a prompt. %(reasons)s")
    return (words % {"found": found, "reasons": reasons}).strip()


def judge(brand: Brand, prompt: str, *, at: datetime | None = None) -> Judgement:
    """What the brand's rules say: a query, and one more where they ask for a waiver."""
    rules = list(PromptRule.objects.filter(brand=brand, deleted_at=None))
    if not rules or not prompt.strip():
        return Judgement()
    by_term: dict[str, list[PromptRule]] = {}
    for rule in rules:
        for term in (rule.name, *rule.spellings):
            by_term.setdefault(term, []).append(rule)
    inflected = {term: any(Subject(rule.subject).inflected for rule in of) for term, of in by_term.items()}
    terms = _terms(tuple(inflected.items()), brand.language)
    findings: dict[int, Finding] = {}
    for found in terms.within(prompt):
        for rule in by_term[found.term]:
            findings.setdefault(rule.pk, _finding(rule, prompt[found.start : found.end]))
    judgement = Judgement(tuple(findings.values()))
    if judgement.verdict is not Verdict.WAIVER:
        return judgement
    needed = {each.rule for each in judgement.gravest}
    waiver = waivers.covering(brand, prompt, needed, at=at or timezone.now())
    return Judgement(judgement.findings, waiver)


def require(brand: Brand, prompt: str, *, at: datetime | None = None) -> Judgement:
    """The same, for a prompt that is to be run. Raises PromptRefused."""
    judgement = judge(brand, prompt, at=at)
    if not judgement.is_allowed:
        raise PromptRefused(judgement)
    return judgement


@lru_cache(maxsize=64)
def _terms(inflected: tuple[tuple[str, bool], ...], language: str) -> Terms:
    """Made ready once: a page asks with each pause in typing."""
    return Terms(dict(inflected), of=("en", language))


def _finding(rule: PromptRule, found: str) -> Finding:
    return Finding(
        rule=rule.pk,
        revision=rule.revision,
        name=rule.name,
        subject=Subject(rule.subject),
        verdict=Verdict(rule.verdict),
        found=found,
        reason=rule.reason,
    )
