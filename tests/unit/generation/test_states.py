"""The moves of a generation job."""

import pytest

from generation import states
from generation.states import JobMove, JobState


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
