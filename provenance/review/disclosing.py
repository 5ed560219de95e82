"""How an AI clip is disclosed: what a legal reviewer answers, what that asks of its files, and waivers.

The answers stand with the version's terms (RightsRecord.disclosure, as dam.rights.disclosure.Disclosed has
them), so that whoever decides about a file has them at hand; who answered and waived what is beside them
(`disclosure_log`), in the decision, the ledger and the activity log.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import assets, versions
from dam.catalog.models import Approval, DeclaredOrigin, Origin, Version
from dam.core import errors, foreign_text
from dam.core.lazily import lazy
from dam.rights import disclosure, making, terms
from dam.rights.disclosure import Disclosed
from dam.rights.models import RightsRecord
from dam.rights.visibility import visible_versions
from provenance.manifests.models import ManifestRecord
from provenance.review.models import Decision, Review
from provenance.review.policies import Refusal
from provenance.review.states import DecisionKind

LONGEST_REASON = 1_000  # characters
_AI = (DeclaredOrigin.GENERATED, DeclaredOrigin.PARTLY_GENERATED)
_KEY = "disclosure:"  # before the name of a question, among the answers kept with a decision

# The questions, by the fields of Disclosed.
QUESTIONS = {
    "looks_real": lazy("Could it pass for real people, objects, places or events?"),
    "artistic": lazy("Is it evidently artistic, creative, satirical or fictional?"),
    "performer": lazy("Does it show a generated performer who passes for a real person?"),
}
UNANSWERED = Refusal(
    "disclosure_unanswered",
    lazy("Answer the questions about disclosure: this clip was made or changed by AI."),
)


class DisclosureRefused(errors.Refused):
    """`gone`, `not_approved`, `own`, `changed`, `reason` or `rule`."""

    code = "disclosure"


@dataclass(frozen=True)
class Waiver:
    rule: disclosure.Rule
    by: User | None
    at: datetime
    reason: str


@dataclass(frozen=True)
class Kept:
    """What was answered about a version: by whom and when, and the waivers. `token` names this state."""

    disclosed: Disclosed
    by: User | None
    at: datetime
    waivers: tuple[Waiver, ...]
    token: str


def is_ai(version: Version) -> bool:
    """Whether a model made it or part of it, as its origin, its credentials or what it was made from say."""
    return bool(ai_among([version.pk]))


def ai_among(keys: Collection[UUID]) -> set[UUID]:
    """Those of the versions that are, in three queries whatever their number."""
    sources = making.all_sources_of(keys)
    of_all = {*keys, *(each for some in sources.values() for each in some)}
    rows = Version.objects.filter(pk__in=of_all)
    found = {
        pk
        for pk, origin, declared in rows.values_list("pk", "origin", "declared_origin")
        if origin == Origin.GENERATED or declared in _AI
    }
    reports = ManifestRecord.objects.filter(version__in=of_all - found, release=None)
    for pk, manifests in reports.values_list("version", "report__manifests"):
        if any(
            manifest.get("ai_generated") and manifest.get("relation") in ("active", "parentOf", "componentOf")
            for manifest in manifests or ()
        ):
            found.add(pk)
    return {key for key in keys if key in found or not found.isdisjoint(sources.get(key, ()))}


def is_asked(review: Review, *, stage: int) -> bool:
    """Whether an approval of this stage answers: each legal stage of an AI clip; without one the last."""
    return _answers(review, stage) and is_ai(review.version)


def asked_among(reviews: Sequence[Review]) -> list[Review]:
    """Those whose approval answers in the stage that they wait for, in three queries at most."""
    asked = [each for each in reviews if _answers(each, each.stage)]
    ai = ai_among([each.version_id for each in asked]) if asked else set()
    return [each for each in asked if each.version_id in ai]


def _answers(review: Review, stage: int) -> bool:
    stages = review.stages
    return stages[stage] == "legal" if "legal" in stages else stage == len(stages) - 1


def record(disclosed: Disclosed) -> list[dict[str, object]]:
    """The answers as lines of a decision's checklist (provenance.review.checklist.record)."""
    source = "; ".join(_(rule.law) for rule in disclosure.RULES)
    return [
        {
            "question": f"{_KEY}{name}",
            "revision": 0,
            "words": str(words),
            "source": source,
            "answer": "yes" if getattr(disclosed, name) else "no",
            "note": "",
        }
        for name, words in QUESTIONS.items()
    ]


