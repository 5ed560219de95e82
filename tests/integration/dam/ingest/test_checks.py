"""A check that goes wrong is tried a bounded number of times, and the page says how it stands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.core import storage
from dam.ingest import backoff, checks, importer, uploads
from dam.ingest.models import Upload, UploadState


@pytest.fixture
def upload(brand: Brand, creator: User) -> Upload:
    upload = uploads.create(brand=brand, user=creator, filename="a.mp4", size=4)
    parts = storage.append(uploads.key_of(upload), {}, offset=0, data=b"clip", last=True)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.RECEIVED, received=4, parts=parts)
    return upload


def breaks(monkeypatch: pytest.MonkeyPatch, problem: BaseException) -> None:
    def take_upload(upload_id: object) -> None:
        raise problem

    monkeypatch.setattr(importer, "take_upload", take_upload)


def check(upload: Upload) -> Upload:
    checks.run(upload.pk)
    upload.refresh_from_db()
    return upload


def test_a_check_that_fails_in_an_unforeseen_way_is_given_up_after_three_times(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, ZeroDivisionError())
    for attempt in range(checks.MOST_ATTEMPTS):
        assert Upload.objects.get().state == UploadState.RECEIVED, attempt
        with pytest.raises(ZeroDivisionError):
            checks.run(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.code) == (UploadState.REFUSED, "not_checked")
    assert upload.reason.startswith("The file couldn't be checked after 3 attempts.")
    assert not storage.exists(uploads.key_of(upload))
    checks.run(upload.pk)  # delivered once more: nothing to do


def test_it_is_not_tried_again_at_once(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    breaks(monkeypatch, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        checks.run(upload.pk)
    upload.refresh_from_db()
    assert upload.due_at is not None
    assert upload.due_at > timezone.now() + timedelta(seconds=60)
    assert upload.reason == "The check failed. Reelproof will try again automatically."


def test_a_file_that_kills_its_worker_three_times_is_given_up(upload: Upload) -> None:
    ago = timezone.now() - timedelta(seconds=1)
    Upload.objects.update(attempts=checks.MOST_ATTEMPTS, held_until=ago)
    assert check(upload).state == UploadState.REFUSED


def test_storage_that_was_away_does_not_count_against_the_file(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, storage.Unavailable("no answer"))
    for _ in range(checks.MOST_ATTEMPTS + 1):
        assert check(upload).state == UploadState.RECEIVED
    assert (upload.attempts, upload.interruptions) == (0, 4)
    assert upload.reason == "File storage was unavailable. Reelproof will try again automatically."


def test_an_outage_that_does_not_end_refuses_the_file_in_plain_words(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, storage.Unavailable("no answer"))
    Upload.objects.update(interruptions=backoff.MOST_INTERRUPTIONS - 1)
    assert check(upload).state == UploadState.REFUSED
    assert upload.reason.startswith("File storage was unavailable. Upload it again")


def test_two_workers_check_one_file_once(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    breaks(monkeypatch, AssertionError("checked twice"))
    Upload.objects.update(held_until=timezone.now() + timedelta(seconds=60))
    assert check(upload).attempts == 0


def test_a_worker_told_to_stop_leaves_the_file_to_the_next(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, SystemExit())
    with pytest.raises(SystemExit):
        checks.run(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.attempts, upload.held_until) == (UploadState.RECEIVED, 0, None)
