"""A job in the hands of its worker, and what happens when the worker is gone."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from dam.accounts.principals import Member
from generation import jobs, previews, runner
from generation.models import GenerationJob
from generation.states import JobState
from tests.factories import VersionFactory
from tests.integration.generation.briefs import reload

pytestmark = pytest.mark.django_db


def lose_worker(job: GenerationJob) -> None:
    """As if its worker had died two minutes ago."""
    GenerationJob.objects.filter(pk=job.pk).update(progressed_at=timezone.now() - timedelta(minutes=2))


def test_of_two_workers_one_gets_the_job(job: GenerationJob) -> None:
    assert jobs.claim(job.pk) is not None
    assert jobs.claim(job.pk) is None


def test_a_step_keeps_progress_and_preview(claimed: GenerationJob) -> None:
    jobs.step(claimed, 3, preview=b"jpeg")
    assert reload(claimed).step == 3
    assert previews.find(claimed.pk) == b"jpeg"


def test_a_finished_job_leads_to_its_version(claimed: GenerationJob) -> None:
    version = VersionFactory.create(asset__brand=claimed.brand)
    jobs.step(claimed, 3)
    jobs.begin_signing(claimed)
    jobs.finish(claimed, version)
    job = reload(claimed)
    assert (job.state, job.version, job.step) == (JobState.DONE, version, job.steps)


def test_a_cancelled_job_leaves_no_preview(claimed: GenerationJob) -> None:
    jobs.step(claimed, 3, preview=b"jpeg")
    jobs.stop(claimed)
    assert previews.find(claimed.pk) is None


def test_a_job_whose_worker_lives_is_left_alone(claimed: GenerationJob, sent: list[str]) -> None:
    assert jobs.recover() == 0
    assert reload(claimed).state == JobState.GENERATING


@pytest.mark.parametrize("signing", [False, True])
def test_a_job_whose_worker_died_is_sent_again(
    claimed: GenerationJob, sent: list[str], signing: bool
) -> None:
    if signing:
        jobs.begin_signing(claimed)
    lose_worker(claimed)
    assert jobs.recover() == 1
    assert sent == [str(claimed.pk)]
    again = jobs.claim(claimed.pk)
    assert again is not None
    assert (again.attempts, again.seed, again.step) == (2, claimed.seed, 0)


@pytest.mark.parametrize("end", ["given back", "lost"])
def test_a_take_being_made_with_less_memory_waits_in_turn_once_its_worker_is_gone(
    claimed: GenerationJob, sent: list[str], end: str
) -> None:
    jobs.spare_memory(claimed, made_with={"offloaded": True}, reason=runner.SPARING)
    if end == "given back":
        jobs.release(claimed)
    else:
        lose_worker(claimed)
        jobs.recover()
    assert sent == [str(claimed.pk)]
    again = jobs.claim_next()
    assert again is not None
    assert (again.pk, again.made_with, again.tiled) == (claimed.pk, {"offloaded": True}, True)


def test_a_cancelled_take_no_longer_says_that_it_is_made_again(claimed: GenerationJob) -> None:
    jobs.spare_memory(claimed, made_with={"offloaded": True}, reason=runner.SPARING)
    jobs.stop(claimed)
    assert (reload(claimed).state, reload(claimed).reason) == (JobState.CANCELLED, "")


def test_a_beating_worker_keeps_its_job(claimed: GenerationJob) -> None:
    lose_worker(claimed)
    assert jobs.beat(claimed)
    assert jobs.recover() == 0


def test_the_worker_that_was_given_up_may_write_no_more(claimed: GenerationJob) -> None:
    lose_worker(claimed)
    jobs.recover()
    jobs.claim(claimed.pk)
    assert not jobs.beat(claimed)
    with pytest.raises(jobs.Lost):
        jobs.obey(claimed)
    with pytest.raises(jobs.Lost):
        jobs.step(claimed, 5)
    with pytest.raises(jobs.Lost):
        jobs.fail(claimed, reason="late")
    assert reload(claimed).step == 0


def test_a_job_that_lost_three_workers_fails(claimed: GenerationJob, sent: list[str]) -> None:
    for _ in range(2):
        lose_worker(claimed)
        jobs.recover()
        jobs.claim(claimed.pk)
    lose_worker(claimed)
    jobs.recover()
    job = reload(claimed)
    assert job.state == JobState.FAILED
    assert "3 times" in job.reason


def test_a_cancelled_job_whose_worker_died_is_not_sent_again(
    claimed: GenerationJob, creator: Member, sent: list[str]
) -> None:
    jobs.cancel(claimed, by=creator)
    lose_worker(claimed)
    jobs.recover()
    assert reload(claimed).state == JobState.CANCELLED
    assert sent == []


def test_a_job_given_back_does_not_count_as_a_try(claimed: GenerationJob, sent: list[str]) -> None:
    jobs.release(claimed)
    assert sent == [str(claimed.pk)]
    again = jobs.claim(claimed.pk)
    assert again is not None
    assert again.attempts == 1


def test_a_job_the_broker_forgot_is_sent_again_once(job: GenerationJob, sent: list[str]) -> None:
    GenerationJob.objects.update(due_at=timezone.now())
    assert jobs.recover() == 1
    assert jobs.recover() == 0
    assert sent == [str(job.pk)]


def test_a_long_queue_is_not_multiplied(job: GenerationJob, sent: list[str]) -> None:
    """A day in the queue, asked for every minute: a few messages, not one each half hour."""
    at = timezone.now()
    for minute in range(24 * 60):
        jobs.recover(at=at + timedelta(minutes=minute))
    assert len(sent) <= 6


def test_a_job_that_was_put_back_waits_until_it_is_due(claimed: GenerationJob, sent: list[str]) -> None:
    jobs.put_back(claimed, reason="Storage was out of reach.")
    waiting = reload(claimed)
    assert (waiting.state, waiting.attempts) == (JobState.REQUESTED, 0)
    assert "try again" in waiting.reason
    assert jobs.claim_next() is None
    assert jobs.recover() == 0
    assert jobs.recover(at=timezone.now() + timedelta(minutes=1)) == 1
    assert (reload(claimed).reason, sent) == ("", [str(claimed.pk)])
    assert jobs.claim_next() is not None


def test_an_outage_that_does_not_end_fails_the_job_in_plain_words(claimed: GenerationJob) -> None:
    for _ in range(12):
        jobs.put_back(claimed, reason="Storage was out of reach.")
        jobs.recover(at=timezone.now() + timedelta(days=1))
        claimed = jobs.claim(claimed.pk) or claimed
    assert (reload(claimed).state, reload(claimed).reason) == (
        JobState.FAILED,
        "Storage was out of reach. Reelproof tried 12 times.",
    )


def test_a_dead_worker_is_noticed_within_half_a_minute() -> None:
    every = float(str(settings.CELERY_BEAT_SCHEDULE["recover-jobs"]["schedule"]))
    assert jobs.LOST_AFTER.total_seconds() + every <= 30
    assert jobs.LOST_AFTER.total_seconds() > 3 * jobs.HEARTBEAT_SECONDS  # one beat may be lost on its way
