"""Where a review stands and which moves lead on. Pure: one table, no database."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from dam.core.language import noop


class ReviewState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # taken back by the person who submitted it
    REVOKED = "revoked"  # approved once, no longer
    SUPERSEDED = "superseded"  # a newer version came before it was decided


LABELS = {
    ReviewState.OPEN: noop("Open"),
    ReviewState.APPROVED: noop("Approved"),
    ReviewState.CHANGES_REQUESTED: noop("Changes requested"),
    ReviewState.REJECTED: noop("Rejected"),
    ReviewState.WITHDRAWN: noop("Withdrawn"),
    ReviewState.REVOKED: noop("Approval withdrawn"),
    ReviewState.SUPERSEDED: noop("Replaced by a newer version"),
}


class DecisionKind(StrEnum):
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


DECISION_LABELS = {
    DecisionKind.APPROVE: noop("Approved"),
    DecisionKind.REQUEST_CHANGES: noop("Changes requested"),
    DecisionKind.REJECT: noop("Rejected"),
}


class ReviewMove(StrEnum):
    """What people do to a review; the first three are decisions, the last is done by adding a version."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    SUPERSEDE = "supersede"


@dataclass(frozen=True)
class Position:
    """A review's state and, while it is open, the index of the stage that is waited for.

    `missing`: how many approvals that stage still waits for. Of a stage that has only been reached it is one,
    until it is asked what the stage needs (provenance.review.asking.missing).
    """

    state: ReviewState
    stage: int
    stages: tuple[str, ...]
    missing: int = 1

    @property
    def stage_name(self) -> str:
        return self.stages[self.stage]

    @property
    def last_stage(self) -> bool:
        return self.stage == len(self.stages) - 1


def _more_approvals(position: Position) -> bool:
    return position.missing > 1


def _more_stages(position: Position) -> bool:
    return not _more_approvals(position) and not position.last_stage


def _last_approval(position: Position) -> bool:
    return not _more_approvals(position) and position.last_stage


def _always(position: Position) -> bool:
    return True


@dataclass(frozen=True)
class Transition:
    source: ReviewState
    move: ReviewMove
    target: ReviewState
    guard: Callable[[Position], bool] = _always
    onwards: bool = False  # to the next stage


TRANSITIONS = (
    Transition(ReviewState.OPEN, ReviewMove.APPROVE, ReviewState.OPEN, _more_approvals),
    Transition(ReviewState.OPEN, ReviewMove.APPROVE, ReviewState.OPEN, _more_stages, onwards=True),
    Transition(ReviewState.OPEN, ReviewMove.APPROVE, ReviewState.APPROVED, _last_approval),
    Transition(ReviewState.OPEN, ReviewMove.REQUEST_CHANGES, ReviewState.CHANGES_REQUESTED),
    Transition(ReviewState.OPEN, ReviewMove.REJECT, ReviewState.REJECTED),
    Transition(ReviewState.OPEN, ReviewMove.WITHDRAW, ReviewState.WITHDRAWN),
    Transition(ReviewState.OPEN, ReviewMove.SUPERSEDE, ReviewState.SUPERSEDED),
    Transition(ReviewState.APPROVED, ReviewMove.REVOKE, ReviewState.REVOKED),
)


class ImpossibleReviewMove(Exception):
    """The table has no such move from where the review stands."""


def after(position: Position, move: ReviewMove) -> Position:
    """Where the move leads. Raises ImpossibleReviewMove.

    Approving leaves the review open: in its stage while that waits for more approvals, then one stage on,
    until the last approval of the last stage.
    """
    for transition in TRANSITIONS:
        if transition.source == position.state and transition.move == move and transition.guard(position):
            stays = transition.target == ReviewState.OPEN and not transition.onwards
            return replace(
                position,
                state=transition.target,
                stage=position.stage + transition.onwards,
                missing=position.missing - 1 if stays else 1,
            )
    raise ImpossibleReviewMove(f"A review that is {LABELS[position.state].lower()} knows no {move}.")


# What each state means for the version: values of dam.catalog's Approval.
APPROVAL = {
    ReviewState.OPEN: "in_review",
    ReviewState.APPROVED: "approved",
    ReviewState.CHANGES_REQUESTED: "changes_requested",
    ReviewState.REJECTED: "rejected",
    ReviewState.WITHDRAWN: "draft",
    ReviewState.REVOKED: "withdrawn",
    ReviewState.SUPERSEDED: "draft",
}

# A version that was rejected stays rejected: what replaces it is another version.
SUBMITTABLE = ("draft", "changes_requested", "withdrawn")
