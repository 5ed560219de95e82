"""What crashes leave behind, found and put right, with files in a folder and in a bucket."""

import os
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.catalog import stored_files
from dam.catalog.models import Rendition, Version
from dam.core import locks, storage
from dam.ingest import cleanup, uploads
from dam.ingest.models import Upload, UploadState
from tests.factories import VersionFactory

pytestmark = pytest.mark.usefixtures("either_store")

OLD = timedelta(days=3)
LATER = timedelta(days=1, minutes=1)  # when what is stored now may be taken for left behind
PIECE = b"\x1a\x45\xdf\xa3webm".ljust(5000, b"\0")


@pytest.fixture
def upload(brand: Brand, creator: User) -> Upload:
    """Half of a file has come."""
    begun = uploads.create(brand=brand, user=creator, filename="a.webm", size=10_000)
    return uploads.write(begun, offset=0, piece=BytesIO(PIECE), length=len(PIECE))


def make_old(upload: Upload, **fields: object) -> None:
    Upload.objects.filter(pk=upload.pk).update(updated_at=timezone.now() - OLD, **fields)


def staged() -> set[str]:
    return {entry.key.partition(".")[0] for entry in storage.entries(uploads.FOLDER)}


def keep(brand: Brand, digest: str) -> str:
    key = storage.key_for(brand_id=brand.pk, sha256=digest * 32, suffix=".mp4")
    storage.keep(BytesIO(b"x"), key=key)
    return key


def test_an_abandoned_upload_is_dropped_with_its_bytes(upload: Upload) -> None:
    make_old(upload)
    assert cleanup.run().uploads == 1
    upload.refresh_from_db()
    assert upload.state == UploadState.CANCELLED
    assert staged() == set()


def test_what_is_abandoned_is_asked_once_for_all_uploads(
    upload: Upload, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And read in slices, so that any number of them fits."""
    monkeypatch.setattr(cleanup, "BATCH", 2)
    for number in range(4):
        uploads.create(brand=brand, user=creator, filename=f"{number}.webm", size=10_000)
    Upload.objects.update(updated_at=timezone.now() - OLD)
    with CaptureQueriesContext(connection) as asked:
        assert cleanup.run().uploads == 5
    days = 'DISTINCT "dam_brand"."unfinished_upload_days"'  # that brands keep them
    assert sum(days in each["sql"] for each in asked) == 1


def test_an_upload_under_way_is_left_alone(upload: Upload) -> None:
    assert cleanup.run().uploads == 0
    later = timezone.now() + LATER  # its bytes are old, and a piece came a moment ago
    Upload.objects.filter(pk=upload.pk).update(updated_at=later)
    swept = cleanup.run(at=later)
    assert (swept.uploads, swept.staged) == (0, 0)
    assert staged() == {uploads.key_of(upload)}


@pytest.mark.parametrize("size", [10, 9 * 1024 * 1024])  # in a bucket: a tail, a part
def test_received_bytes_that_no_upload_wants_are_removed_when_they_are_old(db: None, size: int) -> None:
    storage.append(f"{uploads.FOLDER}/stray", {}, offset=0, data=b"x" * size, last=False)
    assert cleanup.run().staged == 0
    assert staged() == {f"{uploads.FOLDER}/stray"}
    assert cleanup.run(at=timezone.now() + LATER).staged == 1
    assert staged() == set()


def test_working_folders_of_dead_workers_are_removed(db: None, settings: Any, tmp_path: Path) -> None:
    settings.SCRATCH_DIR = tmp_path / "scratch"
    left, young = settings.SCRATCH_DIR / "left", settings.SCRATCH_DIR / "young"
    for folder in (left, young):
        folder.mkdir(parents=True)
    os.utime(left, (time.time() - OLD.total_seconds(),) * 2)
    cleanup.run()
    assert [left.exists(), young.exists()] == [False, True]


def test_a_stored_file_without_a_row_is_removed_once_it_is_old_and_others_stay(brand: Brand) -> None:
    named, orphan = keep(brand, "ef"), keep(brand, "ab")
    VersionFactory.create(asset__brand=brand, storage_key=named)
    assert cleanup.run().stored == 0
    assert cleanup.run(at=timezone.now() + LATER).stored == 1
    assert [storage.exists(key) for key in (named, orphan)] == [True, False]


def test_a_file_that_gets_its_row_at_the_last_moment_stays(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked without the lock it had none; asked again under the lock it has."""
    key = keep(brand, "ab")
    hold = locks.hold

    def row_first(name: str) -> None:
        hold(name)
        VersionFactory.create(asset__brand=brand, storage_key=key)

    monkeypatch.setattr(locks, "hold", row_first)
    assert cleanup.run(at=timezone.now() + LATER).stored == 0
    assert storage.exists(key)


def test_many_stored_files_are_asked_about_in_few_queries(brand: Brand) -> None:
    keys = [keep(brand, f"{number:02x}") for number in range(12)]
    for key in keys:
        VersionFactory.create(asset__brand=brand, storage_key=key)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert cleanup._stored_orphans(timezone.now() + LATER) == 0
    assert len(few) == 1 + len(stored_files.tables())  # the brands, then each table once


def test_every_table_that_names_files_is_asked(db: None) -> None:
    assert {Version, Rendition} <= set(stored_files.tables())
