"""Where a generation job stands and which moves lead on. Pure: one table, no database."""

from enum import StrEnum


class JobState(StrEnum):
    REQUESTED = "requested"
    GENERATING = "generating"
    SIGNING = "signing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


LABELS = {
    JobState.REQUESTED: "Waiting for a worker",
    JobState.GENERATING: "Generating",
    JobState.SIGNING: "Encoding and signing",
    JobState.DONE: "Done",
    JobState.FAILED: "Failed",
    JobState.CANCELLED: "Cancelled",
}

WORKING = (JobState.GENERATING, JobState.SIGNING)  # a worker has it
OPEN = (JobState.REQUESTED, *WORKING)


class Move(StrEnum):
    CLAIM = "claim"  # a worker takes it
    SIGN = "sign"  # the frames are there
    FINISH = "finish"
    FAIL = "fail"
    WITHDRAW = "withdraw"  # a person cancels it before a worker has it
    STOP = "stop"  # its worker obeys a cancellation
    RELEASE = "release"  # its worker gives it back, or is gone
    RETRY = "retry"  # a person asks for it once more


# Each move leads to one state, from any of a few.
MOVES: dict[Move, tuple[tuple[JobState, ...], JobState]] = {
    Move.CLAIM: ((JobState.REQUESTED,), JobState.GENERATING),
    Move.SIGN: ((JobState.GENERATING,), JobState.SIGNING),
    Move.FINISH: ((JobState.SIGNING,), JobState.DONE),
    Move.FAIL: (OPEN, JobState.FAILED),
    Move.WITHDRAW: ((JobState.REQUESTED,), JobState.CANCELLED),
    Move.STOP: (WORKING, JobState.CANCELLED),
    Move.RELEASE: (WORKING, JobState.REQUESTED),
    Move.RETRY: ((JobState.FAILED, JobState.CANCELLED), JobState.REQUESTED),
}


class ImpossibleMove(Exception):
    """The table has no such move from where the job stands."""


def sources(move: Move) -> tuple[JobState, ...]:
    """The states the move is possible from: the condition of its update."""
    return MOVES[move][0]


def target(move: Move) -> JobState:
    return MOVES[move][1]


def after(state: JobState, move: Move) -> JobState:
    """Where the move leads. Raises ImpossibleMove."""
    if state not in sources(move):
        raise ImpossibleMove(f"A job that is {LABELS[state].lower()} knows no {move}.")
    return target(move)


def can_cancel(state: JobState) -> bool:
    """Once it is being signed the clip is as good as there: trash the asset instead."""
    return state in (JobState.REQUESTED, JobState.GENERATING)


def can_retry(state: JobState) -> bool:
    return state in sources(Move.RETRY)
