"""Uploads that were under way when an older version, which kept them in the scratch folder, was updated."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from dam.accounts.models import Brand, User
from dam.core import storage
from dam.ingest import uploads
from dam.ingest.models import Upload, UploadState

migration: Any = import_module("dam.migrations.0006_upload_parts")


@pytest.fixture
def old(brand: Brand, creator: User, settings: Any, tmp_path: Path) -> Path:
    """The file that an older version left for the one upload there is."""
    settings.STORAGE = str(tmp_path / "storage")
    settings.SCRATCH_DIR = tmp_path / "scratch"
    upload = uploads.create(brand=brand, user=creator, filename="a.mp4", size=10)
    Upload.objects.update(received=4)
    path: Path = settings.SCRATCH_DIR / "uploads" / f"{upload.pk}.part"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half")
    return path


def test_what_had_come_goes_along_and_the_upload_goes_on(old: Path) -> None:
    migration.bring_along(apps, None)
    upload = Upload.objects.get()
    parts = storage.append(uploads.key_of(upload), upload.parts, offset=4, data=b"theend", last=True)
    storage.complete(uploads.key_of(upload), parts, size=10)
    with storage.open_file(uploads.key_of(upload)) as file:
        assert file.read() == b"halftheend"
    assert not old.exists()


@pytest.mark.parametrize("why", ["lost", "bucket"])
def test_what_is_out_of_reach_is_to_be_sent_again(old: Path, why: str, settings: Any) -> None:
    if why == "lost":
        old.unlink()
    else:
        settings.STORAGE = "s3://bucket"
    migration.bring_along(apps, None)
    upload = Upload.objects.get()
    assert (upload.state, upload.code) == (UploadState.REFUSED, "damaged")
    assert "Upload the file again" in upload.reason


def test_an_upload_that_had_not_begun_goes_on(old: Path) -> None:
    Upload.objects.update(received=0)
    migration.bring_along(apps, None)
    assert Upload.objects.get().state == UploadState.RECEIVING
