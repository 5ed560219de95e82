"""Asking for takes and cancelling them."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from generation import jobs
from generation.generators.base import Cancelled
from generation.models import GenerationJob
from generation.states import JobState
from tests.factories import BrandFactory, member
from tests.integration.generation.briefs import BRIEF

pytestmark = pytest.mark.django_db


def state_of(job: GenerationJob) -> str:
    return GenerationJob.objects.get(pk=job.pk).state


def test_a_request_is_stored_recorded_and_sent(brand: Brand, creator: Member, sent: list[str]) -> None:
    (job,) = jobs.request(by=creator, brief=BRIEF)
    assert state_of(job) == JobState.REQUESTED
    assert sent == [str(job.pk)]
    event = Event.objects.get(verb="job.requested")
    assert (event.actor, event.data["job"], event.data["seed"]) == (creator.user, str(job.pk), 7)


def test_takes_count_the_seed_up(brand: Brand, creator: Member, sent: list[str]) -> None:
    made = jobs.request(by=creator, brief=replace(BRIEF, takes=3))
    assert [(job.take, job.seed) for job in made] == [(1, 7), (2, 8), (3, 9)]
    assert len({job.brief for job in made}) == 1
    assert len(sent) == 3


def test_the_seed_after_the_largest_is_nought(brand: Brand, creator: Member) -> None:
    made = jobs.request(by=creator, brief=replace(BRIEF, seed=2**32 - 1, takes=2))
    assert [job.seed for job in made] == [2**32 - 1, 0]


def test_without_a_seed_chance_chooses_and_the_choice_is_kept(brand: Brand, creator: Member) -> None:
    made = jobs.request(by=creator, brief=replace(BRIEF, seed=None, takes=4))
    assert len({job.seed for job in made}) == 4


def test_a_form_sent_twice_asks_once(brand: Brand, creator: Member, sent: list[str]) -> None:
    key = uuid4()
    first = jobs.request(by=creator, brief=replace(BRIEF, takes=2), key=key)
    second = jobs.request(by=creator, brief=replace(BRIEF, takes=2), key=key)
    assert [job.pk for job in first] == [job.pk for job in second]
    assert len(sent) == 2
    assert Event.objects.filter(verb="job.requested").count() == 2


def test_the_same_key_of_somebody_else_is_another_brief(brand: Brand, creator: Member) -> None:
    key = uuid4()
    mine = jobs.request(by=creator, brief=BRIEF, key=key)
    theirs = jobs.request(by=member(brand), brief=BRIEF, key=key)
    assert mine[0].pk != theirs[0].pk


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BRAND_REVIEWER, Role.LEGAL_REVIEWER])
def test_who_does_not_make_clips_may_not_ask_for_one(brand: Brand, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        jobs.request(by=member(brand, role), brief=BRIEF)
    assert not GenerationJob.objects.exists()


def test_a_clip_is_made_for_the_brand_of_who_asks(brand: Brand) -> None:
    elsewhere = member(BrandFactory.create())
    assert jobs.request(by=elsewhere, brief=BRIEF)[0].brand == elsewhere.brand != brand


def test_a_waiting_job_is_cancelled_at_once(job: GenerationJob, creator: Member) -> None:
    jobs.cancel(job, by=creator)
    assert state_of(job) == JobState.CANCELLED
    assert jobs.claim(job.pk) is None
    assert Event.objects.filter(verb="job.cancelled", actor=creator.user).count() == 1


def test_a_running_job_is_asked_to_stop(claimed: GenerationJob, creator: Member) -> None:
    jobs.cancel(claimed, by=creator)
    assert state_of(claimed) == JobState.GENERATING
    with pytest.raises(Cancelled):
        jobs.obey(claimed)
    jobs.stop(claimed)
    assert state_of(claimed) == JobState.CANCELLED


def test_cancelling_twice_is_recorded_once(claimed: GenerationJob, creator: Member) -> None:
    jobs.cancel(claimed, by=creator)
    jobs.cancel(claimed, by=creator)
    assert Event.objects.filter(verb="job.cancelled").count() == 1


def test_a_job_that_is_being_signed_is_not_cancelled(claimed: GenerationJob, creator: Member) -> None:
    jobs.begin_signing(claimed)
    with pytest.raises(jobs.TooLate, match="signing"):
        jobs.cancel(claimed, by=creator)


def test_a_cancelled_job_does_not_reach_signing(claimed: GenerationJob, creator: Member) -> None:
    jobs.cancel(claimed, by=creator)
    with pytest.raises(Cancelled):
        jobs.begin_signing(claimed)


@pytest.mark.parametrize("act", [jobs.cancel, jobs.retry])
def test_viewers_and_creators_of_another_brand_neither_cancel_nor_retry(
    job: GenerationJob, act: object
) -> None:
    for person in (member(job.brand, Role.VIEWER), member(BrandFactory.create(), Role.CREATOR)):
        with pytest.raises(PermissionDenied):
            act(job, by=person)  # type: ignore[operator]


def test_a_failed_job_says_why_and_can_be_tried_again(
    claimed: GenerationJob, creator: Member, sent: list[str]
) -> None:
    jobs.fail(claimed, reason="Not enough memory.")
    failed = GenerationJob.objects.get(pk=claimed.pk)
    assert (failed.state, failed.reason) == (JobState.FAILED, "Not enough memory.")
    assert Event.objects.get(verb="job.failed").data["reason"] == "Not enough memory."
    jobs.retry(failed, by=creator)
    again = GenerationJob.objects.get(pk=claimed.pk)
    assert (again.state, again.seed, again.reason, again.attempts) == (JobState.REQUESTED, 7, "", 0)
    assert sent == [str(claimed.pk)]


def test_a_waiting_job_is_not_retried(job: GenerationJob, creator: Member) -> None:
    with pytest.raises(jobs.TooLate):
        jobs.retry(job, by=creator)
