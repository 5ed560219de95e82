import pytest

from dam.catalog.models import ReleaseState
from provenance.releases import states
from provenance.releases.states import ImpossibleReleaseMove, ReleaseMove, ReleaseStatus


def test_a_signed_release_is_ready_until_it_ends() -> None:
    ready = states.after(ReleaseStatus.SIGNING, ReleaseMove.KEEP)
    assert states.after(ready, ReleaseMove.SUPERSEDE) == ReleaseStatus.SUPERSEDED
    assert states.after(ready, ReleaseMove.WITHDRAW) == ReleaseStatus.WITHDRAWN


def test_a_superseded_release_can_still_be_withdrawn() -> None:
    assert states.after(ReleaseStatus.SUPERSEDED, ReleaseMove.WITHDRAW) == ReleaseStatus.WITHDRAWN


@pytest.mark.parametrize("state", [ReleaseStatus.FAILED, ReleaseStatus.WITHDRAWN])
@pytest.mark.parametrize("move", ReleaseMove)
def test_what_has_failed_or_was_withdrawn_goes_nowhere(state: ReleaseStatus, move: ReleaseMove) -> None:
    with pytest.raises(ImpossibleReleaseMove):
        states.after(state, move)


def test_only_what_is_being_signed_can_fail() -> None:
    assert states.sources(ReleaseMove.FAIL) == (ReleaseStatus.SIGNING,)


def test_a_version_can_keep_every_state_as_its_fact() -> None:
    assert {state.value for state in ReleaseStatus} == set(ReleaseState.values) - {""}
