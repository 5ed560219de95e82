"""Parts that go straight to the bucket: what its owner can do with them."""

import base64
import random
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.models import Brand
from dam.core import storage
from dam.core.storage import PART_BYTES
from dam.ingest import cleanup, direct, importer, uploads
from dam.ingest.models import Upload, UploadState
from tests import s3_server as server
from tests.integration.dam.web.uploads.direct import (
    HEAD,
    announce,
    ask,
    look,
    part_of,
    place,
    put,
    send_all,
)
from tests.integration.dam.web.uploads.sending import is_staged, send

FILE = HEAD + random.Random(5).randbytes(2 * PART_BYTES + 12_345)


@pytest.fixture(autouse=True)
def bucket(settings: Any, s3_server: str, request: pytest.FixtureRequest) -> None:
    """A bucket that browsers reach."""
    settings.S3_ENDPOINT_URL = settings.S3_PUBLIC_URL = s3_server
    settings.S3_REGION = "us-east-1"
    settings.STORAGE = f"s3://{server.BUCKET}/{request.node.name}"


def staged_bytes(upload: Upload) -> bytes:
    upload.refresh_from_db()
    storage.complete(uploads.key_of(upload), upload.parts, size=upload.size)
    with storage.open_file(uploads.key_of(upload)) as staged:
        return staged.read()


def later(upload: Upload, by: timedelta) -> None:
    """As though nothing had come of it for so long."""
    Upload.objects.filter(pk=upload.pk).update(updated_at=timezone.now() - by)


def test_the_parts_of_a_file_are_put_into_the_bucket_in_any_order(browser: Client) -> None:
    upload = announce(browser, FILE)
    assert look(browser, upload) == {
        "state": "receiving", "part_bytes": PART_BYTES, "begun": False, "until": 0, "also": [],
    }  # fmt: skip
    send_all(browser, upload, FILE, [1, 3])
    assert look(browser, upload) == {
        "state": "receiving", "part_bytes": PART_BYTES, "begun": True, "until": 1, "also": [3],
    }  # fmt: skip
    send_all(browser, upload, FILE, [2])
    assert look(browser, upload)["state"] == "received"
    assert staged_bytes(upload) == FILE


def test_a_real_clip_is_taken_by_a_worker_and_leaves_the_staging_folder(
    browser: Client, clip: bytes, brand: Brand
) -> None:
    told = base64.b64encode(sha256(clip).hexdigest().encode()).decode()
    headers = {"Upload-Length": str(len(clip)), "Upload-Metadata": f"filename YS5tcDQ=,sha256 {told}"}
    browser.post(reverse("upload-create", args=["acme"]), headers=headers)
    upload = Upload.objects.get()
    send_all(browser, upload, clip, [1])
    assert look(browser, upload)["state"] == "received"
    importer.take_upload(upload.pk)
    importer.take_upload(upload.pk)  # delivered twice
    upload.refresh_from_db()
    assert (upload.state, upload.version and upload.version.sha256) == ("taken", sha256(clip).hexdigest())
    assert not is_staged(upload)


def test_what_is_not_what_its_sender_said_becomes_nobodys_clip(browser: Client, clip: bytes) -> None:
    """By either road."""
    told = base64.b64encode(b"0" * 64).decode()
    headers = {"Upload-Length": str(len(clip)), "Upload-Metadata": f"filename YS5tcDQ=,sha256 {told}"}
    for straight in (True, False):
        url = browser.post(reverse("upload-create", args=["acme"]), headers=headers).headers["Location"]
        upload = Upload.objects.latest("created_at")
        if straight:
            send_all(browser, upload, clip, [1])
            look(browser, upload)
        else:
            send(browser, url, 0, clip)
        importer.take_upload(upload.pk)
        upload.refresh_from_db()
        assert (upload.state, upload.code, upload.version) == ("refused", "damaged", None)
        assert "changed while it was uploaded" in upload.reason
        assert not is_staged(upload)


def test_what_lies_there_is_told_by_the_upload_itself(browser: Client) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1])
    url = reverse("upload-piece", args=["acme", upload.pk])
    assert browser.head(url).headers["Upload-Offset"] == str(PART_BYTES)
    send_all(browser, upload, FILE, [2, 3])
    assert browser.get(url).json()["state"] == "received"


def test_an_upload_goes_on_through_us_from_where_its_parts_end(browser: Client) -> None:
    """As where a network lets nobody through to the bucket. Pieces are of any length."""
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1, 3])
    url = reverse("upload-piece", args=["acme", upload.pk])
    offset = int(browser.head(url).headers["Upload-Offset"])
    assert offset == PART_BYTES
    assert send(browser, url, offset, FILE[offset : offset + 1000]).status_code == 204
    answer = ask(browser, upload, 3, FILE)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_direct")
    rest = FILE[offset + 1000 :]
    for start in range(0, len(rest), PART_BYTES):
        piece = rest[start : start + PART_BYTES]
        answer = send(browser, url, offset + 1000 + start, piece)
        assert answer.status_code == 204
    assert staged_bytes(upload) == FILE


def test_an_upload_that_came_through_us_does_not_change_its_road(browser: Client) -> None:
    upload = announce(browser, FILE)
    send(browser, reverse("upload-piece", args=["acme", upload.pk]), 0, FILE[:1000])
    assert ask(browser, upload, 1, FILE).json()["code"] == "not_direct"
    assert look(browser, upload).get("code") == "not_direct"


