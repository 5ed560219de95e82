"""The moves of a generation job."""

import pytest

from generation import states
from generation.states import JobMove, JobState, Phase


def test_a_job_that_goes_well_ends_done() -> None:
    state = JobState.REQUESTED
    for move in (JobMove.CLAIM, JobMove.SIGN, JobMove.FINISH):
        state = states.after(state, move)
    assert state == JobState.DONE


@pytest.mark.parametrize("state", states.WORKING)
def test_a_released_job_waits_for_a_worker_again(state: JobState) -> None:
    assert states.after(state, JobMove.RELEASE) == JobState.REQUESTED


@pytest.mark.parametrize("state", states.OPEN)
def test_every_open_job_can_fail(state: JobState) -> None:
    assert states.after(state, JobMove.FAIL) == JobState.FAILED


@pytest.mark.parametrize("move", JobMove)
def test_nothing_leads_out_of_done(move: JobMove) -> None:
    with pytest.raises(states.ImpossibleJobMove, match="done"):
        states.after(JobState.DONE, move)


def test_a_claimed_job_cannot_be_claimed_again() -> None:
    with pytest.raises(states.ImpossibleJobMove):
        states.after(JobState.GENERATING, JobMove.CLAIM)


@pytest.mark.parametrize(
    ("state", "possible"),
    [("requested", True), ("generating", True), ("signing", False), ("done", False), ("failed", False)],
)
def test_a_job_can_be_cancelled_until_it_is_signed(state: str, possible: bool) -> None:
    assert states.can_cancel(JobState(state)) is possible


def test_only_what_failed_or_was_cancelled_is_retried() -> None:
    assert [state for state in JobState if states.can_retry(state)] == [JobState.FAILED, JobState.CANCELLED]


def test_every_state_has_a_label() -> None:
    assert set(states.LABELS) == set(JobState)


def test_phases_are_entered_forwards_alone() -> None:
    order = list(Phase)
    for place, phase in enumerate(order):
        assert states.before(phase) == ("", *order[:place])


def test_a_phase_belongs_to_one_state_that_a_worker_has() -> None:
    assert set(states.PHASES) == set(states.PHASE_LABELS) == set(Phase)
    assert set(states.PHASES.values()) == set(states.WORKING)


@pytest.mark.parametrize(
    ("state", "phase", "words"),
    [
        ("requested", "decoding", "Waiting for a worker"),  # left by a release that knows no phases
        ("generating", "", "Generating"),
        ("generating", "decoding", "Decoding"),
        ("signing", "running", "Encoding and signing"),
        ("signing", "signing", "Signing"),
        ("generating", "dreaming", "Generating"),
    ],
)
def test_what_is_said_of_a_phase(state: str, phase: str, words: str) -> None:
    assert states.label(JobState(state), phase) == words
