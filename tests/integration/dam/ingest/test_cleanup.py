import os
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.core import storage
from dam.ingest import cleanup, uploads
from dam.ingest.models import Upload, UploadState
from tests.factories import VersionFactory

OLD = 3 * 24 * 3600


def aged(path: Path) -> Path:
    os.utime(path, (time.time() - OLD, time.time() - OLD))
    return path


@pytest.fixture
def upload(brand: Brand, creator: User) -> Upload:
    return uploads.create(brand=brand, user=creator, filename="a.mp4", size=100)


def make_old(upload: Upload, **fields: object) -> None:
    Upload.objects.filter(pk=upload.pk).update(updated_at=timezone.now() - timedelta(seconds=OLD), **fields)


def test_an_abandoned_upload_is_dropped_with_its_bytes(upload: Upload) -> None:
    make_old(upload)
    assert cleanup.run().uploads == 1
    upload.refresh_from_db()
    assert upload.state == UploadState.CANCELLED
    assert not uploads.path_of(upload).exists()


def test_an_upload_under_way_is_left_alone(upload: Upload) -> None:
    aged(uploads.path_of(upload))
    assert cleanup.run().uploads == 0
    assert uploads.path_of(upload).exists()


def test_a_received_file_whose_task_was_lost_is_asked_for_again(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(cleanup, "enqueue", lambda task, **ids: sent.append(ids["upload_id"]))
    make_old(upload, state=UploadState.RECEIVED)
    assert cleanup.run().undecided == 1
    assert sent == [str(upload.pk)]


def test_bytes_and_folders_that_nobody_wants_are_removed(db: None) -> None:
    uploads.folder().mkdir(parents=True, exist_ok=True)
    stray = uploads.folder() / "stray.part"
    stray.touch()
    left = Path(settings.SCRATCH_DIR) / "tmpleft"
    left.mkdir()
    young = uploads.folder() / "young.part"
    young.touch()
    aged(stray), aged(left)
    cleanup.run()
    assert [stray.exists(), left.exists(), young.exists()] == [False, False, True]


def test_a_stored_file_without_a_row_is_removed_and_others_stay(brand: Brand) -> None:
    named = VersionFactory.create(asset__brand=brand)
    orphan = storage.key_for(brand_id=brand.pk, sha256="ab" * 32, suffix=".mp4")
    young = storage.key_for(brand_id=brand.pk, sha256="cd" * 32, suffix=".mp4")
    for key in (named.storage_key, orphan, young):
        storage.keep(BytesIO(b"x"), key=key)
    for key in (named.storage_key, orphan):
        aged(Path(settings.STORAGE, key))
    assert cleanup.run().stored == 1
    assert [storage.exists(key) for key in (named.storage_key, orphan, young)] == [True, False, True]
