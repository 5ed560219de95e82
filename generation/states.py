"""Where a generation job stands and which moves lead on. Pure: one table, no database."""

from enum import StrEnum

from dam.core.language import noop


class JobState(StrEnum):
    REQUESTED = "requested"
    GENERATING = "generating"
    SIGNING = "signing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """What the worker that has a job does with it, in this order."""

    LOADING = "loading"  # the model and what the take begins with
    RUNNING = "running"  # step by step
    DECODING = "decoding"  # latents to frames; the latents are saved by now
    ENCODING = "encoding"  # frames to a file
    SIGNING = "signing"


class ReproductionState(StrEnum):
    """Of a take that is made again to see whether it comes out the same."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"  # it has a verdict
    FAILED = "failed"
    CANCELLED = "cancelled"


class CutState(StrEnum):
    """Of a cut of clips: a draft until somebody has it made."""

    DRAFT = "draft"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


CUT_LABELS = {
    CutState.DRAFT: noop("Draft"),
    CutState.WAITING: noop("Waiting for a worker"),
    CutState.RUNNING: noop("Being made"),
    CutState.DONE: noop("Done"),
    CutState.FAILED: noop("Failed"),
    CutState.CANCELLED: noop("Cancelled"),
}
CUT_UNDER_WAY = (CutState.WAITING, CutState.RUNNING)


class FetchState(StrEnum):
    """Of a generator that is fetched from the hub."""

    WAITING = "waiting"
    FETCHING = "fetching"
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FETCH_LABELS = {
    FetchState.WAITING: noop("Waiting for a worker"),
    FetchState.FETCHING: noop("Downloading"),
    FetchState.CHECKING: noop("Checking"),
    FetchState.DONE: noop("Done"),
    FetchState.FAILED: noop("Failed"),
    FetchState.CANCELLED: noop("Cancelled"),
}
FETCH_OPEN = (FetchState.WAITING, FetchState.FETCHING, FetchState.CHECKING)


LABELS = {
    JobState.REQUESTED: noop("Waiting for a worker"),
    JobState.GENERATING: noop("Generating"),
    JobState.SIGNING: noop("Encoding and signing"),
    JobState.DONE: noop("Done"),
    JobState.FAILED: noop("Failed"),
    JobState.CANCELLED: noop("Cancelled"),
}

PHASE_LABELS = {
    Phase.LOADING: noop("Loading the model"),
    Phase.RUNNING: noop("Generating"),
    Phase.DECODING: noop("Decoding"),
    Phase.ENCODING: noop("Encoding"),
    Phase.SIGNING: noop("Signing"),
}

# The state of a job in each phase. A phase is entered from any earlier one, never from a later one: a job
# whose latents were saved goes from loading to decoding.
PHASES: dict[Phase, JobState] = {
    Phase.LOADING: JobState.GENERATING,
    Phase.RUNNING: JobState.GENERATING,
    Phase.DECODING: JobState.GENERATING,
    Phase.ENCODING: JobState.SIGNING,
    Phase.SIGNING: JobState.SIGNING,
}

WORKING = (JobState.GENERATING, JobState.SIGNING)  # a worker has it
OPEN = (JobState.REQUESTED, *WORKING)


class JobMove(StrEnum):
    CLAIM = "claim"  # a worker takes it
    SIGN = "sign"  # the frames are there
    FINISH = "finish"
    FAIL = "fail"
    WITHDRAW = "withdraw"  # a person cancels it before a worker has it
    STOP = "stop"  # its worker obeys a cancellation
    RELEASE = "release"  # its worker gives it back, or is gone
    RETRY = "retry"  # a person asks for it once more


# Each move leads to one state, from any of a few.
MOVES: dict[JobMove, tuple[tuple[JobState, ...], JobState]] = {
    JobMove.CLAIM: ((JobState.REQUESTED,), JobState.GENERATING),
    JobMove.SIGN: ((JobState.GENERATING,), JobState.SIGNING),
    JobMove.FINISH: ((JobState.SIGNING,), JobState.DONE),
    JobMove.FAIL: (OPEN, JobState.FAILED),
    JobMove.WITHDRAW: ((JobState.REQUESTED,), JobState.CANCELLED),
    JobMove.STOP: (WORKING, JobState.CANCELLED),
    JobMove.RELEASE: (WORKING, JobState.REQUESTED),
    JobMove.RETRY: ((JobState.FAILED, JobState.CANCELLED), JobState.REQUESTED),
}


class ImpossibleJobMove(Exception):
    """The table has no such move from where the job stands."""


def sources(move: JobMove) -> tuple[JobState, ...]:
    """The states the move is possible from: the condition of its update."""
    return MOVES[move][0]


def target(move: JobMove) -> JobState:
    return MOVES[move][1]


def after(state: JobState, move: JobMove) -> JobState:
    """Where the move leads. Raises ImpossibleMove."""
    if state not in sources(move):
        raise ImpossibleJobMove(f"A job that is {LABELS[state].lower()} knows no {move}.")
    return target(move)


def before(phase: Phase) -> tuple[str, ...]:
    """The phases that it is entered from; "" is that of a job which a release without phases claimed."""
    order = list(Phase)
    return ("", *order[: order.index(phase)])


def label(state: JobState, phase: str) -> str:
    """What people read of a job that stands there, to be translated."""
    if state in WORKING and phase in list(Phase) and PHASES[Phase(phase)] is state:
        return PHASE_LABELS[Phase(phase)]
    return LABELS[state]


def can_cancel(state: JobState) -> bool:
    """Once it is being signed the clip is as good as there: trash the asset instead."""
    return state in (JobState.REQUESTED, JobState.GENERATING)


def can_retry(state: JobState) -> bool:
    return state in sources(JobMove.RETRY)