def answered(decisions: Iterable[Decision]) -> tuple[Decision, Disclosed] | None:
    """The last of these approvals that was asked, and what all that were asked come to.

    No later approval makes freer what an earlier one bound: of each question the stricter answer counts.
    """
    approvals = [each for each in decisions if each.kind == DecisionKind.APPROVE]
    last, found = None, None
    for decision in sorted(approvals, key=lambda each: (each.stage, each.pk)):
        given = {str(line["question"]): line["answer"] == "yes" for line in decision.checklist}
        own = read({name: given[f"{_KEY}{name}"] for name in QUESTIONS if f"{_KEY}{name}" in given})
        if own is not None:
            last, found = decision, _stricter(found, own) if found else own
    return (last, found) if last and found else None


def _stricter(one: Disclosed, other: Disclosed) -> Disclosed:
    return Disclosed(
        looks_real=one.looks_real or other.looks_real,
        artistic=one.artistic and other.artistic,
        performer=one.performer or other.performer,
    )


def read(given: Mapping[str, bool]) -> Disclosed | None:
    """The answers by the names of QUESTIONS; None while one is missing."""
    if given.keys() < QUESTIONS.keys():
        return None
    return Disclosed(given["looks_real"], given["artistic"], given["performer"])


def suggested(review: Review) -> tuple[int, Disclosed] | None:
    """What was answered before, and about which version: of this review, else of the newest before it."""
    own = answered(review.decisions.all())
    if own is not None:
        return review.version.number, own[1]
    row = (
        RightsRecord.objects.filter(
            version__asset=review.version.asset_id,
            version__number__lte=review.version.number,
            disclosure__isnull=False,
        )
        .order_by("-version__number")
        .values_list("version__number", "disclosure")
        .first()
    )
    found = terms.disclosed(row[1]) if row else None
    return (row[0], replace(found, waived=frozenset())) if row and found else None


def settle(version: Version, decisions: Iterable[Decision]) -> None:
    """With a version's approval, in its transaction: the answers it was given with. Waivers end."""
    found = answered(decisions)
    kept, log = None, None
    if found is not None:
        decision, disclosed = found
        kept = _kept(disclosed)
        log = {"by": decision.decided_by_id, "at": decision.decided_at.isoformat(), "waived": {}}
    RightsRecord.objects.filter(version=version).update(disclosure=kept, disclosure_log=log)


def of(version: Version) -> Kept | None:
    """What was answered about it; None where nobody was asked. One query for the names."""
    row = RightsRecord.objects.filter(version=version).first()
    disclosed = terms.disclosed(row.disclosure) if row else None
    if row is None or disclosed is None:
        return None
    log: Mapping[str, Any] = row.disclosure_log or {}
    waived: Mapping[str, Any] = log.get("waived", {})
    people = User.objects.in_bulk(
        {key for key in (log.get("by"), *(each["by"] for each in waived.values())) if key}
    )
    return Kept(
        disclosed,
        people.get(log.get("by")),
        _moment(log.get("at"), row),
        tuple(
            Waiver(disclosure.BY_KEY[key], people.get(each["by"]), _moment(each["at"], row), each["reason"])
            for key, each in sorted(waived.items())
            if key in disclosure.BY_KEY and key in disclosed.waived
        ),
        token=_token(row),
    )


def may_answer(version: Version, *, by: Principal) -> bool:
    return version.approval == Approval.APPROVED and by.can(Capability.DECIDE_LEGAL)


def answer(version: Version, disclosed: Disclosed, *, seen: str, by: Principal) -> None:
    """Answer for an approved version, for the first time or otherwise than before; waivers stay.

    `seen` is the `token` of what stood there, "" of nothing. Raises DisclosureRefused, PermissionDenied.
    """
    with trail.recording():
        now, row = _locked(version, by=by, seen=seen)
        before = terms.disclosed(row.disclosure)
        waived = before.waived if before else frozenset()
        log = {**(row.disclosure_log or {"waived": {}}), "by": _person(by), "at": timezone.now().isoformat()}
        _write(now, _kept(replace(disclosed, waived=waived)), log)
        asked = {name: _word(getattr(disclosed, name)) for name in QUESTIONS}
        was = {name: _word(getattr(before, name)) if before else "" for name in QUESTIONS}
        _record(Verb.DISCLOSURE_ANSWERED, now, by=by, data={name: [was[name], asked[name]] for name in asked})


