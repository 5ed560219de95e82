from datetime import timedelta

import pytest
from django.utils import timezone

from dam.audit.models import Event
from dam.catalog.models import Processing, Version
from dam.celery import app
from dam.ingest import steps
from dam.ingest.models import Step, StepState
from dam.ingest.steps import StepBusy, StepFailed, StepSkipped
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
    assert {spec.task for spec in steps.STEPS} <= set(app.tasks)


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
    for spec in steps.STEPS[1:]:
        steps.run(version.pk, spec.name, done)
    assert processing(version) == (Processing.FAILED, "Poster: The moon is in the way.")


def test_an_unforeseen_error_fails_the_step_and_is_raised_for_the_log(version: Version) -> None:
    def crash(version: Version) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        steps.run(version.pk, "poster", crash)
    assert "ZeroDivisionError" in step(version).reason


def test_a_skipped_step_counts_as_settled(version: Version) -> None:
    def skip(version: Version) -> None:
        raise StepSkipped("There is no sound.")

    steps.run(version.pk, "poster", skip)
    for spec in steps.STEPS[1:]:
        steps.run(version.pk, spec.name, done)
    assert processing(version)[0] == Processing.READY


def test_a_version_is_being_processed_while_a_step_waits(version: Version) -> None:
    assert processing(version)[0] == Processing.WAITING
    steps.run(version.pk, "poster", done)
    assert processing(version)[0] == Processing.RUNNING


def test_the_next_waiting_step_is_sent_off(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(steps, "enqueue", lambda task, **ids: sent.append(task))
    steps.run(version.pk, "poster", fail)
    assert sent == ["media.sprite"]


def test_a_running_step_is_not_run_by_another(version: Version) -> None:
    def again(version: Version) -> None:
        steps.run(version.pk, "poster", lambda _: pytest.fail("ran twice"))

    steps.run(version.pk, "poster", again)
    assert step(version).state == StepState.DONE


def test_a_step_whose_worker_died_is_taken_up_after_its_time(version: Version) -> None:
    ago = timezone.now() - steps.BY_NAME["poster"].limit - timedelta(seconds=1)
    Step.objects.filter(pk=step(version).pk).update(state=StepState.RUNNING, started_at=ago, attempts=1)
    steps.run(version.pk, "poster", done)
    assert step(version).state == StepState.DONE


def test_a_task_delivered_again_takes_its_own_step_up_at_once(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_claim_name", lambda: "task-7")
    Step.objects.filter(pk=step(version).pk).update(
        state=StepState.RUNNING, claim="task-7", started_at=timezone.now(), attempts=1
    )
    steps.run(version.pk, "poster", done)
    assert step(version).state == StepState.DONE


def test_a_step_that_kills_its_worker_is_given_up(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_claim_name", lambda: "task-7")
    Step.objects.filter(pk=step(version).pk).update(
        state=StepState.RUNNING, claim="task-7", started_at=timezone.now(), attempts=steps.MOST_ATTEMPTS
    )
    steps.run(version.pk, "poster", lambda _: pytest.fail("ran a fourth time"))
    assert step(version).state == StepState.FAILED
    assert "stopped 3 times" in step(version).reason


def test_a_worker_told_to_stop_leaves_the_step_waiting(version: Version) -> None:
    def stop(version: Version) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        steps.run(version.pk, "poster", stop)
    assert step(version).state == StepState.WAITING


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


def test_lost_steps_are_sent_off_again(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(steps, "enqueue", lambda task, **ids: sent.append(task))
    ago = timezone.now() - timedelta(days=1)
    Step.objects.filter(pk=step(version, "sprite").pk).update(state=StepState.RUNNING, started_at=ago)
    assert steps.resume_lost() == 1
    assert sent == ["media.sprite"]


def test_a_chain_that_stands_still_goes_on(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(steps, "enqueue", lambda task, **ids: sent.append(task))
    Version.objects.filter(pk=version.pk).update(created_at=timezone.now() - timedelta(hours=1))
    steps.resume_lost()
    assert sent == ["media.poster"]
