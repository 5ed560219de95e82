"""The upload protocol of docs/uploads.md, piece by piece, with files in a folder and in a bucket."""

import threading
from contextlib import ExitStack
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.catalog.models import Asset, Version
from dam.core import storage
from dam.ingest import importer, uploads
from dam.ingest.models import Upload, UploadState
from tests.factories import VersionFactory
from tests.integration.dam.web.uploads.sending import begin, is_staged, send

BLOCK = 256 * 1024
pytestmark = pytest.mark.usefixtures("either_store")


def test_a_file_comes_in_in_pieces(browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    first = send(browser, url, 0, clip[:1500])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1500")
    standing = browser.head(url)
    assert (standing.headers["Upload-Offset"], standing.headers["Upload-Length"]) == ("1500", str(len(clip)))
    assert send(browser, url, 1500, clip[1500:]).status_code == 204
    upload = Upload.objects.get()
    assert upload.state == UploadState.RECEIVED
    storage.complete(uploads.key_of(upload), upload.parts, size=len(clip))
    with storage.open_file(uploads.key_of(upload)) as staged:
        assert staged.read() == clip


def test_a_received_file_is_taken_and_its_bytes_leave_the_staging_folder(
    browser: Client, clip: bytes
) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    send(browser, url, 0, clip)
    upload = Upload.objects.get()
    importer.take_upload(upload.pk)
    importer.take_upload(upload.pk)  # delivered twice
    payload = browser.get(url).json()
    assert (payload["state"], payload["received"]) == ("taken", len(clip))
    assert payload["url"] == reverse("asset", args=["acme", payload["asset"]])
    assert not is_staged(upload)


def test_web_and_worker_share_nothing_but_storage_and_database(
    browser: Client, clip: bytes, settings: Any, tmp_path: Path
) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    for offset in range(0, len(clip), 1500):
        settings.SCRATCH_DIR = tmp_path / f"web-{offset}"  # another web process, on another machine
        assert send(browser, url, offset, clip[offset : offset + 1500]).status_code == 204
    settings.SCRATCH_DIR = tmp_path / "worker"
    importer.take_upload(Upload.objects.get().pk)
    assert browser.get(url).json()["state"] == "taken"
    with storage.open_file(Version.objects.get().storage_key) as stored:
        assert stored.read() == clip


def test_a_file_whose_bytes_storage_has_lost_is_to_be_sent_again(browser: Client, clip: bytes) -> None:
    for rest in (clip[1500:], b""):  # noticed by the next piece, or by the worker
        url = begin(browser, len(clip)).headers["Location"]
        send(browser, url, 0, clip[:1500] if rest else clip)
        upload = Upload.objects.latest("created_at")
        storage.discard(uploads.key_of(upload))
        if rest:
            send(browser, url, 1500, rest)
        if Upload.objects.get(pk=upload.pk).state == UploadState.RECEIVED:
            importer.take_upload(upload.pk)
        payload = browser.get(url).json()
        assert (payload["state"], payload["code"]) == ("refused", "damaged")
        assert "Upload the file again" in payload["reason"]


def test_a_file_meant_for_a_clip_becomes_its_next_version(browser: Client, clip: bytes, brand: Brand) -> None:
    first = VersionFactory.create(asset__brand=brand)
    begun = begin(browser, len(clip), asset=str(first.asset_id))
    send(browser, begun.headers["Location"], 0, clip)
    importer.take_upload(Upload.objects.get().pk)
    payload = browser.get(begun.headers["Location"]).json()
    assert (payload["state"], payload["asset"], payload["version"]) == ("taken", str(first.asset_id), 2)
    assert Upload.objects.get().version == Asset.objects.get().latest


def test_the_same_file_again_is_known_and_names_the_asset(browser: Client, clip: bytes) -> None:
    payloads = []
    for _ in range(2):
        url = begin(browser, len(clip)).headers["Location"]
        send(browser, url, 0, clip)
        importer.take_upload(url.rstrip("/").rpartition("/")[2])
        payloads.append(browser.get(url).json())
    assert [each["state"] for each in payloads] == ["taken", "known"]
    assert payloads[0]["asset"] == payloads[1]["asset"]


def test_a_video_may_begin_with_a_short_piece(browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    for start, stop in [(0, 3), (3, 4095), (4095, len(clip))]:
        assert send(browser, url, start, clip[start:stop]).status_code == 204


def test_a_piece_that_broke_off_is_kept_as_far_as_it_came(browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    came = uploads.write(Upload.objects.get(), offset=0, piece=BytesIO(clip[:5000]), length=len(clip))
    assert came.received == 5000
    assert browser.head(url).headers["Upload-Offset"] == "5000"


@pytest.mark.django_db(transaction=True)
def test_two_requests_cannot_write_one_upload_at_once(servers: None, browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    answers: list[int] = []

    def other() -> None:  # as a web process on another machine would
        client = Client()
        client.force_login(User.objects.get())
        answers.append(send(client, url, 0, clip[:100]).status_code)
        connection.close()

    with uploads.alone(Upload.objects.get()):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
    assert answers == [423]
    assert send(browser, url, 0, clip[:100]).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_a_piece_that_fails_to_be_written_down_can_be_sent_again(
    servers: None, browser: Client, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    send(browser, url, 0, clip[:1000])

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("The web process died here: stored, and not committed.")

    monkeypatch.setattr(uploads, "enqueue", fail)
    with pytest.raises(RuntimeError, match="died here"):
        send(browser, url, 1000, clip[1000:])
    monkeypatch.undo()
    assert browser.head(url).headers["Upload-Offset"] == "1000"
    send(browser, url, 1000, clip[1000:2000])
    send(browser, url, 2000, clip[2000:])
    upload = Upload.objects.get()
    storage.complete(uploads.key_of(upload), upload.parts, size=len(clip))
    with storage.open_file(uploads.key_of(upload)) as staged:
        assert staged.read() == clip


def test_a_cancelled_upload_is_gone_and_takes_no_more(browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    assert browser.delete(url).status_code == 204
    assert not is_staged(Upload.objects.get())
    assert send(browser, url, 0, clip[:100]).status_code == 410
    assert browser.delete(url).status_code == 410


def test_recent_uploads_are_listed_newest_first(browser: Client) -> None:
    for name in ("one.mp4", "two.mp4"):
        begin(browser, 100, name)
    listed = browser.get(reverse("uploads", args=["acme"])).json()["uploads"]
    assert [each["filename"] for each in listed] == ["two.mp4", "one.mp4"]


def test_a_large_file_is_written_without_being_held(browser: Client) -> None:
    """What `write` reads at once is bounded, and it holds no more than a piece."""
    sizes: list[int] = []

    class Pipe:
        def __init__(self) -> None:
            self.rest = 5 * BLOCK

        def read(self, size: int) -> bytes:
            sizes.append(size)
            taken = min(size, self.rest, BLOCK)
            self.rest -= taken
            return b"\x1a\x45\xdf\xa3webm".ljust(taken, b"\0")

    begin(browser, 100 * BLOCK)
    upload = uploads.write(Upload.objects.get(), offset=0, piece=Pipe(), length=5 * BLOCK)  # type: ignore[arg-type]
    assert upload.received == 5 * BLOCK
    assert max(sizes) <= 5 * BLOCK


def test_while_nobody_checks_it_the_page_says_that_checks_are_delayed(browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    send(browser, url, 0, clip)
    assert browser.get(url).json()["reason"] == ""
    now = timezone.now()
    Upload.objects.update(updated_at=now - timedelta(minutes=2))
    assert browser.get(url).json()["reason"] == uploads.DELAYED
    Upload.objects.update(held_until=now + timedelta(minutes=1))  # a worker is at it: a large file takes long
    assert browser.get(url).json()["reason"] == ""


def test_a_store_that_hangs_takes_some_uploads_along_and_tells_the_others(
    browser: Client, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each that writes holds a connection to the database, and some must be left for pages."""
    url = begin(browser, len(clip)).headers["Location"]
    monkeypatch.setattr(uploads, "PATIENCE_SECONDS", 0.01)
    with ExitStack() as hanging:
        for _ in range(uploads.WRITERS):
            hanging.enter_context(uploads.place())
        answer = send(browser, url, 0, clip[:1500])
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert send(browser, url, 0, clip[:1500]).status_code == 204
    assert uploads.WRITERS < settings.DATABASE_POOL_SIZE
