"""Why a step waits, in words that tell people what to do about it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.catalog.models import Version
from dam.core import workers
from dam.core.tasks import QUEUES
from dam.ingest import disk_space, steps, waiting
from dam.ingest.models import Step, StepState
from dam.ingest.waiting import Wait
from dam.media.errors import FileRefused
from tests.factories import VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def all_served(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, *QUEUES)


def serve(monkeypatch: pytest.MonkeyPatch, *queues: str) -> None:
    monkeypatch.setattr(workers, "served", lambda: {queue: queue in queues for queue in QUEUES})


@pytest.fixture
def version() -> Version:
    version = VersionFactory.create()
    steps.begin(version)
    return version


def why(version: Version, name: str) -> Wait:
    return waiting.of(version.steps.all())[Step.objects.get(version=version, name=name).pk]


def test_one_behind_another_step_names_it(version: Version) -> None:
    assert why(version, "embed").words == "Waits for another step: Shots."
    Step.objects.filter(version=version, name="frames").update(state=StepState.FAILED)
    assert "Waits for another step" not in why(version, "embed").words


def test_the_only_one_of_its_line_is_next(version: Version) -> None:
    assert why(version, "proxy").words == "Next in line: the first worker that is free takes it."


def test_others_that_wait_for_the_same_workers_are_counted(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "1 other step waits" in why(version, "poster").words  # the sprite has the same task
    steps.begin(VersionFactory.create())
    assert "3 other steps wait" in why(version, "poster").words
    monkeypatch.setattr(waiting, "MOST_COUNTED", 2)
    assert "more than 2 other steps" in why(version, "poster").words


def test_one_whose_queue_nobody_serves_says_so(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, "media")
    assert why(version, "proxy") == Wait(
        "No worker is running for this kind of work (queue transcode).", needs_help=True
    )
    assert not why(version, "poster").needs_help
    monkeypatch.setattr(workers, "served", lambda: None)  # nobody can tell
    assert not why(version, "proxy").needs_help


def test_a_full_storage_is_told_before_the_line(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(size: int) -> None:
        raise FileRefused("disk_full")

    monkeypatch.setattr(disk_space, "require_work", full)
    assert why(version, "poster").words.startswith("File storage is full.")


def test_one_that_was_put_back_says_when_it_is_tried_again(version: Version) -> None:
    later = timezone.now() + timedelta(minutes=8)
    Step.objects.filter(version=version, name="proxy").update(reason="Storage was away.", due_at=later)
    assert why(version, "proxy") == Wait("", again_at=later)


def test_only_what_waits_has_a_reason(version: Version) -> None:
    Step.objects.filter(version=version).update(state=StepState.RUNNING)
    assert waiting.of(version.steps.all()) == {}


def test_more_steps_cost_no_more_queries(version: Version) -> None:
    with CaptureQueriesContext(connection) as few:
        one = len(waiting.of(Step.objects.all()))
        assert one > 1
    for _ in range(3):
        steps.begin(VersionFactory.create())
    with CaptureQueriesContext(connection) as many:
        assert len(waiting.of(Step.objects.all())) == 4 * one
    assert len(many) == len(few)
