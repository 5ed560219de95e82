"""Lost tasks, dead workers and a queue that was away: what waits in vain is sent again, and not for ever."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import Reject
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone
from kombu import exceptions as broker

from dam.audit.models import Event
from dam.catalog import stored_files
from dam.catalog.models import ReleaseState, Version
from dam.core import sandbox, storage, tasks
from dam.ingest import outages
from dam.media.errors import FileRefused
from provenance.manifests import signing
from provenance.models import Release
from provenance.releases import recovery, release_file, releases, sending, worker
from provenance.releases import tasks as release_tasks
from provenance.releases.recovery import Recovered
from provenance.releases.states import ReleaseStatus
from tests import release_factory
from tests.factories import VersionFactory
from tests.release_factory import case_of, sign
from tests.review_factory import Case

NOW = timezone.now() + timedelta(days=1)
AWAY = "Storage was out of reach."
pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What went to the broker."""
    ids: list[int] = []
    monkeypatch.setattr(tasks, "send", lambda task, release_id: ids.append(release_id))
    return ids


@contextmanager
def queue_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(task: str, **ids: object) -> None:
        raise broker.OperationalError("Connection refused")

    with monkeypatch.context() as away:
        away.setattr(tasks, "send", refuse)
        yield


def waiting(**fields: Any) -> Release:
    given = {"created_at": NOW - timedelta(hours=1)} | fields
    return release_factory.waiting(VersionFactory.create(), **given)


def stuck(**fields: Any) -> Release:
    """Its worker died some minutes ago."""
    ended = NOW - timedelta(minutes=5)
    return waiting(**{"claim": "dead", "claimed_until": ended, "attempts": 1, "sent_at": ended} | fields)


def reload(release: Release) -> Release:
    return Release.objects.get(pk=release.pk)


def test_a_release_whose_message_was_lost_is_sent_again(sent: list[int]) -> None:
    release = waiting(sent_at=NOW - timedelta(hours=1), sends=1)
    assert recovery.recover(at=NOW) == Recovered(sent=1, failed=0)
    assert sent == [release.pk]
    assert (reload(release).sent_at, reload(release).sends) == (NOW, 2)


def test_a_release_just_made_is_left_to_its_own_transaction(sent: list[int]) -> None:
    waiting(created_at=NOW)
    assert recovery.recover(at=NOW) == Recovered(sent=0, failed=0)


def test_a_message_of_an_earlier_version_is_no_error_and_signs_nothing() -> None:
    """0.1 named the version; what such a message asked for is a row by now, which recovery sends."""
    release = waiting()
    release_tasks.release(version_id=str(release.version_id))
    assert reload(release).state == ReleaseStatus.SIGNING


def test_a_backlog_is_not_multiplied(sent: list[int]) -> None:
    """A day in the queue, asked for every minute: some messages, not 1,440."""
    release = waiting(sent_at=NOW, sends=1)
    for minute in range(24 * 60):
        recovery.recover(at=NOW + timedelta(minutes=minute))
    assert len(sent) < 35
    assert reload(release).state == ReleaseStatus.SIGNING


def test_what_waits_longest_is_not_left_out_behind_a_backlog(
    sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "AT_A_TIME", 1)
    waiting(sent_at=NOW, sends=1)
    lost = waiting()
    assert recovery.recover(at=NOW) == Recovered(sent=1, failed=0)
    assert sent == [lost.pk]


def test_a_release_in_living_hands_is_left_alone(sent: list[int]) -> None:
    stuck(claimed_until=NOW + timedelta(seconds=1))
    assert recovery.recover(at=NOW) == Recovered(sent=0, failed=0)


def test_a_release_whose_worker_died_is_sent_again_and_can_be_claimed(sent: list[int]) -> None:
    release = stuck()
    assert releases.claim(release.pk, token="other", at=NOW - timedelta(minutes=6)) is None
    assert recovery.recover(at=NOW).sent == 1
    again = releases.claim(release.pk, token="other", at=NOW)
    assert again is not None
    assert (again.attempts, again.claim) == (2, "other")


def test_a_message_that_comes_again_goes_on_with_its_own_claim() -> None:
    release = stuck(claimed_until=NOW + timedelta(minutes=1))
    assert releases.claim(release.pk, token="other", at=NOW) is None
    assert releases.claim(release.pk, token="dead", at=NOW) is not None


def test_signs_of_life_keep_the_claim() -> None:
    taken = releases.claim(waiting().pk, token="slow", at=NOW)
    assert taken is not None
    assert releases.beat(taken, at=NOW + timedelta(minutes=1))
    assert releases.claim(taken.pk, token="other", at=NOW + timedelta(minutes=2, seconds=30)) is None


def test_what_wore_out_three_workers_fails_with_a_sentence(sent: list[int]) -> None:
    release = stuck(attempts=3)
    assert recovery.recover(at=NOW) == Recovered(sent=0, failed=1)
    assert "stopped 3 times" in reload(release).reason
    assert Version.objects.get().release == ReleaseState.FAILED
    assert Event.objects.get().verb == "release.failed"
    assert releases.claim(release.pk, token="other", at=NOW) is None


def test_the_worker_that_was_given_up_may_write_no_more(sent: list[int]) -> None:
    late = releases.claim(waiting().pk, token="late", at=NOW - timedelta(minutes=10))
    assert late is not None
    assert releases.claim(late.pk, token="other", at=NOW) is not None
    assert not releases.beat(late, at=NOW)
    with pytest.raises(releases.ClaimLost):
        releases.fail(late, reason="late", at=NOW)
    with pytest.raises(releases.ClaimLost):
        releases.put_back(late, reason="late", at=NOW)
    assert reload(late).reason == ""


