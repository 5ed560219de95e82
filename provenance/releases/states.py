"""Where a release stands and which moves lead on. Pure: one table, no database."""

from enum import StrEnum


class ReleaseStatus(StrEnum):
    """The same values as catalog.ReleaseState, which a version keeps of its newest release."""

    SIGNING = "signing"  # approved; its file is being made
    READY = "ready"  # its file may leave, if the rights policy agrees
    FAILED = "failed"  # there is no file; signing again makes another release
    WITHDRAWN = "withdrawn"  # its approval was withdrawn
    SUPERSEDED = "superseded"  # a later release of the asset took its place


class ReleaseMove(StrEnum):
    KEEP = "keep"  # the file is signed, verified and stored
    FAIL = "fail"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"


TRANSITIONS: dict[tuple[ReleaseStatus, ReleaseMove], ReleaseStatus] = {
    (ReleaseStatus.SIGNING, ReleaseMove.KEEP): ReleaseStatus.READY,
    (ReleaseStatus.SIGNING, ReleaseMove.FAIL): ReleaseStatus.FAILED,
    (ReleaseStatus.SIGNING, ReleaseMove.WITHDRAW): ReleaseStatus.WITHDRAWN,
    (ReleaseStatus.SIGNING, ReleaseMove.SUPERSEDE): ReleaseStatus.SUPERSEDED,
    (ReleaseStatus.READY, ReleaseMove.WITHDRAW): ReleaseStatus.WITHDRAWN,
    (ReleaseStatus.READY, ReleaseMove.SUPERSEDE): ReleaseStatus.SUPERSEDED,
    # Whoever holds the file must hear that its approval is gone, whatever took its place since.
    (ReleaseStatus.SUPERSEDED, ReleaseMove.WITHDRAW): ReleaseStatus.WITHDRAWN,
}

# Of these a version has one at most.
LIVE = (ReleaseStatus.SIGNING, ReleaseStatus.READY)


class ImpossibleReleaseMove(Exception):
    """The table has no such move from where the release stands."""


def after(state: ReleaseStatus, move: ReleaseMove) -> ReleaseStatus:
    """Where the move leads. Raises ImpossibleReleaseMove."""
    try:
        return TRANSITIONS[state, move]
    except KeyError:
        raise ImpossibleReleaseMove(f"A release that is {state} knows no {move}.") from None


def sources(move: ReleaseMove) -> tuple[ReleaseStatus, ...]:
    """The states from which the move is possible, for conditional updates."""
    return tuple(source for source, each in TRANSITIONS if each == move)
