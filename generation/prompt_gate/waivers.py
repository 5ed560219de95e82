"""Waivers: a legal reviewer allows one prompt, for a period, although the brand's rules ask for that.

A waiver is for the prompt word by word, and for the rules that it was asked for: another rule that finds
something in the same prompt later needs another one. A rule that refuses is never waived.
"""

import hashlib
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals, times
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, foreign_text
from dam.core.language import noop
from generation.briefs import title_of
from generation.models import PromptWaiver
from generation.verdicts import Judgement, Verdict

LONGEST_REASON = 1000  # characters
LONGEST = timedelta(days=366)  # that a waiver is granted for at once


class WaiverRefused(errors.Refused):
    """It can't be asked for or decided like this; `field` says what is wrong with, if it is one."""

    code = "waiver_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class AlreadyDecided(errors.Refused):
    """Somebody else has decided it since it was read."""

    code = "waiver_decided"
    message = noop("Someone else has already answered this request.")


def digest(prompt: str) -> str:
    """What two prompts have in common that a waiver takes for one: all but case and spaces."""
    return hashlib.sha256(" ".join(prompt.casefold().split()).encode()).hexdigest()


def covering(brand: Brand, prompt: str, rules: Collection[int], *, at: datetime) -> int | None:
    """The waiver under which the prompt may be used now in spite of these rules."""
    rows = PromptWaiver.objects.filter(brand=brand, digest=digest(prompt), granted=True, until__gt=at)
    for waiver in rows.order_by("-until", "-pk"):
        if set(rules) <= set(waiver.rules):
            return waiver.pk
    return None


def open_for(brand: Brand, prompt: str) -> PromptWaiver | None:
    """What was asked for this prompt and isn't answered yet."""
    return PromptWaiver.objects.filter(brand=brand, digest=digest(prompt), decided_at=None).first()


def shown(principal: Principal) -> QuerySet[PromptWaiver]:
    """Those who decide or run the brand see all of it, newest first; who asks sees their own."""
    rows = PromptWaiver.objects.filter(brand=principal.brand).order_by("-asked_at", "-pk")
    if principal.can(Capability.DECIDE_LEGAL) or principal.can(Capability.MANAGE_BRAND):
        return rows
    return rows.filter(asked_by=principals.person(principal))


def ask(*, by: Principal, prompt: str, judgement: Judgement, reason: str) -> PromptWaiver:
    """For a prompt that needs one; sent twice it is one request.

    Raises WaiverRefused, also where somebody else's is open for this prompt, PermissionDenied.
    """
    by.require(Capability.GENERATE)
    if judgement.verdict is not Verdict.WAIVER or judgement.is_waived:
        raise WaiverRefused(_("This prompt doesn't need a waiver, or can't be given one."))
    reason = _checked(reason)
    rules = sorted(each.rule for each in judgement.gravest)
    with trail.recording():
        try:
            with transaction.atomic():
                waiver = PromptWaiver.objects.create(
                    brand=by.brand,
                    prompt=prompt,
                    digest=digest(prompt),
                    rules=rules,
                    asked_by=principals.person(by),
                    reason=reason,
                )
        except IntegrityError:
            there = open_for(by.brand, prompt)
            if there is None:
                raise
            if not is_own(there, by):
                raise WaiverRefused(
                    _("Someone else asked for a waiver of this prompt. Once it's granted, you can use it.")
                ) from None
            return there
        _record(Verb.WAIVER_ASKED, waiver, by=by, asked=[each.name for each in judgement.gravest])
    return waiver


def grant(
    waiver: PromptWaiver, *, by: Principal, until: date | None, answer: str = "", at: datetime | None = None
) -> None:
    """Until the end of that day where the brand is.

    Raises WaiverRefused, AlreadyDecided, PermissionDenied.
    """
    at = at or timezone.now()
    zone = times.of_brand(waiver.brand)
    if until is None or until < times.today_in(zone):
        raise WaiverRefused(_("Enter the last day of use, today or later."), field="until")
    end = times.end_of_day(until, zone)
    if end > at + LONGEST:
        raise WaiverRefused(_("A waiver can be granted for at most a year."), field="until")
    _decide(waiver, by=by, granted=True, answer=_short(answer), until=end, at=at)


def decline(waiver: PromptWaiver, *, by: Principal, answer: str, at: datetime | None = None) -> None:
    """Raises WaiverRefused, AlreadyDecided, PermissionDenied."""
    _decide(waiver, by=by, granted=False, answer=_checked(answer, "answer"), at=at or timezone.now())


def end(waiver: PromptWaiver, *, by: Principal, at: datetime | None = None) -> None:
    """Take it back: takes that were asked for under it stay. Raises AlreadyDecided, PermissionDenied."""
    by.require(Capability.DECIDE_LEGAL, brand=waiver.brand)
    at = at or timezone.now()
    with trail.recording():
        if not PromptWaiver.objects.filter(pk=waiver.pk, granted=True, until__gt=at).update(until=at):
            raise AlreadyDecided
        _record(Verb.WAIVER_ENDED, waiver, by=by)


def is_own(waiver: PromptWaiver, principal: Principal) -> bool:
    """Nobody decides on what they ask for themselves."""
    return waiver.asked_by_id == principals.person(principal).pk


def _decide(
    waiver: PromptWaiver,
    *,
    by: Principal,
    granted: bool,
    answer: str,
    at: datetime,
    until: datetime | None = None,
) -> None:
    by.require(Capability.DECIDE_LEGAL, brand=waiver.brand)
    if is_own(waiver, by):
        raise WaiverRefused(_("You asked for this waiver, so someone else has to answer."))
    with trail.recording():
        rows = PromptWaiver.objects.filter(Q(decided_at=None), pk=waiver.pk)
        if not rows.update(
            granted=granted, answer=answer, until=until, decided_at=at, decided_by=principals.person(by)
        ):
            raise AlreadyDecided
        verb = Verb.WAIVER_GRANTED if granted else Verb.WAIVER_DECLINED
        _record(verb, waiver, by=by, answer=answer, asked_by=waiver.asked_by_id)


def _checked(text: str, field: str = "reason") -> str:
    reason = _short(text, field)
    if not reason:
        raise WaiverRefused(_("Say why."), field=field)
    return reason


def _short(text: str, field: str = "answer") -> str:
    words = " ".join(foreign_text.neutral(text).split())
    if len(words) > LONGEST_REASON:
        raise WaiverRefused(_("Enter at most %(most)s characters.") % {"most": LONGEST_REASON}, field=field)
    return words


def _record(verb: Verb, waiver: PromptWaiver, *, by: Principal, **data: object) -> None:
    trail.record(
        verb, brand=waiver.brand, target=title_of(waiver.prompt), actor=by, data={"waiver": waiver.pk, **data}
    )
