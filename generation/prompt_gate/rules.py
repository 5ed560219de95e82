"""A brand's rules for prompts. Each change is an event; what was asked for before stays as it was."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dam.accounts import languages
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, foreign_text, locks
from dam.core.language import noop
from generation.models import PromptRule
from generation.prompt_gate import shipped
from generation.verdicts import Subject, Verdict

T = TypeVar("T")
MOST = 500  # of one brand
MOST_SPELLINGS = 20
LONGEST_TERM, LONGEST_REASON, LONGEST_SOURCE = 80, 300, 200  # characters


class RuleRefused(errors.Refused):
    """The rule can't be kept like this; `field` says what is wrong with it, if it is one."""

    code = "prompt_rule_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class RuleChanged(errors.Refused):
    """Somebody else has changed or deleted the rule since it was read."""

    code = "prompt_rule_changed"
    message = noop("Someone else changed this rule while you were editing it.")


@dataclass(frozen=True)
class RuleWish:
    """A rule as somebody wants it. `spellings` are found as the name is."""

    name: str
    subject: Subject
    verdict: Verdict
    spellings: tuple[str, ...] = ()
    reason: str = ""
    source: str = ""


def of(brand: Brand) -> QuerySet[PromptRule]:
    """Those that count, by name."""
    return PromptRule.objects.filter(brand=brand, deleted_at=None)


def wish_of(rule: PromptRule) -> RuleWish:
    return RuleWish(
        name=rule.name,
        subject=Subject(rule.subject),
        verdict=Verdict(rule.verdict),
        spellings=tuple(rule.spellings),
        reason=rule.reason,
        source=rule.source,
    )


def add(wish: RuleWish, *, by: Principal) -> PromptRule:
    """Raises RuleRefused, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND)
    wish = _checked(wish)
    with trail.recording():
        _hold(by.brand)
        _require_room(by.brand)
        return _create(wish, by=by)


def ship(*, by: Principal) -> int:
    """Add the starter list, in the brand's language; a name that is taken is left out. How many were added.

    Raises RuleRefused, PermissionDenied.
    """
    by.require(Capability.MANAGE_BRAND)
    language = by.brand.language
    with trail.recording(), translation.override(language if languages.known(language) else "en"):
        _hold(by.brand)
        taken = {name.casefold() for name in of(by.brand).values_list("name", flat=True)}
        wanted = [
            RuleWish(
                name=each.name,
                subject=each.group.subject,
                verdict=each.group.verdict,
                spellings=each.spellings,
                reason=_(each.group.reason),
                source=each.group.source,
            )
            for each in shipped.TERMS
            if each.name.casefold() not in taken
        ]
        _require_room(by.brand, wanted=len(wanted))
        for wish in wanted:
            _create(wish, by=by)
    return len(wanted)


def change(rule: PromptRule, wish: RuleWish, *, by: Principal, revision: int) -> None:
    """Raises RuleRefused, RuleChanged, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=rule.brand)
    wish = _checked(replace(wish, source=rule.source))
    before, after = _kept(wish_of(rule)), _kept(wish)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if not changed and rule.deleted_at is None:
        return
    with trail.recording():
        rows = PromptRule.objects.filter(pk=rule.pk, revision=revision, deleted_at=None)
        if not _keep_name(lambda: rows.update(**after, revision=F("revision") + 1)):
            raise RuleChanged
        rule.name = wish.name
        _record(Verb.PROMPT_RULE_EDITED, rule, by=by, **changed)


def delete(rule: PromptRule, *, by: Principal, at: datetime | None = None) -> None:
    """It no longer counts; `restore` brings it back. Raises PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=rule.brand)
    with trail.recording():
        rows = PromptRule.objects.filter(pk=rule.pk, deleted_at=None)
        if rows.update(deleted_at=at or timezone.now(), revision=F("revision") + 1):
            _record(Verb.PROMPT_RULE_DELETED, rule, by=by)


def restore(rule: PromptRule, *, by: Principal) -> None:
    """Raises RuleRefused where another one has taken its name or there are too many, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=rule.brand)
    with trail.recording():
        _hold(rule.brand)
        _require_room(rule.brand)
        rows = PromptRule.objects.filter(pk=rule.pk, deleted_at__isnull=False)
        if _keep_name(lambda: rows.update(deleted_at=None, revision=F("revision") + 1)):
            _record(Verb.PROMPT_RULE_RESTORED, rule, by=by)


def _create(wish: RuleWish, *, by: Principal) -> PromptRule:
    rule = _keep_name(lambda: PromptRule.objects.create(brand=by.brand, source=wish.source, **_kept(wish)))
    _record(Verb.PROMPT_RULE_ADDED, rule, by=by, **_kept(wish))
    return rule


def _kept(wish: RuleWish) -> dict[str, object]:
    """The columns that people change."""
    kept = asdict(wish) | {"spellings": list(wish.spellings)}
    kept |= {"subject": wish.subject.value, "verdict": wish.verdict.value}
    del kept["source"]
    return kept


def _hold(brand: Brand) -> None:
    """Who changes how many there are waits for others of the brand who do."""
    locks.hold(f"prompt rules {brand.pk}")


def _require_room(brand: Brand, *, wanted: int = 1) -> None:
    if of(brand).count() + wanted > MOST:
        raise RuleRefused(_("A brand can have %(most)s prompt rules. Delete some first.") % {"most": MOST})


def _checked(wish: RuleWish) -> RuleWish:
    name = _term(wish.name, "name")
    spellings = tuple(dict.fromkeys(_term(each, "spellings") for each in wish.spellings if each.strip()))
    spellings = tuple(each for each in spellings if each != name)
    if len(spellings) > MOST_SPELLINGS:
        raise RuleRefused(
            _("A rule can have %(most)s other spellings. Add a second rule for the rest.")
            % {"most": MOST_SPELLINGS},
            field="spellings",
        )
    reason = " ".join(foreign_text.neutral(wish.reason).split())
    if len(reason) > LONGEST_REASON:
        raise RuleRefused(_("Enter at most %(most)s characters.") % {"most": LONGEST_REASON}, field="reason")
    return replace(wish, name=name, spellings=spellings, reason=reason)


def _term(text: str, field: str) -> str:
    term = " ".join(foreign_text.neutral(text).split())
    if not 1 <= len(term) <= LONGEST_TERM or not any(map(str.isalnum, term)):
        raise RuleRefused(
            _("Enter words with a letter or digit, at most %(most)s characters.") % {"most": LONGEST_TERM},
            field=field,
        )
    return term


def _keep_name(write: Callable[[], T]) -> T:
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        raise RuleRefused(_("There is a rule of this name. Change that one."), field="name") from None


def _record(verb: Verb, rule: PromptRule, *, by: Principal, **data: object) -> None:
    trail.record(verb, brand=rule.brand, target=rule.name, actor=by, data={"rule": rule.pk, **data})