def waive(version: Version, rule: str, *, reason: str, seen: str, by: Principal) -> None:
    """No label for this rule. Raises DisclosureRefused, PermissionDenied."""
    reason = foreign_text.neutral(reason).strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise DisclosureRefused(
            _("Enter a reason of at most %(most)s characters.") % {"most": LONGEST_REASON}, code="reason"
        )
    with trail.recording():
        now, row = _locked(version, by=by, seen=seen)
        before = terms.disclosed(row.disclosure)
        if before is None or rule not in disclosure.BY_KEY or disclosure.BY_KEY[rule].label is None:
            raise DisclosureRefused(_("There's nothing to waive here."), code="rule")
        log = dict(row.disclosure_log or {})
        kept = {"by": _person(by), "at": timezone.now().isoformat(), "reason": reason}
        log["waived"] = {**log.get("waived", {}), rule: kept}
        _write(now, _kept(replace(before, waived=before.waived | {rule})), log)
        _record(Verb.DISCLOSURE_WAIVED, now, by=by, data={"rule": rule, "reason": reason})


def end_waiver(version: Version, rule: str, *, seen: str, by: Principal) -> None:
    """The label is asked for again. Raises DisclosureRefused, PermissionDenied."""
    with trail.recording():
        now, row = _locked(version, by=by, seen=seen)
        before = terms.disclosed(row.disclosure)
        if before is None or rule not in before.waived:
            raise DisclosureRefused(_("There's nothing to waive here."), code="rule")
        log = dict(row.disclosure_log or {})
        log["waived"] = {key: each for key, each in log.get("waived", {}).items() if key != rule}
        _write(now, _kept(replace(before, waived=before.waived - {rule})), log)
        _record(Verb.DISCLOSURE_WAIVER_ENDED, now, by=by, data={"rule": rule})


def _locked(version: Version, *, by: Principal, seen: str) -> tuple[Version, RightsRecord]:
    by.require(Capability.DECIDE_LEGAL, brand=version.brand)
    visible = visible_versions(by).filter(pk=version.pk)
    if visible.exists():
        versions.locked(version.pk)
    now = visible.select_related("asset__brand", "rights").first()
    row = getattr(now, "rights", None)
    if now is None or row is None:
        raise DisclosureRefused(_("This version is no longer there."), code="gone")
    if now.approval != Approval.APPROVED:
        raise DisclosureRefused(_("This is answered with the approval of the version."), code="not_approved")
    if by.user is not None and by.user.pk == now.created_by_id:
        raise DisclosureRefused(
            _("You made this version. Another legal reviewer decides about it."), code="own"
        )
    if _token(row) != seen:
        raise DisclosureRefused(
            _("Someone else changed this while you were editing. Compare, and save again."), code="changed"
        )
    return now, row


def _write(version: Version, kept: dict[str, object], log: Mapping[str, object]) -> None:
    RightsRecord.objects.filter(version=version).update(
        disclosure=kept, disclosure_log=dict(log), updated_at=timezone.now()
    )


def _kept(disclosed: Disclosed) -> dict[str, object]:
    answers: dict[str, object] = {name: getattr(disclosed, name) for name in QUESTIONS}
    return answers | {"waived": sorted(disclosed.waived)}


def _token(row: RightsRecord) -> str:
    """Changes with whatever is answered or waived."""
    log = row.disclosure_log or {}
    moments = [log.get("at", ""), *(each["at"] for each in log.get("waived", {}).values())]
    waived = (row.disclosure or {}).get("waived", [])
    return "" if row.disclosure is None else " ".join([*moments, *waived])


def _moment(text: str | None, row: RightsRecord) -> datetime:
    return datetime.fromisoformat(text) if text else row.updated_at


def _person(by: Principal) -> int | None:
    return by.user.pk if by.user else None


def _word(yes: bool) -> str:
    return "yes" if yes else "no"


def _record(verb: Verb, version: Version, *, by: Principal, data: Mapping[str, object]) -> None:
    asset = version.asset
    trail.record(
        verb,
        brand=asset.brand,
        target=asset.title,
        actor=by,
        asset_id=asset.pk,
        data={**data, "version": str(version.pk)},
    )
    assets.publish([asset])
