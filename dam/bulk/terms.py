"""Consents and the first day of use in bulk edits and files: what each clip gets, and how that is taken back.

Clip by clip, by the very functions that the clip's page calls (dam.rights.consents, and of what an approval
granted provenance.review.embargoes): who may, what is kept in the ledger and what follows are the same.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.bulk.answers import Answer
from dam.bulk.changes import Change
from dam.catalog import assets
from dam.catalog.models import Asset, Version
from dam.core.errors import Refused
from dam.rights import consent_lists, making, terms
from dam.rights.consent_lists import Known, Wanted
from dam.rights.consents import Said

CONSENTS, FIRST_DAY, REASON = "consents", "first_day", "first_day_reason"
COLUMNS = (CONSENTS, FIRST_DAY, REASON)  # of a CSV file
LIFT = "lift"
_FIRST_DAYS = "provenance.review.embargoes"


@dataclass(frozen=True)
class FirstDay:
    """`at` None: it may be used at once."""

    at: datetime | None
    reason: str


@dataclass(frozen=True)
class Here:
    """How the newest version of a clip stands. `counted`: a review counts on it."""

    version: Version
    consents: tuple[Known, ...]
    counted: bool
    zone: ZoneInfo

    def first_day(self, *, at: datetime) -> datetime | None:
        """From when it may be used, as long as that is to come."""
        kept = terms.first_day(self.version)
        return kept if kept is not None and kept > at else None

    def cells(self, *, at: datetime) -> tuple[str, str]:
        """Of the columns of a file: its consents, and its first day."""
        wanted = consent_lists.wanted_of(self.consents)
        first = consent_lists.moment(self.first_day(at=at), zone=self.zone, ends=False)
        return consent_lists.lines(wanted, zone=self.zone), first


@dataclass(frozen=True)
class Plan:
    """What is to become of one clip."""

    consents: tuple[tuple[str, Wanted], ...] = ()
    first_day: FirstDay | None = None

    @property
    def is_empty(self) -> bool:
        return not self.consents and self.first_day is None


Make = Callable[[Asset, Here], Plan]


def of(chosen: Collection[Asset], *, by: Principal) -> dict[UUID, Here]:
    """How the newest version of each clip stands; in three queries."""
    keys = [each.latest_id for each in chosen if each.latest_id]
    rows = list(Version.objects.filter(pk__in=keys).select_related("asset__brand", "brand", "rights"))
    known = consent_lists.of_many(keys, by=by)
    counted = making.counted_among(keys) if keys else set()
    zone = times.of_brand(by.brand)
    return {each.asset_id: Here(each, known[each.pk], each.pk in counted, zone) for each in rows}


def lock(chosen: Collection[Asset]) -> None:
    """All that a slice is to change, before the terms of any: in everybody's order."""
    locked = assets.lock(chosen)
    keys = sorted(each.latest_id for each in locked if each.latest_id)
    list(Version.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    for brand_id in sorted({each.brand_id for each in locked}):
        making.hold_alone(brand_id)


def wanted(change: Change, here: Here, *, at: datetime) -> Plan:
    """What a bulk edit makes of a clip; what is so already isn't done. Raises Refused."""
    return Plan(tuple(_consents(change, here)), _first_day(change, here, at=at))


def foreseen(plan: Plan, here: Here, *, by: Principal, at: datetime) -> tuple[tuple[str, ...], str]:
    """What is to happen, in sentences, and why it can't be; empty where it can."""
    held = here.version.asset.held_at is not None
    reason = consent_lists.refusal(here.consents, plan.consents, counted=here.counted, held=held, by=by)
    told = list(consent_lists.foretold(plan.consents))
    if plan.first_day is not None and not reason:
        reason = _refused(plan.first_day, here, by=by, at=at)
        first = consent_lists.moment(here.first_day(at=at), zone=here.zone, ends=False)
        told.append(_said(first, consent_lists.moment(plan.first_day.at, zone=here.zone, ends=False)))
    return ((), reason) if reason else (tuple(told), "")


def do(
    chosen: Collection[Asset],
    make: Make,
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    at: datetime,
    noted: Mapping[str, Any],
    shared: bool = False,
) -> None:
    """Do what `make` says of each clip, all of it or nothing; those are locked already. What can't be is
    said of that clip.
    """
    known, moved = of(chosen, by=by), set[int]()
    for asset in chosen:
        here = known.get(asset.pk)
        if here is None:
            answers[asset.pk].reasons.append(_("This version is no longer there."))
            continue
        if any(each.wanted.key in moved for each in here.consents):  # it shares what has just changed
            here = replace(here, consents=consent_lists.of(here.version, by=by))
        try:
            with trail.recording():
                done = _done(make(asset, here), here, by=by, at=at, noted=noted, shared=shared)
        except (Refused, PermissionDenied) as refused:
            answers[asset.pk].reasons.append(str(getattr(refused, "message", refused)))
        else:
            answers[asset.pk].done.update(done)
            moved |= consent_lists.moved(done.get(CONSENTS, ()))


def _done(
    plan: Plan, here: Here, *, by: Principal, at: datetime, noted: Mapping[str, Any], shared: bool
) -> dict[str, Any]:
    """Do it; what undoing needs. Raises Refused, PermissionDenied."""
    done: dict[str, Any] = {}
    _told, reason = foreseen(plan, here, by=by, at=at)
    if reason:
        raise Refused(reason)
    if plan.consents:
        done[CONSENTS] = consent_lists.apply(
            here.version, plan.consents, now=here.consents, by=by, noted=noted, shared=shared
        )
    if plan.first_day is not None:
        _change(here, plan.first_day, by=by, at=at, noted=noted)
        done[FIRST_DAY] = [terms.written(here.first_day(at=at)), terms.written(plan.first_day.at)]
    return done


def undo(
    chosen: Collection[Asset],
    done: Mapping[UUID, Mapping[str, Any]],
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    at: datetime,
    noted: Mapping[str, Any],
) -> None:
    """Take these back, but not what somebody has changed since. The clips are locked already."""
    if not chosen:
        return
    known = of(chosen, by=by)
    for asset in chosen:
        here, what, answer = known.get(asset.pk), done[asset.pk], answers[asset.pk]
        if here is None:
            continue
        try:
            if CONSENTS in what:
                count, reasons = consent_lists.take_back(here.version, what[CONSENTS], by=by, noted=noted)
                answer.reasons += reasons
                if count:
                    answer.done[CONSENTS] = count
            if FIRST_DAY in what:
                _first_day_back(here, what[FIRST_DAY], answer, by=by, at=at, noted=noted)
        except (Refused, PermissionDenied) as refused:
            answer.reasons.append(str(getattr(refused, "message", refused)))


def asked(change: Change, *, zone: ZoneInfo) -> list[str]:
    """What is to be done, in sentences."""
    told = []
    if change.consent:
        told.append(_("Add consent: %(name)s") % {"name": change.consent[1]})
    if change.withdrawn:
        told.append(_("Withdraw consent: %(name)s") % {"name": change.withdrawn[1]})
    if change.first_day == LIFT:
        told.append(_("Let clips be used at once"))
    elif change.first_day:
        first = consent_lists.moment(datetime.fromisoformat(change.first_day), zone=zone, ends=False)
        told.append(_("Set the first day of use to: %(day)s") % {"day": first})
    return told


def told(done: Mapping[str, Any], *, zone: ZoneInfo) -> tuple[str, ...]:
    """What was done to one clip, in sentences."""
    said = list(consent_lists.told(done.get(CONSENTS, ())))
    if FIRST_DAY in done:
        was, became = (
            consent_lists.moment(datetime.fromisoformat(each) if each else None, zone=zone, ends=False)
            for each in done[FIRST_DAY]
        )
        said.append(_said(was, became))
    return tuple(said)


def lacking(change: Change, by: Principal) -> Capability | None:
    """What somebody may not whom this change asks for more than to edit."""
    rights = by.can(Capability.EDIT) or by.can(Capability.DECIDE_LEGAL)
    if change.consent and not rights:
        return Capability.EDIT
    if change.withdrawn and not (rights or by.can(Capability.WITHDRAW_RELEASE)):
        return Capability.WITHDRAW_RELEASE
    if change.first_day and not by.can(Capability.DECIDE_LEGAL):
        return Capability.DECIDE_LEGAL
    return None


def _consents(change: Change, here: Here) -> Sequence[tuple[str, Wanted]]:
    todo = []
    if change.consent:
        kind, name, covers, until = change.consent
        said = Said(kind, name, covers, datetime.fromisoformat(until) if until else None)
        if not any(each.wanted.said == said and each.wanted.withdrawn is None for each in here.consents):
            todo.append(("add", Wanted(said)))
    if change.withdrawn:
        kind, name, reason = change.withdrawn
        todo += [
            ("withdraw", Wanted(each.wanted.said, each.wanted.key, reason))
            for each in here.consents
            if (each.wanted.said.kind, each.wanted.said.name) == (kind, name)
            and each.wanted.withdrawn is None
        ]
    return todo


def _first_day(change: Change, here: Here, *, at: datetime) -> FirstDay | None:
    if not change.first_day:
        return None
    day = None if change.first_day == LIFT else datetime.fromisoformat(change.first_day)
    if day is not None and day <= at:
        day = None
    return None if day == here.first_day(at=at) else FirstDay(day, change.first_day_reason)


def _refused(first: FirstDay, here: Here, *, by: Principal, at: datetime) -> str:
    if not by.can(Capability.DECIDE_LEGAL):
        return by.refusal(Capability.DECIDE_LEGAL)
    try:
        import_string(f"{_FIRST_DAYS}.clean_reason")(first.reason)
        import_string(f"{_FIRST_DAYS}.require")(here.version, first.at, by=by, at=at)
    except Refused as refused:
        return refused.message
    return ""


def _change(here: Here, first: FirstDay, *, by: Principal, at: datetime, noted: Mapping[str, Any]) -> None:
    import_string(f"{_FIRST_DAYS}.change")(
        here.version,
        first.at,
        reason=first.reason,
        seen=terms.written(terms.first_day(here.version)) or "",
        by=by,
        at=at,
        noted=noted,
    )


def _first_day_back(
    here: Here,
    sides: Sequence[str | None],
    answer: Answer,
    *,
    by: Principal,
    at: datetime,
    noted: Mapping[str, Any],
) -> None:
    was, became = (datetime.fromisoformat(each) if each else None for each in sides)
    became, was = (each if each is not None and each > at else None for each in (became, was))
    now = here.first_day(at=at)
    if now == was:
        answer.done[FIRST_DAY] = True
    elif now != became:
        name = _("First day of use")
        answer.reasons.append(_("Changed since, and kept: %(fields)s.") % {"fields": name})
    else:
        _change(here, FirstDay(was, _("A bulk edit was undone.")), by=by, at=at, noted=noted)
        answer.done[FIRST_DAY] = True


def _said(was: str, became: str) -> str:
    return _("%(field)s: %(before)s → %(after)s") % {
        "field": _("First day of use"),
        "before": was or _("empty"),
        "after": became or _("empty"),
    }
