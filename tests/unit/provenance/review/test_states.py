"""The whole transition table, move by move."""

import pytest

from dam.catalog.models import Approval
from provenance.review import states
from provenance.review.states import Position, ReviewMove, ReviewState

BOTH = ("brand", "legal")
FIRST = Position(ReviewState.OPEN, 0, BOTH)
LAST = Position(ReviewState.OPEN, 1, BOTH)
ONE_OF_THREE, ONE_OF_TWO = (Position(ReviewState.OPEN, 0, BOTH, missing=missing) for missing in (3, 2))
LAST_OF_TWO = Position(ReviewState.OPEN, 1, BOTH, missing=2)


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


@pytest.mark.parametrize(
    ("position", "after"),
    [
        (ONE_OF_THREE, ONE_OF_TWO),
        (ONE_OF_TWO, FIRST),  # in the same stage, which waits for one more
        (FIRST, LAST),
        (LAST_OF_TWO, LAST),
        (LAST, Position(ReviewState.APPROVED, 1, BOTH)),
    ],
)
def test_an_approval_goes_on_when_the_stage_has_enough(position: Position, after: Position) -> None:
    assert states.after(position, ReviewMove.APPROVE) == after


@pytest.mark.parametrize("position", [ONE_OF_THREE, LAST_OF_TWO])
@pytest.mark.parametrize(
    "move", [each for each in ReviewMove if each not in (ReviewMove.APPROVE, ReviewMove.REVOKE)]
)
def test_anything_else_ends_a_review_however_many_approvals_it_waits_for(
    position: Position, move: ReviewMove
) -> None:
    assert states.after(position, move).state not in (ReviewState.OPEN, ReviewState.APPROVED)


@pytest.mark.parametrize("missing", [1, 2, 3])
@pytest.mark.parametrize("stage", [0, 1])
def test_there_is_one_way_for_an_approval_from_wherever_a_review_stands(stage: int, missing: int) -> None:
    position = Position(ReviewState.OPEN, stage, BOTH, missing=missing)
    ways = [
        each
        for each in states.TRANSITIONS
        if each.source == position.state and each.move == ReviewMove.APPROVE and each.guard(position)
    ]
    assert len(ways) == 1


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
