"""How a review stands, for people: its stages one by one, and one sentence."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from dam.catalog.models import ReleaseState
from dam.core import language
from dam.core.lazily import lazy
from dam.web import usage_status
from provenance.review import ledger
from provenance.review.checklist import Choice
from provenance.review.models import Decision, LedgerEntry, Review
from provenance.review.policies import STAGES
from provenance.review.states import DecisionKind, ReviewState

# How signing stands, where an approval alone would sound as if the file could leave.
_WAITS = lazy("The file is not signed yet.")
_UNSIGNED: dict[str, str] = {
    ReleaseState.READY: "",
    ReleaseState.FAILED: lazy("Signing the file failed."),
    ReleaseState.SUPERSEDED: lazy("A newer release has replaced it."),
}
_ANSWERS: dict[str, str] = {
    Choice.YES: lazy("Yes"),
    Choice.NO: lazy("No"),
    Choice.NOT_APPLICABLE: lazy("Doesn't apply"),
}
_UNANSWERED = lazy("Not answered")
# How a reviewer showed who they were (reviews.decide), after their name and the moment.
_SIGNED_IN: dict[str, str] = {
    "password": lazy("confirmed by password"),
    "passkey": lazy("confirmed by passkey"),
    "company": lazy("signed in through the company"),
}


@dataclass(frozen=True)
class StageLine:
    """`state` is done, now, later or stopped; `clears` says what an approval allows, `recorded` what the
    ledger keeps of the decision."""

    title: str
    state: str
    decision: Decision | None
    clears: str = ""
    recorded: str = ""
    hash: str = ""  # of the ledger's entry
    answers: tuple[tuple[str, str, str], ...] = ()  # of the checklist: question, answer, note


def stages_of(review: Review, *, at: datetime) -> tuple[StageLine, ...]:
    """One line for each stage. Reads `review.decisions`: prefetch them with `decided_by`."""
    decisions = {decision.stage: decision for decision in review.decisions.all()}
    entries = ledger.of_stages(review) if decisions else {}
    return tuple(
        _with_entry(_line(review, index, name, decisions.get(index), at=at), entries.get(name))
        for index, name in enumerate(review.stages)
    )


def _with_entry(line: StageLine, entry: LedgerEntry | None) -> StageLine:
    if entry is None:
        return line
    record = json.loads(entry.record)
    said = [str(_("Ledger entry %(number)s") % {"number": entry.sequence})]
    if how := _SIGNED_IN.get(record.get("signed_in", "")):
        said.append(str(how))
    if watched := record.get("watched"):
        percent = 100 * watched["played_ms"] // max(1, watched["length_ms"])
        said.append(
            _("played the whole clip")
            if watched["every_frame"]
            else _("played %(percent)s%% of the clip") % {"percent": percent}
        )
    return replace(line, recorded=" · ".join(said), hash=entry.hash)


def _line(review: Review, index: int, name: str, decision: Decision | None, *, at: datetime) -> StageLine:
    title = STAGES[name].title
    if decision is None:
        now = review.state == ReviewState.OPEN and index == review.stage
        return StageLine(title, "now" if now else "later", None)
    if decision.kind != DecisionKind.APPROVE:
        return StageLine(title, "stopped", decision)
    return StageLine(title, "done", decision, _clears(decision, at=at), answers=_answers(decision))


def _clears(decision: Decision, *, at: datetime) -> str:
    return usage_status.clearance(
        uses=tuple(decision.uses),
        places=tuple(decision.territories),
        valid_until=decision.valid_until,
        at=at,
    )


def _answers(decision: Decision) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (kept["words"], str(_ANSWERS.get(kept["answer"], _UNANSWERED)), kept["note"])
        for kept in decision.checklist
    )


def sentence(review: Review, *, at: datetime) -> str:
    """What has come of it, in one sentence.

    Reads `review.version`, and `review.decisions` as `stages_of` does.
    """
    last = max(review.decisions.all(), key=lambda decision: decision.stage, default=None)
    match ReviewState(review.state):
        case ReviewState.OPEN:
            stage = language.midsentence(STAGES[review.position.stage_name].title)
            return _("Waiting for the %(stage)s.") % {"stage": stage}
        case ReviewState.APPROVED if last is not None:
            approved = _("Approved for %(clearance)s.") % {"clearance": _clears(last, at=at)}
            return f"{approved} {_UNSIGNED.get(review.version.release, _WAITS)}".strip()
        case ReviewState.CHANGES_REQUESTED if last is not None:
            return _("%(decided_by)s requested changes.") % {"decided_by": last.decided_by}
        case ReviewState.REJECTED if last is not None:
            return _("%(decided_by)s rejected this version.") % {"decided_by": last.decided_by}
        case ReviewState.WITHDRAWN:
            return _("This review was cancelled before a decision.")
        case ReviewState.REVOKED:
            return _("The approval was withdrawn.")
        case ReviewState.SUPERSEDED:
            return _("A newer version has replaced this one.")
    raise AssertionError(f"A review that is {review.state} has a decision.")
