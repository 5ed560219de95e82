"""Each refusal, by itself, and the case beside it that is allowed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dam.accounts.capabilities import GRANTS, Capability, Role
from dam.catalog.models import Approval, Processing
from provenance.review import policies
from provenance.review.policies import Clearance, DecisionFacts, SubmissionFacts
from provenance.review.states import DecisionKind, Position, ReviewState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BOTH = ("brand", "legal")
NOTHING: frozenset[Capability] = frozenset()
MAKER, SUBMITTER, BRAND_REVIEWER, LEGAL_REVIEWER = 1, 2, 3, 4


def code(refusal: policies.Refusal | None) -> str | None:
    return refusal.code if refusal else None


SUBMISSION = SubmissionFacts(
    approval="draft", processing="ready", stages=BOTH, capabilities=GRANTS[Role.CREATOR]
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, None),
        ({"approval": "changes_requested"}, None),
        ({"approval": "withdrawn"}, None),
        ({"stages": ("legal",)}, None),
        ({"capabilities": GRANTS[Role.LIBRARIAN]}, None),
        ({"capabilities": GRANTS[Role.ADMIN]}, None),
        ({"capabilities": GRANTS[Role.VIEWER]}, "wrong_role"),
        ({"capabilities": GRANTS[Role.BRAND_REVIEWER]}, "wrong_role"),
        ({"capabilities": GRANTS[Role.LEGAL_REVIEWER]}, "wrong_role"),
        ({"capabilities": NOTHING}, "wrong_role"),
        ({"trashed": True}, "trashed"),
        ({"replaced": True}, "superseded"),
        ({"approval": "in_review"}, "in_review"),
        ({"approval": "approved"}, "approved"),
        ({"approval": "rejected"}, "rejected"),
        ({"processing": "waiting"}, "processing"),
        ({"processing": "running"}, "processing"),
        ({"processing": "failed"}, "processing_failed"),
        ({"stages": ()}, "no_stages"),
        ({"stages": ("brand", "tax")}, "no_stages"),
    ],
)
def test_submitting(change: dict[str, Any], expected: str | None) -> None:
    assert code(policies.refuse_submission(replace(SUBMISSION, **change))) == expected


def test_submitting_has_an_answer_for_every_approval_and_processing_state() -> None:
    for approval in Approval:
        for processing in Processing:
            policies.refuse_submission(replace(SUBMISSION, approval=approval, processing=processing))


FIRST_STAGE = DecisionFacts(
    position=Position(ReviewState.OPEN, 0, BOTH),
    capabilities=GRANTS[Role.BRAND_REVIEWER],
    person=BRAND_REVIEWER,
    made_by=MAKER,
    submitted_by=SUBMITTER,
    decided_by=(),
    submitted_sha256="a" * 64,
    content_sha256="a" * 64,
)
LAST_STAGE = replace(
    FIRST_STAGE,
    position=Position(ReviewState.OPEN, 1, BOTH),
    capabilities=GRANTS[Role.LEGAL_REVIEWER],
    person=LEGAL_REVIEWER,
    decided_by=(BRAND_REVIEWER,),
)


@pytest.mark.parametrize(
    ("facts", "change", "expected"),
    [
        (FIRST_STAGE, {}, None),
        (LAST_STAGE, {}, None),
        (FIRST_STAGE, {"capabilities": GRANTS[Role.VIEWER]}, "wrong_role"),
        (FIRST_STAGE, {"capabilities": GRANTS[Role.CREATOR]}, "wrong_role"),
        (FIRST_STAGE, {"capabilities": GRANTS[Role.LIBRARIAN]}, "wrong_role"),
        (FIRST_STAGE, {"capabilities": GRANTS[Role.ADMIN]}, "wrong_role"),
        (FIRST_STAGE, {"capabilities": NOTHING}, "wrong_role"),
        (FIRST_STAGE, {"capabilities": GRANTS[Role.LEGAL_REVIEWER]}, "wrong_stage"),
        (LAST_STAGE, {"capabilities": GRANTS[Role.BRAND_REVIEWER]}, "wrong_stage"),
        (FIRST_STAGE, {"person": MAKER}, "own_work"),
        (FIRST_STAGE, {"person": SUBMITTER}, "own_submission"),
        (LAST_STAGE, {"person": BRAND_REVIEWER}, "decided_before"),
        (FIRST_STAGE, {"asked": False}, "not_asked"),
        (LAST_STAGE, {"asked": False}, "not_asked"),
        *(
            (LAST_STAGE, {"capabilities": GRANTS[role], "asked": asked}, "wrong_role")
            for role in (Role.VIEWER, Role.CREATOR, Role.LIBRARIAN, Role.ADMIN)
            for asked in (True, False)
        ),
        (LAST_STAGE, {"capabilities": GRANTS[Role.BRAND_REVIEWER], "asked": True}, "wrong_stage"),
        (LAST_STAGE, {"person": MAKER, "asked": True}, "own_work"),
        (LAST_STAGE, {"person": SUBMITTER, "asked": True}, "own_submission"),
        (LAST_STAGE, {"person": BRAND_REVIEWER, "asked": True}, "decided_before"),
        (FIRST_STAGE, {"approved_by": {BRAND_REVIEWER}, "decided_by": {BRAND_REVIEWER}}, "approved_already"),
        (FIRST_STAGE, {"approved_by": {9}, "decided_by": {9}}, None),
        (FIRST_STAGE, {"content_sha256": "b" * 64}, "content_changed"),
        (FIRST_STAGE, {"trashed": True}, "trashed"),
        *(
            (FIRST_STAGE, {"position": Position(state, 0, BOTH)}, "closed")
            for state in ReviewState
            if state not in (ReviewState.OPEN, ReviewState.SUPERSEDED)
        ),
        (FIRST_STAGE, {"position": Position(ReviewState.SUPERSEDED, 0, BOTH)}, "superseded"),
    ],
)
def test_deciding(facts: DecisionFacts, change: dict[str, Any], expected: str | None) -> None:
    assert code(policies.refuse_decision(replace(facts, **change))) == expected


def test_a_reviewer_of_the_later_stage_is_told_to_wait() -> None:
    refusal = policies.refuse_decision(replace(FIRST_STAGE, capabilities=GRANTS[Role.LEGAL_REVIEWER]))
    assert refusal is not None
    assert refusal.sentence == "The legal review starts after the brand review."


def test_a_reviewer_of_an_earlier_and_a_later_stage_is_told_of_what_is_to_come() -> None:
    market = Position(ReviewState.OPEN, 1, ("legal", "brand", "legal"))
    facts = replace(FIRST_STAGE, position=market, capabilities=GRANTS[Role.LEGAL_REVIEWER])
    refusal = policies.refuse_decision(facts)
    assert refusal is not None
    assert refusal.sentence == "The legal review starts after the brand review."


def test_who_must_decide_is_named() -> None:
    refusal = policies.refuse_decision(replace(FIRST_STAGE, asked=False, who="Legal FR"))
    assert refusal is not None
    assert refusal.sentence == "Legal FR must decide this stage."


def test_a_reviewer_of_the_earlier_stage_is_told_that_it_is_done() -> None:
    refusal = policies.refuse_decision(replace(LAST_STAGE, capabilities=GRANTS[Role.BRAND_REVIEWER]))
    assert refusal is not None
    assert refusal.sentence == "The brand review is done. The legal review is next."


def test_a_decision_is_about_the_bytes_that_were_seen() -> None:
    assert policies.refuse_content(seen_sha256="a" * 64, content_sha256="a" * 64) is None
    assert code(policies.refuse_content(seen_sha256="b" * 64, content_sha256="a" * 64)) == "content_changed"
    assert code(policies.refuse_content(seen_sha256="", content_sha256="a" * 64)) == "content_changed"


CLEARANCE = Clearance(("web",), ("DE",), NOW + DAY)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, None),
        ({"valid_until": None}, None),
        ({"territories": ("worldwide",)}, None),
        ({"uses": ()}, "no_uses"),
        ({"uses": ("web", "skywriting")}, "unknown_use"),
        ({"territories": ()}, "no_territories"),
        ({"territories": ("DE", "XX")}, "unknown_territory"),
        ({"valid_until": NOW}, "past_date"),
    ],
)
def test_an_approval_says_what_it_clears(change: dict[str, Any], expected: str | None) -> None:
    refusal = policies.refuse_answer(
        DecisionKind.APPROVE, comment="", clearance=replace(CLEARANCE, **change), before=None, at=NOW
    )
    assert code(refusal) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, None),
        ({"territories": ("EU",)}, None),
        ({"uses": ("web", "broadcast")}, "wider"),
        ({"territories": ("CH",)}, "wider"),
        ({"territories": ("worldwide",)}, "wider"),
        ({"valid_until": NOW + 3 * DAY}, "wider"),
        ({"valid_until": None}, "wider"),
    ],
)
def test_a_later_stage_narrows_and_never_widens(change: dict[str, Any], expected: str | None) -> None:
    before = Clearance(("web", "social"), ("EU",), NOW + 2 * DAY)
    refusal = policies.refuse_answer(
        DecisionKind.APPROVE, comment="", clearance=replace(CLEARANCE, **change), before=before, at=NOW
    )
    assert code(refusal) == expected


@pytest.mark.parametrize(
    ("first_day", "expected"),
    [
        (NOW + DAY, None),
        (NOW + 1.5 * DAY, None),
        (NOW + 0.5 * DAY, "wider"),
        (None, "wider"),
        (NOW + 2 * DAY, "no_time"),
    ],
)
def test_a_later_stage_may_begin_later_and_never_earlier(
    first_day: datetime | None, expected: str | None
) -> None:
    before = Clearance(("web",), ("EU",), NOW + 2 * DAY, NOW + DAY)
    clearance = replace(before, embargo_until=first_day)
    refusal = policies.refuse_answer(
        DecisionKind.APPROVE, comment="", clearance=clearance, before=before, at=NOW
    )
    assert code(refusal) == expected


def test_an_earlier_stage_s_first_day_that_has_come_binds_nobody() -> None:
    before = Clearance(("web",), ("EU",), None, NOW - DAY)
    clearance = replace(before, embargo_until=None)
    refusal = policies.refuse_answer(
        DecisionKind.APPROVE, comment="", clearance=clearance, before=before, at=NOW
    )
    assert refusal is None


@pytest.mark.parametrize("kind", [DecisionKind.REQUEST_CHANGES, DecisionKind.REJECT])
@pytest.mark.parametrize(("comment", "expected"), [("The logo is wrong", None), ("  \n", "no_comment")])
def test_saying_no_needs_a_reason(kind: DecisionKind, comment: str, expected: str | None) -> None:
    nothing = Clearance((), ())
    refusal = policies.refuse_answer(kind, comment=comment, clearance=nothing, before=None, at=NOW)
    assert code(refusal) == expected


@pytest.mark.parametrize(
    ("state", "person", "role", "expected"),
    [
        (ReviewState.OPEN, SUBMITTER, Role.CREATOR, None),
        (ReviewState.OPEN, 9, Role.ADMIN, None),
        (ReviewState.OPEN, 9, Role.CREATOR, "not_submitter"),
        (ReviewState.OPEN, BRAND_REVIEWER, Role.BRAND_REVIEWER, "not_submitter"),
        (ReviewState.OPEN, SUBMITTER, None, "not_submitter"),  # has left the brand since
        (ReviewState.APPROVED, SUBMITTER, Role.CREATOR, "closed"),
        (ReviewState.WITHDRAWN, SUBMITTER, Role.CREATOR, "closed"),
    ],
)
def test_withdrawing(state: ReviewState, person: int, role: Role | None, expected: str | None) -> None:
    may = GRANTS[role] if role else NOTHING
    refusal = policies.refuse_withdrawal(state=state, person=person, submitted_by=SUBMITTER, capabilities=may)
    assert code(refusal) == expected


@pytest.mark.parametrize(
    ("approval", "role", "reason", "expected"),
    [
        ("approved", Role.BRAND_REVIEWER, "Licence ended", None),
        ("approved", Role.LEGAL_REVIEWER, "Licence ended", None),
        ("approved", Role.ADMIN, "Licence ended", None),
        ("approved", Role.CREATOR, "Licence ended", "wrong_role"),
        ("approved", Role.VIEWER, "Licence ended", "wrong_role"),
        ("approved", Role.LIBRARIAN, "Licence ended", "wrong_role"),
        ("approved", None, "Licence ended", "wrong_role"),
        ("approved", Role.ADMIN, "   ", "no_reason"),
        ("draft", Role.ADMIN, "Licence ended", "not_approved"),
        ("withdrawn", Role.ADMIN, "Licence ended", "not_approved"),
    ],
)
def test_revoking(approval: str, role: Role | None, reason: str, expected: str | None) -> None:
    may = GRANTS[role] if role else NOTHING
    assert code(policies.refuse_revocation(approval=approval, capabilities=may, reason=reason)) == expected
