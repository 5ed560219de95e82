"""Every reason for a no has a step that helps, and what a review settles is none of its own."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dam.rights import policy, way_to_yes
from dam.rights.policy import Cause, Generator, Terms
from dam.rights.way_to_yes import Place
from provenance.review.states import SUBMITTABLE
from tests.unit.dam.rights.test_inheritance import asked, every_terms, generators


def test_every_reason_of_the_policy_has_a_step() -> None:
    assert set(way_to_yes.STEPS) == set(Cause)
    assert all(step.said() for step in way_to_yes.STEPS.values())


@given(
    own=every_terms,
    sources=st.lists(every_terms, max_size=3),
    models=st.lists(generators, max_size=2),
    question=asked,
    labelled=st.booleans(),
)
def test_every_no_has_a_way_to_a_yes(
    own: Terms, sources: list[Terms], models: list[Generator], question: dict[str, object], labelled: bool
) -> None:
    made = replace(own, inherited=policy.meet(own, sources, models))
    verdict = policy.decide(made, **question, labels=() if labelled else None)  # type: ignore[arg-type]
    assert bool(verdict.causes) is not verdict.allowed
    assert bool(way_to_yes.steps(verdict.causes)) is not verdict.allowed


def test_a_draft_is_sent_to_review_and_asks_for_nothing_wider() -> None:
    steps = way_to_yes.steps([Cause.DRAFT, Cause.USE, Cause.TERRITORY])
    assert [step.at for step in steps] == [Place.SEND]


def test_after_a_withdrawn_approval_the_same_version_is_sent_again() -> None:
    assert Cause.WITHDRAWN.value in SUBMITTABLE
    steps = way_to_yes.steps([Cause.WITHDRAWN, Cause.USE])
    assert [(step.said(), step.at) for step in steps] == [("Send it to review.", Place.SEND)]


def test_what_two_reasons_ask_for_is_one_step() -> None:
    assert len(way_to_yes.steps([Cause.USE, Cause.TERRITORY, Cause.NO_USE])) == 1