def test_an_approval_stands_when_the_queue_is_away(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any, sent: list[int]
) -> None:
    case = Case()
    with queue_away(monkeypatch), django_capture_on_commit_callbacks(execute=True):
        case.approve_all()
    release = Release.objects.get()
    assert (release.sent_at, release.reason) == (None, sending.QUEUE_AWAY)
    recovery.recover(at=NOW)
    assert sent == [release.pk]
    assert (reload(release).sent_at, reload(release).reason) == (NOW, "")


def test_while_the_queue_is_away_recovery_does_not_try_them_all(
    monkeypatch: pytest.MonkeyPatch, sent: list[int]
) -> None:
    first, second = waiting(), waiting()
    with queue_away(monkeypatch):
        assert recovery.recover(at=NOW) == Recovered(sent=0, failed=0)
    assert (reload(first).reason, reload(second).reason) == (sending.QUEUE_AWAY, "")
    recovery.recover(at=NOW)
    assert sent == [first.pk, second.pk]


@pytest.mark.parametrize(
    "problem",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        storage.Unavailable("The store did not answer"),
        sandbox.Interrupted("FFmpeg was ended from outside."),
        FileRefused("disk_full"),
        OperationalError("the server closed the connection"),
    ],
)
def test_what_is_full_away_or_stopped_puts_it_back_to_waiting(
    generated: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception, sent: list[int]
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise problem

    case = case_of(generated)
    case.approve_all()
    with monkeypatch.context() as broken:
        broken.setattr(storage, "put", fail)
        release = sign(case.version)
        assert (release.state, release.reason, release.claim) == ("signing", outages.describe(problem), "")
        assert (release.attempts, release.interruptions) == (0, 1)
    recovery.recover(at=NOW)
    assert sent[-1:] == [release.pk]
    assert sign(case.version).state == ReleaseStatus.READY


def test_storage_that_stays_away_for_a_night_fails_it_with_that_reason(sent: list[int]) -> None:
    release = waiting()
    at = NOW
    while reload(release).state == ReleaseStatus.SIGNING:
        at += timedelta(minutes=1)
        if recovery.recover(at=at).sent:
            taken = releases.claim(release.pk, token="any", at=at)
            assert taken is not None
            releases.put_back(taken, reason=AWAY, at=at)
    assert (reload(release).state, reload(release).reason) == (ReleaseStatus.FAILED, AWAY)
    assert at - NOW > timedelta(hours=6)
    assert len(sent) == 12


def test_a_database_that_stays_away_leaves_it_to_the_next_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("no connection")

    release = waiting()
    monkeypatch.setattr(releases, "claim", refuse)
    with pytest.raises(Reject):
        worker.run(release.pk)
    assert reload(release).state == ReleaseStatus.SIGNING


def test_what_must_be_converted_is_left_to_the_workers_that_may_take_long(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    tasks_sent: list[str] = []
    monkeypatch.setattr(tasks, "send", lambda task, release_id: tasks_sent.append(task))
    monkeypatch.setattr(storage, "local_copy", lambda key: nullcontext(Path("/nowhere")))
    monkeypatch.setattr(signing, "signable", lambda path: "It can't hold them.")
    release = waiting()
    with django_capture_on_commit_callbacks(execute=True):
        release_tasks.release(release_id=release.pk)
    assert tasks_sent == ["transcode.release"]
    assert (reload(release).state, reload(release).attempts, reload(release).claim) == ("signing", 0, "")


def test_a_worker_told_to_stop_gives_it_back_at_once(
    generated: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
    sent: list[int],
) -> None:
    def stop(*args: object, **kwargs: object) -> None:
        raise SystemExit

    case = case_of(generated)
    case.approve_all()
    monkeypatch.setattr(release_file, "make", stop)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(SystemExit):
        sign(case.version)
    release = Release.objects.get()
    assert (release.state, release.attempts, release.claim) == ("signing", 0, "")
    assert sent == [release.pk]


def test_a_result_whose_claim_was_lost_is_dropped_with_its_file(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_of(generated)
    case.approve_all()
    release = Release.objects.get()
    sign_release = signing.sign_release

    def be_overtaken(*args: Any, **kwargs: Any) -> Any:
        Release.objects.filter(pk=release.pk).update(claim="other")
        return sign_release(*args, **kwargs)

    before = {entry.key for entry in storage.entries(str(case.brand.pk))}
    with monkeypatch.context() as slow:
        slow.setattr(signing, "sign_release", be_overtaken)
        worker.run(release.pk, token="mine")
    assert {entry.key for entry in storage.entries(str(case.brand.pk))} == before
    assert (reload(release).claim, reload(release).state) == ("other", ReleaseStatus.SIGNING)
    assert not Event.objects.filter(verb__startswith="release.").exists()


def test_a_releases_file_is_nobodys_orphan() -> None:
    release = release_factory.ready(VersionFactory.create())
    assert Release in stored_files.tables()
    assert stored_files.is_named(release.storage_key)
    assert not stored_files.is_named("1/ab/unknown.mp4")


def test_beat_looks_after_releases(settings: Any) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["recover-releases"]["task"] == "default.recover_releases"
    call_command("check")
