"""What is stated of rights in a bulk edit: what each clip gets, and how that is taken back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.bulk.answers import Answer
from dam.catalog.models import Asset
from dam.core import language
from dam.core.lazily import lazy
from dam.rights import restating, statements
from dam.rights.restating import Make
from dam.rights.statements import LONGEST, Statements

TITLES: Mapping[str, str] = {
    "licence": lazy("Licence"),
    "rights_holder": lazy("Rights holder"),
    "credit_line": lazy("Credit line"),
    "exclusivity": lazy("Exclusivity"),
    "channels": lazy("Channels and media"),
    "audience": lazy("Audience"),
    "restriction": lazy("Restriction"),
}
NAMES = tuple(LONGEST)  # of columns of a CSV file, too

Stated = tuple[tuple[str, str], ...]  # names of statements, and what each is to say; empty: nothing


def applied(stated: Stated, now: Statements) -> Statements:
    return replace(now, **dict(stated))


def state(
    chosen: Collection[Asset],
    make: Make,
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    noted: Mapping[str, Any],
) -> None:
    """State what `make` says of these clips."""
    came = restating.rewrite(chosen, make, by=by, noted=noted)
    for key, reason in came.refused.items():
        answers[key].reasons.append(reason)
    for key, (before, after) in came.statements.items():
        answers[key].done["stated"] = statements.differences(before, after)


def unstate(
    chosen: Collection[Asset],
    done: Mapping[UUID, Mapping[str, Any]],
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    noted: Mapping[str, Any],
) -> None:
    """Say of these clips again what was said before, but not where somebody has changed it since."""
    if not chosen:
        return
    if not (by.can(Capability.EDIT) or by.can(Capability.DECIDE_LEGAL)):
        for asset in chosen:
            answers[asset.pk].reasons.append(by.refusal(Capability.EDIT))
        return

    def earlier(asset: Asset, now: Statements) -> Statements:
        back, stay = undone(done[asset.pk]["stated"], now)
        if stay:
            said = language.listed([str(TITLES[name]) for name in stay])
            answers[asset.pk].reasons.append(_("Changed since, and kept: %(fields)s.") % {"fields": said})
        return back

    state(chosen, earlier, answers, by=by, noted=noted)


def undone(changed: Mapping[str, Sequence[str]], now: Statements) -> tuple[Statements, tuple[str, ...]]:
    """What is stated once that is taken back, and the statements that stay: somebody changed them since."""
    back, stay = now, []
    for name, (was, became) in changed.items():
        if name not in LONGEST:
            continue
        if getattr(now, name) == became:
            back = replace(back, **{name: was})
        elif getattr(now, name) != was:
            stay.append(name)
    return back, tuple(stay)


def asked(stated: Stated) -> list[str]:
    """What is to be stated, in sentences."""
    told = []
    for name, text in stated:
        said = {"field": TITLES[name], "value": text}
        told.append(_("Set “%(field)s” to: %(value)s") % said if text else _("Clear “%(field)s”") % said)
    return told


def differences(changed: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """What was changed of one clip, in sentences."""
    return tuple(
        _("%(field)s: %(before)s → %(after)s")
        % {"field": TITLES[name], "before": was or _("empty"), "after": became or _("empty")}
        for name, (was, became) in changed.items()
        if name in TITLES
    )
