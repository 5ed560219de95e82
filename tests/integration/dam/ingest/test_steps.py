import errno
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery.exceptions import Reject
from django.db import OperationalError
from django.utils import timezone

from dam.audit.models import Event
from dam.catalog.models import Processing, Version
from dam.celery import app
from dam.core import sandbox, storage
from dam.ingest import backoff, dispatch, step_specs, steps
from dam.ingest.models import Step, StepState
from dam.ingest.steps import NoSuchStep, StepBusy, StepFailed, StepSkipped
from dam.media.errors import FileRefused
from tests.factories import VersionFactory, member


@pytest.fixture
def version(db: None) -> Version:
    version = VersionFactory.create(processing=Processing.WAITING)
    steps.begin(version)
    return version


def done(version: Version) -> str:
    return ""


def step(version: Version, name: str = "poster") -> Step:
    return Step.objects.get(version=version, name=name)


def processing(version: Version) -> tuple[str, str]:
    version.refresh_from_db()
    return version.processing, version.processing_reason


def fail(version: Version) -> str:
    raise StepFailed("The moon is in the way.")


def test_every_step_has_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert {spec.task for spec in step_specs.table()} <= set(app.tasks)


def test_a_step_is_done_once(version: Version) -> None:
    calls: list[str] = []

    def work(version: Version) -> None:
        calls.append(step(version).state)

    steps.run(version.pk, "poster", work)
    steps.run(version.pk, "poster", work)
    assert calls == ["running"]
    assert (step(version).state, step(version).attempts) == (StepState.DONE, 1)


def test_a_failed_step_keeps_its_reason_and_stops_no_other(version: Version) -> None:
    steps.run(version.pk, "poster", fail)
    assert (step(version).state, step(version).reason) == (StepState.FAILED, "The moon is in the way.")
    for spec in step_specs.table()[1:]:
        steps.run(version.pk, spec.name, done)
    assert processing(version) == (Processing.FAILED, "Poster: The moon is in the way.")


def test_an_unforeseen_error_fails_the_step_and_is_raised_for_the_log(version: Version) -> None:
    def crash(version: Version) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        steps.run(version.pk, "poster", crash)
    assert step(version).reason.startswith("Something went wrong on the server.")
    assert "ZeroDivisionError" not in step(version).reason


def test_a_skipped_step_counts_as_settled(version: Version) -> None:
    def skip(version: Version) -> None:
        raise StepSkipped("There is no sound.")

    steps.run(version.pk, "poster", skip)
    for spec in step_specs.table()[1:]:
        steps.run(version.pk, spec.name, done)
    assert processing(version)[0] == Processing.READY


def test_a_version_is_being_processed_while_a_step_waits(version: Version) -> None:
    assert processing(version)[0] == Processing.WAITING
    steps.run(version.pk, "poster", done)
    assert processing(version)[0] == Processing.RUNNING


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Each task that is sent: its name, and the kind of rendition it is to make."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(dispatch, "enqueue", lambda task, **ids: sent.append((task, ids.get("kind", ""))))
    return sent


def test_the_steps_of_a_new_version_are_sent_side_by_side(db: None, sent: list[tuple[str, str]]) -> None:
    steps.begin(VersionFactory.create())
    assert sent == [
        ("media.render", "poster"),
        ("media.render", "sprite"),
        ("transcode.render", "proxy"),
        ("footage.render", "frames"),
        ("recognition.listen", ""),
        ("footage.loudness", ""),
        ("sign.check_credentials", ""),
    ]


def test_a_step_that_has_run_sends_no_other_again(version: Version, sent: list[tuple[str, str]]) -> None:
    steps.run(version.pk, "poster", fail)
    assert sent == []


@pytest.mark.parametrize("outcome", [done, fail])
def test_a_step_that_waits_for_another_is_sent_once_that_has_ended(
    db: None, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, outcome: Callable[[Version], str]
) -> None:
    late = step_specs.StepSpec("late", "index.late", "Late", timedelta(minutes=1), after=("poster", "sprite"))
    monkeypatch.setattr(step_specs, "OTHERS", (late,))
    version = VersionFactory.create()
    steps.begin(version)
    steps.run(version.pk, "sprite", done)
    assert ("index.late", "") not in sent
    steps.run(version.pk, "poster", outcome)
    assert sent.count(("index.late", "")) == 1


