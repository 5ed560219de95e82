"""The whole transition table, move by move."""

import pytest

from dam.catalog.models import Approval
from provenance.review import states
from provenance.review.states import Position, ReviewMove, ReviewState

BOTH = ("brand", "legal")
FIRST = Position(ReviewState.OPEN, 0, BOTH)
LAST = Position(ReviewState.OPEN, 1, BOTH)


@pytest.mark.parametrize(
    ("position", "move", "state", "stage"),
    [
        (FIRST, ReviewMove.APPROVE, ReviewState.OPEN, 1),
        (LAST, ReviewMove.APPROVE, ReviewState.APPROVED, 1),
        (Position(ReviewState.OPEN, 0, ("legal",)), ReviewMove.APPROVE, ReviewState.APPROVED, 0),
        (FIRST, ReviewMove.REQUEST_CHANGES, ReviewState.CHANGES_REQUESTED, 0),
        (LAST, ReviewMove.REQUEST_CHANGES, ReviewState.CHANGES_REQUESTED, 1),
        (FIRST, ReviewMove.REJECT, ReviewState.REJECTED, 0),
        (LAST, ReviewMove.REJECT, ReviewState.REJECTED, 1),
        (FIRST, ReviewMove.WITHDRAW, ReviewState.WITHDRAWN, 0),
        (LAST, ReviewMove.WITHDRAW, ReviewState.WITHDRAWN, 1),
        (FIRST, ReviewMove.SUPERSEDE, ReviewState.SUPERSEDED, 0),
        (LAST, ReviewMove.SUPERSEDE, ReviewState.SUPERSEDED, 1),
        (Position(ReviewState.APPROVED, 1, BOTH), ReviewMove.REVOKE, ReviewState.REVOKED, 1),
    ],
)
def test_where_a_move_leads(position: Position, move: ReviewMove, state: ReviewState, stage: int) -> None:
    assert states.after(position, move) == Position(
        state, stage, BOTH if len(position.stages) == 2 else ("legal",)
    )


ALLOWED = {
    ReviewState.OPEN: {
        ReviewMove.APPROVE,
        ReviewMove.REQUEST_CHANGES,
        ReviewMove.REJECT,
        ReviewMove.WITHDRAW,
        ReviewMove.SUPERSEDE,
    },
    ReviewState.APPROVED: {ReviewMove.REVOKE},
}
IMPOSSIBLE = [
    (state, move) for state in ReviewState for move in ReviewMove if move not in ALLOWED.get(state, set())
]


@pytest.mark.parametrize(("state", "move"), IMPOSSIBLE)
def test_every_other_move_is_impossible(state: ReviewState, move: ReviewMove) -> None:
    with pytest.raises(states.ImpossibleReviewMove):
        states.after(Position(state, 0, BOTH), move)


def test_every_state_means_one_approval_of_the_version() -> None:
    assert set(states.APPROVAL) == set(ReviewState)
    assert {Approval(value) for value in states.APPROVAL.values()} == set(Approval)


def test_what_may_be_submitted_is_an_approval_and_never_open_or_final() -> None:
    refused = {Approval.IN_REVIEW, Approval.APPROVED, Approval.REJECTED}
    assert {Approval(value) for value in states.SUBMITTABLE} == set(Approval) - refused


def test_every_state_and_decision_has_words() -> None:
    assert set(states.LABELS) == set(ReviewState)
    assert set(states.DECISION_LABELS) == set(states.DecisionKind)
