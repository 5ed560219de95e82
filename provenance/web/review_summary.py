"""How a review stands, for people: its stages one by one, and one sentence."""

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.catalog.models import ReleaseState
from dam.core import language
from dam.core.lazily import lazy
from dam.duplicates import lookalikes
from dam.web import usage_status
from provenance.review import asking, carrying, ledger, stage_names, watching
from provenance.review.asking import Asked
from provenance.review.checklist import Choice, Document
from provenance.review.models import Decision, LedgerEntry, Review
from provenance.review.stage_names import Names
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
class AnswerLine:
    """What was answered to a question of the checklist."""

    words: str
    answer: str
    note: str
    evidence: str = ""
    document: Document | None = None


@dataclass(frozen=True)
class DecisionLine:
    """`clears` says what an approval allows, `recorded` what the ledger keeps of the decision."""

    decision: Decision
    clears: str = ""
    recorded: str = ""
    hash: str = ""  # of the ledger's entry
    answers: tuple[AnswerLine, ...] = ()


@dataclass(frozen=True)
class StageLine:
    """`state` is done, now, later or stopped. `approvals`: "1 of 2 approvals", where it takes several."""

    title: str
    state: str
    decisions: tuple[DecisionLine, ...] = ()
    approvals: str = ""
    who: str = ""  # is asked, by name
    due_at: datetime | None = None
    deputy: str = ""
    deputy_asked: bool = False  # once it is overdue
    nobody_left: bool = False  # of those it names, so that its role is asked


def stages_of(review: Review, *, at: datetime, asked: Asked | None = None) -> tuple[StageLine, ...]:
    """One line for each stage. Reads `review.decisions`: prefetch them with `decided_by`.

    `asked`: whom the review asks at that moment, where it has been looked up.
    """
    decisions: dict[int, list[Decision]] = defaultdict(list)
    for decision in review.decisions.all():
        decisions[decision.stage].append(decision)
    entries = ledger.of_decisions(review) if decisions else {}
    names = stage_names.of(review.planned)
    return tuple(
        _line(
            review,
            index,
            tuple(
                _with_entry(_decision(each, at=at), entries.get((index, each.decided_by_id)))
                for each in decisions[index]
            ),
            names,
            at=at,
            asked=asked,
        )
        for index in range(len(review.stages))
    )


def _with_entry(line: DecisionLine, entry: LedgerEntry | None) -> DecisionLine:
    if entry is None:
        return line
    record = json.loads(entry.record)
    said = [str(_("Ledger entry %(number)s") % {"number": entry.sequence})]
    if how := _SIGNED_IN.get(record.get("signed_in", "")):
        said.append(str(how))
    if together := record.get("together"):
        clips = together["clips"]
        words = ngettext(
            "approved with one form for %(count)s clip",
            "approved with one form for %(count)s clips",
            clips,
        )
        said += [words % {"count": clips}] if clips > 1 else []
    if statement := record.get("statement"):
        said.append(_("signed: %(statement)s") % {"statement": statement})
    if watched := record.get("watched"):
        said.append(watching.summed_up(watched))
    if earlier := record.get("earlier_comments"):
        said.append(_("earlier comments: %(found)s") % {"found": carrying.summed_up(earlier)})
    if alike := record.get("lookalikes"):
        said.append(lookalikes.summed_up(alike))
    if preset := record.get("preset"):
        words = _("preset “%(name)s”, changed") if preset["changed"] else _("preset “%(name)s”")
        said.append(words % {"name": preset["name"]})
    return replace(line, recorded=" · ".join(said), hash=entry.hash)


def _line(
    review: Review,
    index: int,
    decisions: tuple[DecisionLine, ...],
    names: Names,
    *,
    at: datetime,
    asked: Asked | None,
) -> StageLine:
    stage = review.planned[index]
    who = names.who(stage)
    if any(each.decision.kind != DecisionKind.APPROVE for each in decisions):
        return StageLine(stage.name, "stopped", decisions, who=who)
    if index < review.stage or review.state in (ReviewState.APPROVED, ReviewState.REVOKED):
        return StageLine(stage.name, "done", decisions, who=who)
    if review.state != ReviewState.OPEN or index > review.stage:
        return StageLine(
            stage.name, "later", decisions, stage_names.needed(stage), who, deputy=names.deputy(stage)
        )
    asked = asked or asking.of_one(review, at=at)
    if asked.is_named and not asked.nobody_left:  # the deputy has a line of their own
        who = who_is_asked(review, replace(asked, deputies=frozenset()))
    return StageLine(
        stage.name,
        "now",
        decisions,
        approvals=approvals(review, asked),
        who=who,
        due_at=review.stage_due_at,
        deputy=names.deputy(stage),
        deputy_asked=bool(asked.deputies),
        nobody_left=asked.nobody_left,
    )


def approvals(review: Review, asked: Asked) -> str:
    """ "1 of 2 approvals", of the stage that is waited for; empty where one is all it takes."""
    given = len(asking.approved_by(review))
    total = given + asking.missing(review, asked)
    if total == 1:
        return ""
    return _("%(given)s of %(total)s approvals") % {"given": given, "total": total}


def who_is_asked(review: Review, asked: Asked) -> str:
    """Those who are named and can decide, and the deputy once the stage is overdue; empty of a role."""
    return language.listed(asking.names(review, asked))


def _decision(decision: Decision, *, at: datetime) -> DecisionLine:
    if decision.kind != DecisionKind.APPROVE:
        return DecisionLine(decision)
    return DecisionLine(decision, _clears(decision, at=at), answers=_answers(decision))


def _clears(decision: Decision, *, at: datetime) -> str:
    return usage_status.clearance(
        uses=tuple(decision.uses),
        places=tuple(decision.territories),
        valid_until=decision.valid_until,
        embargo_until=decision.embargo_until,
        at=at,
    )


def _answers(decision: Decision) -> tuple[AnswerLine, ...]:
    return tuple(
        AnswerLine(
            kept["words"],
            str(_ANSWERS.get(kept["answer"], _UNANSWERED)),
            kept["note"],
            kept.get("evidence", ""),
            Document(**kept["document"]) if "document" in kept else None,
        )
        for kept in decision.checklist
    )


def sentence(review: Review, *, at: datetime) -> str:
    """What has come of it, in one sentence.

    Reads `review.version`, and `review.decisions` as `stages_of` does.
    """
    last = max(review.decisions.all(), key=lambda decision: (decision.stage, decision.pk), default=None)
    match ReviewState(review.state):
        case ReviewState.OPEN:
            waits_for = review.waits_for
            if waits_for.title:
                return _("Waiting for “%(stage)s”.") % {"stage": waits_for.title}
            return _("Waiting for the %(stage)s.") % {"stage": language.midsentence(waits_for.name)}
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