def test_a_running_step_is_not_run_by_another(version: Version) -> None:
    def again(version: Version) -> None:
        steps.run(version.pk, "poster", lambda _: pytest.fail("ran twice"))

    steps.run(version.pk, "poster", again)
    assert step(version).state == StepState.DONE


def test_a_step_whose_worker_died_is_taken_up_after_its_time(version: Version) -> None:
    ago = timezone.now() - step_specs.table()[0].limit - timedelta(seconds=1)
    Step.objects.filter(pk=step(version).pk).update(state=StepState.RUNNING, started_at=ago, attempts=1)
    steps.run(version.pk, "poster", done)
    assert step(version).state == StepState.DONE


def running(version: Version, *, seconds_held: int, attempts: int = 1) -> None:
    now = timezone.now()
    Step.objects.filter(pk=step(version).pk).update(
        state=StepState.RUNNING,
        claim="another",
        started_at=now,
        held_until=now + timedelta(seconds=seconds_held),
        attempts=attempts,
    )


def test_a_task_delivered_twice_does_not_run_beside_itself(version: Version) -> None:
    """As after a short visibility timeout: the first one's worker is still alive."""
    running(version, seconds_held=30)
    steps.run(version.pk, "poster", lambda _: pytest.fail("ran twice at once"))
    assert (step(version).state, step(version).claim) == (StepState.RUNNING, "another")


def test_a_step_whose_worker_gave_no_sign_of_life_is_taken_up(version: Version) -> None:
    running(version, seconds_held=-1)
    steps.run(version.pk, "poster", done)
    assert (step(version).state, step(version).attempts) == (StepState.DONE, 2)


def test_what_a_worker_says_of_a_step_that_went_to_another_is_not_heard(version: Version) -> None:
    def lose(version: Version) -> None:
        Step.objects.filter(pk=step(version).pk).update(claim="another")

    steps.run(version.pk, "poster", lose)
    assert step(version).state == StepState.RUNNING


def test_a_step_that_kills_its_worker_is_given_up(version: Version) -> None:
    running(version, seconds_held=-1, attempts=steps.MOST_ATTEMPTS)
    steps.run(version.pk, "poster", lambda _: pytest.fail("ran a fourth time"))
    assert step(version).state == StepState.FAILED
    assert "stopped 3 times" in step(version).reason


OUTAGES = {
    "The database was unavailable.": OperationalError("server closed the connection unexpectedly"),
    "File storage was unavailable.": storage.Unavailable("no answer"),
    "Processing was interrupted.": sandbox.Interrupted("signal 9"),
    "The server is out of disk space. Ask your administrator": FileRefused("disk_full"),
    "The server is out of disk space.": OSError(errno.ENOSPC, "No space left on device"),
    "The file is missing from storage.": FileNotFoundError("master"),
}


@pytest.mark.parametrize("sentence", OUTAGES)
def test_what_was_away_puts_a_step_back_with_its_reason(version: Version, sentence: str) -> None:
    def work(version: Version) -> None:
        raise OUTAGES[sentence]

    steps.run(version.pk, "poster", work)
    put_back = step(version)
    assert (put_back.state, put_back.attempts, put_back.interruptions) == (StepState.WAITING, 0, 1)
    assert put_back.reason.startswith(sentence)
    assert put_back.reason.endswith("Reelproof will try again automatically.")
    assert put_back.due_at is not None
    assert put_back.due_at > timezone.now()


def test_an_outage_that_does_not_end_fails_the_step_in_plain_words(version: Version) -> None:
    def work(version: Version) -> None:
        raise storage.Unavailable("no answer")

    for _ in range(backoff.MOST_INTERRUPTIONS):
        steps.run(version.pk, "poster", work)
    assert step(version).state == StepState.FAILED
    assert step(version).reason == "File storage was unavailable. Reelproof tried 12 times."


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_while_claiming_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "enqueue", lambda task, **ids: None)  # no worker of the tests takes part
    version = VersionFactory.create()
    steps.begin(version)
    problems = [OperationalError("deadlock detected")]
    claim = steps._claim

    def claim_late(*given: Any) -> bool:
        if problems:
            raise problems.pop()
        return claim(*given)

    monkeypatch.setattr(steps, "_claim", claim_late)
    steps.run(version.pk, "poster", done)
    assert step(version).state == StepState.DONE


