"""What the database says is to be done is sent again: once when it is due, then less and less often."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.catalog.models import Processing, Version
from dam.ingest import recovery, steps, uploads
from dam.ingest.models import Step, StepState, Upload, UploadState
from tests.factories import VersionFactory

Sent = list[str]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    sent: Sent = []

    def offer(task: str, **ids: str) -> bool:
        sent.append(ids.get("kind", task))
        return True

    monkeypatch.setattr(recovery, "offer", offer)
    return sent


@pytest.fixture
def version(db: None) -> Version:
    version = VersionFactory.create(processing=Processing.WAITING)
    steps.begin(version)
    return version


@pytest.fixture
def upload(brand: Brand, creator: User) -> Upload:
    upload = uploads.create(brand=brand, user=creator, filename="a.mp4", size=100)
    ago = timezone.now() - timedelta(hours=1)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.RECEIVED, updated_at=ago)
    return upload


def only(version: Version, name: str, **fields: object) -> None:
    """Everything but this step is done."""
    version.steps.exclude(name=name).update(state=StepState.DONE)
    version.steps.filter(name=name).update(**fields)


def later(minutes: float) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def test_what_was_just_sent_is_not_sent_again(version: Version, sent: Sent) -> None:
    assert recovery.run() == 0


def test_a_backlog_does_not_multiply_itself(version: Version, sent: Sent) -> None:
    for minute in range(24 * 60):
        recovery.run(at=later(minute))
    assert sent.count("proxy") <= 11  # in a day, for each message that waits its turn


def test_a_step_whose_message_was_lost_is_sent_again(version: Version, sent: Sent) -> None:
    only(version, "sprite")
    assert recovery.run(at=later(3)) == 1
    assert sent == ["sprite"]


def test_a_step_of_an_earlier_release_that_was_never_sent_is_sent(version: Version, sent: Sent) -> None:
    only(version, "credentials", sends=0, due_at=None)
    recovery.run()
    assert sent == ["sign.check_credentials"]


def test_a_step_of_a_dead_worker_is_sent_again(version: Version, sent: Sent) -> None:
    only(
        version,
        "proxy",
        state=StepState.RUNNING,
        started_at=later(-5),
        held_until=later(-1),
        due_at=later(-3),
    )
    recovery.run()
    assert sent == ["proxy"]


def test_a_step_at_work_is_left_alone(version: Version, sent: Sent) -> None:
    only(
        version,
        "proxy",
        state=StepState.RUNNING,
        started_at=later(-60),
        held_until=later(1),
        due_at=later(-58),
    )
    assert recovery.run() == 0


def test_a_step_that_hangs_is_sent_again_after_its_time(version: Version, sent: Sent) -> None:
    only(
        version,
        "proxy",
        state=StepState.RUNNING,
        started_at=later(-600),
        held_until=later(1),
        due_at=later(-1),
    )
    recovery.run()
    assert sent == ["proxy"]


def test_a_step_that_was_put_back_is_sent_when_it_is_due(version: Version, sent: Sent) -> None:
    only(version, "poster", due_at=later(8))
    recovery.run(at=later(7))
    assert sent == []
    recovery.run(at=later(9))
    assert sent == ["poster"]


def test_a_broker_that_is_away_puts_nothing_off(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    only(version, "poster", due_at=later(-1))
    monkeypatch.setattr(recovery, "offer", lambda task, **ids: False)
    assert recovery.run() == 0
    poster = Step.objects.get(version=version, name="poster")
    assert poster.due_at is not None
    assert poster.due_at < timezone.now()


def test_a_received_file_whose_task_was_lost_is_asked_for_again(upload: Upload, sent: Sent) -> None:
    assert recovery.run() == 1
    assert recovery.run() == 0
    assert sent == ["check.upload"]


def test_a_received_file_that_is_being_checked_is_left_alone(upload: Upload, sent: Sent) -> None:
    Upload.objects.update(held_until=later(1))
    assert recovery.run() == 0


def test_a_file_still_coming_in_is_not_checked(upload: Upload, sent: Sent) -> None:
    Upload.objects.update(state=UploadState.RECEIVING)
    assert recovery.run() == 0
