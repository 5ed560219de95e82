"""The client of the tus project itself, against the real web process."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed
from tusclient.storage.filestorage import FileStorage

from dam.access import tokens
from dam.accounts.capabilities import Capability
from dam.accounts.models import ApiToken
from dam.accounts.principals import Member
from dam.catalog.models import Version
from dam.core import storage
from dam.ingest import importer
from dam.ingest.models import Upload, UploadState
from tests import cutting, media_factory, web_process
from tests.factories import BrandFactory, member
from tests.integration.dam.web.uploads.wire import HEAD, digest, staged_digest
from tests.web_process import WebProcess

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024


@pytest.fixture
def web(settings: Any, tmp_path: Path, transactional_db: None) -> Iterator[WebProcess]:
    settings.STORAGE = str(tmp_path / "storage")
    with web_process.running("uploads-tuspy", {"STORAGE": settings.STORAGE}, pages=False) as running:
        yield running


@pytest.fixture
def person(transactional_db: None) -> Member:
    return member(BrandFactory.create(slug="acme"))


@pytest.fixture
def secret(person: Member) -> str:
    return tokens.create(by=person, name="nightly", capabilities=[Capability.UPLOAD])[1]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.webm"
    path.write_bytes(HEAD + random.Random(3).randbytes(19 * MEGABYTE + 321))
    return path


def client(site: str, secret: str) -> TusClient:
    return TusClient(f"{site}/b/acme/uploads/new/", headers={"Authorization": f"Bearer {secret}"})


def test_a_clip_is_uploaded_with_its_name(web: WebProcess, secret: str, tmp_path: Path) -> None:
    clip = media_factory.clip(tmp_path / "clip.mp4", frames=24)
    uploader = client(web.address, secret).uploader(str(clip), metadata={"filename": "Grüße 🍋.mp4"})
    uploader.upload()
    importer.take_upload(Upload.objects.get().pk)
    version = Version.objects.get()
    assert version.filename == "Grüße 🍋.mp4"
    with storage.open_file(version.storage_key) as stored:
        assert stored.read() == clip.read_bytes()


def test_pieces_of_any_size_are_checked_by_their_sums(web: WebProcess, secret: str, large: Path) -> None:
    uploader = client(web.address, secret).uploader(str(large), chunk_size=3_000_000, upload_checksum=True)
    uploader.upload()
    assert staged_digest(uploader.url) == digest(large.read_bytes())


def test_connections_that_are_cut_anywhere_end_in_the_same_file(
    web: WebProcess, secret: str, large: Path
) -> None:
    with cutting.road(web.address, cuts=6, most=5 * MEGABYTE, chance=random.Random(5)) as road:
        uploader = client(road.url, secret).uploader(str(large), retries=8, retry_delay=0.5)
        uploader.upload()
        assert road.cuts == 0
    assert staged_digest(uploader.url) == digest(large.read_bytes())


def test_another_process_goes_on_after_a_killed_server(
    web: WebProcess, secret: str, large: Path, tmp_path: Path
) -> None:
    place = FileStorage(str(tmp_path / "kept.json"))  # type: ignore[no-untyped-call]
    kept: dict[str, Any] = {"store_url": True, "url_storage": place}
    first = client(web.address, secret).uploader(str(large), chunk_size=5 * MEGABYTE, **kept)
    first.upload(stop_at=10 * MEGABYTE)
    web.kill()
    with pytest.raises((TusUploadFailed, TusCommunicationError)):
        first.upload_chunk()  # type: ignore[no-untyped-call]
    web.start()
    second = client(web.address, secret).uploader(str(large), **kept)
    assert (second.url, second.offset) == (first.url, 10 * MEGABYTE)
    second.upload()
    assert Upload.objects.count() == 1
    assert staged_digest(second.url) == digest(large.read_bytes())


def test_whoever_may_no_longer_upload_hears_it(
    web: WebProcess, secret: str, large: Path, person: Member
) -> None:
    uploader = client(web.address, secret).uploader(str(large), chunk_size=5 * MEGABYTE)
    uploader.upload(stop_at=5 * MEGABYTE)
    tokens.revoke(ApiToken.objects.get(), by=person)
    with pytest.raises(TusUploadFailed) as refused:
        uploader.upload_chunk()  # type: ignore[no-untyped-call]
    assert refused.value.status_code == 401
    upload = Upload.objects.get()
    assert (upload.state, upload.received) == (UploadState.RECEIVING, 5 * MEGABYTE)