def test_a_database_that_stays_away_leaves_the_step_to_the_next_delivery(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise OperationalError("connection refused")

    monkeypatch.setattr(steps, "_claim", away)
    with pytest.raises(Reject) as rejected:
        steps.run(version.pk, "poster", done)
    assert "requeue=True" in repr(rejected.value)
    assert step(version).state == StepState.WAITING  # it never began


def test_a_task_for_a_version_that_is_gone_ends_quietly(db: None) -> None:
    steps.run(uuid4(), "poster", lambda _: pytest.fail("ran for nothing"))


def test_a_worker_told_to_stop_leaves_the_step_waiting(version: Version) -> None:
    def stop(version: Version) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        steps.run(version.pk, "poster", stop)
    assert (step(version).state, step(version).attempts) == (StepState.WAITING, 0)


def test_a_retry_runs_the_step_again_and_leaves_an_event(version: Version) -> None:
    steps.run(version.pk, "poster", fail)
    steps.retry(version, "poster", by=member(version.brand))
    assert (step(version).state, step(version).reason) == (StepState.WAITING, "")
    assert Event.objects.filter(verb="step.retried", data__step="poster").exists()
    steps.run(version.pk, "poster", done)
    assert step(version).state == StepState.DONE


def test_a_waiting_step_cannot_be_retried(version: Version) -> None:
    with pytest.raises(StepBusy):
        steps.retry(version, "poster", by=member(version.brand))


def test_a_step_that_does_not_exist_cannot_be_retried(version: Version) -> None:
    with pytest.raises(NoSuchStep):
        steps.retry(version, "polish", by=member(version.brand))


def test_an_older_version_gets_a_step_that_came_later_when_asked_for(
    version: Version, sent: list[tuple[str, str]]
) -> None:
    step(version).delete()
    steps.retry(version, "poster", by=member(version.brand))
    assert (step(version).state, sent) == (StepState.WAITING, [("media.render", "poster")])


@pytest.fixture
def ready(version: Version) -> Version:
    for spec in step_specs.table():
        steps.run(version.pk, spec.name, done)
    assert processing(version) == (Processing.READY, "")
    return version


def test_a_step_done_anew_leaves_a_ready_version_ready(ready: Version) -> None:
    assert steps.make_anew(ready.pk, "poster")
    assert processing(ready) == (Processing.READY, "")
    meanwhile: list[tuple[str, str]] = []

    def work(version: Version) -> None:
        meanwhile.append(processing(version))

    steps.run(ready.pk, "poster", work)
    assert meanwhile == [(Processing.READY, "")]
    assert processing(ready) == (Processing.READY, "")


def test_a_step_that_fails_when_done_anew_says_so_and_leaves_the_version_ready(ready: Version) -> None:
    steps.make_anew(ready.pk, "poster")
    steps.run(ready.pk, "poster", fail)
    assert (step(ready).state, step(ready).reason) == (StepState.FAILED, "The moon is in the way.")
    assert processing(ready) == (Processing.READY, "")
    steps.retry(ready, "poster", by=member(ready.brand))
    assert processing(ready) == (Processing.READY, "")


def test_a_done_step_retried_by_hand_leaves_the_version_ready(ready: Version) -> None:
    for name in step_specs.places_of(ready.kind):
        steps.retry(ready, name, by=member(ready.brand))
        assert processing(ready) == (Processing.READY, "")


def test_a_step_whose_file_is_lost_holds_the_version_up_again(ready: Version) -> None:
    steps.make_anew(ready.pk, "proxy")
    steps.run(ready.pk, "proxy", done)
    assert steps.make_lost_again(ready.pk, "proxy")
    assert processing(ready) == (Processing.RUNNING, "")


def test_a_step_that_never_was_done_holds_the_version_up_also_when_asked_for_anew(version: Version) -> None:
    for spec in step_specs.table():
        if spec.name != "poster":
            steps.run(version.pk, spec.name, done)
    steps.make_anew(version.pk, "poster")
    assert processing(version) == (Processing.RUNNING, "")
    steps.run(version.pk, "poster", fail)
    steps.retry(version, "poster", by=member(version.brand))
    assert processing(version) == (Processing.RUNNING, "")


def test_a_step_that_came_later_leaves_an_older_version_ready(ready: Version) -> None:
    Step.objects.filter(version=ready, name="sprite").delete()
    steps.retry(ready, "sprite", by=member(ready.brand))
    assert processing(ready) == (Processing.READY, "")
    Step.objects.filter(version=ready, name__in=step_specs.quiet()).delete()
    steps.add(ready)
    assert processing(ready) == (Processing.READY, "")