@pytest.mark.parametrize("where", ["a folder", "nowhere for browsers", "off"])
def test_where_the_road_is_not_open_it_says_so_and_tus_works(
    browser: Client, settings: Any, clip: bytes, tmp_path: Any, where: str
) -> None:
    if where == "a folder":
        settings.STORAGE = str(tmp_path)
    elif where == "off":
        settings.S3_DIRECT_UPLOADS = False
    else:
        settings.S3_PUBLIC_URL = ""
    upload = announce(browser, clip)
    answer = ask(browser, upload, 1, clip)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_direct")
    assert send(browser, reverse("upload-piece", args=["acme", upload.pk]), 0, clip).status_code == 204


def test_whole_uploads_alone_go_that_way(browser: Client) -> None:
    """Neither a part of a file (tus) nor what has no length yet."""
    for headers in (
        {"Upload-Length": str(len(FILE)), "Upload-Concat": "partial"},
        {"Upload-Defer-Length": "1"},
    ):
        browser.post(reverse("upload-create", args=["acme"]), headers=headers)
        upload = Upload.objects.latest("created_at")
        assert ask(browser, upload, 1, FILE).json()["code"] == "not_direct"


def test_what_is_no_video_is_refused_before_a_byte_of_it_is_sent(browser: Client) -> None:
    upload = announce(browser, FILE)
    answer = ask(browser, upload, 1, b"This is a shopping list.\n" * 400)
    assert (answer.status_code, answer.json()["code"]) == (415, "not_a_video")
    upload.refresh_from_db()
    assert upload.state == UploadState.REFUSED
    assert ask(browser, upload, 1, FILE).status_code == 410


def test_the_first_address_wants_the_beginning_of_the_file_and_no_other_does(browser: Client) -> None:
    upload = announce(browser, FILE)
    address = reverse("upload-parts", args=["acme", upload.pk])
    assert browser.post(address, {"number": "1"}).json()["code"] == "no_beginning"
    assert ask(browser, upload, 1, FILE[:4000]).json()["code"] == "no_beginning"
    assert ask(browser, upload, 1, FILE).status_code == 200
    assert browser.post(address, {"number": "2"}).status_code == 200


@pytest.mark.parametrize(
    "told",
    [{"number": ""}, {"number": "-1"}, {"number": "1e1"}, {"sha256": "x"}, {"sha256": "YWJj"}, {"head": "%"}],
)
def test_what_cannot_be_read_is_told(browser: Client, told: dict[str, str]) -> None:
    upload = announce(browser, FILE)
    answer = browser.post(reverse("upload-parts", args=["acme", upload.pk]), {"number": "1", **told})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_a_page_closed_with_the_last_part_is_noticed(browser: Client) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1, 2, 3])
    assert direct.look_at_due(timezone.now()) == 0  # somebody may be at it yet
    assert Upload.objects.get().state == UploadState.RECEIVING
    assert direct.look_at_due(timezone.now() + direct.LAST_WORD) == 1
    assert Upload.objects.get().state == UploadState.RECEIVED
    assert staged_bytes(upload) == FILE


def test_a_page_closed_before_is_looked_at_less_and_less(browser: Client) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1, 3])
    at = timezone.now() + timedelta(hours=3)
    assert direct.look_at_due(at) == 0
    upload.refresh_from_db()
    assert upload.received == PART_BYTES
    assert upload.due_at is not None
    assert timedelta(hours=2) < upload.due_at - at < timedelta(hours=4)


def test_abandoned_parts_are_removed_and_give_their_room_back(browser: Client, brand: Brand) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1])
    later(upload, timedelta(hours=2))
    cleanup.run()  # looks first: they came while nobody had
    upload.refresh_from_db()
    assert (upload.state, upload.received) == (UploadState.RECEIVING, PART_BYTES)
    later(upload, timedelta(days=brand.unfinished_upload_days, minutes=1))
    url = place(browser, upload, 3, FILE)
    later(upload, timedelta(days=brand.unfinished_upload_days, minutes=1))
    cleanup.run()
    upload.refresh_from_db()
    assert upload.state == UploadState.CANCELLED
    assert not is_staged(upload)
    assert put(url, part_of(FILE, 3)) == 404


def test_parts_that_no_upload_knows_are_swept(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = storage.begin_direct("staging/uploads/nobody", sums=False)
    assert parts is not None
    monkeypatch.setattr(cleanup, "ABANDONED", timedelta(0))
    cleanup.run()
    assert list(storage.entries("staging")) == []


def test_parts_that_the_store_dropped_end_the_upload_with_a_reason(browser: Client) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1])
    uploads.discard(upload)
    assert look(browser, upload)["state"] == "refused"
    assert browser.get(reverse("upload-piece", args=["acme", upload.pk])).json()["code"] == "damaged"


def test_a_store_that_is_away_costs_nothing(browser: Client, settings: Any) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1])
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:9"
    address = reverse("upload-parts", args=["acme", upload.pk])
    assert browser.get(address).status_code == 503
    assert browser.head(reverse("upload-piece", args=["acme", upload.pk])).status_code == 503
    upload.refresh_from_db()
    assert upload.state == UploadState.RECEIVING


def test_cancelling_removes_the_parts(browser: Client) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1, 3])
    assert browser.delete(reverse("upload-piece", args=["acme", upload.pk])).status_code == 204
    assert not is_staged(upload)
    assert ask(browser, upload, 2, FILE).status_code == 410
    assert send(browser, reverse("upload-piece", args=["acme", upload.pk]), 0, FILE[:10]).status_code == 410
