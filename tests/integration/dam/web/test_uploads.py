"""The upload protocol of docs/uploads.md, piece by piece, with files in a folder and in a bucket."""

import base64
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

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership, User
from dam.accounts.principals import Member
from dam.catalog.models import Asset, Version
from dam.core import storage
from dam.ingest import importer, uploads
from dam.ingest.models import Upload, UploadState
from tests import media_factory
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.usefixtures("either_store")

PIECE = "application/offset+octet-stream"


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory.create(slug="acme")


@pytest.fixture
def creator(brand: Brand) -> Member:
    return member(brand)


@pytest.fixture
def browser(creator: Member) -> Client:
    client = Client()
    client.force_login(creator.user)
    return client


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return media_factory.clip(tmp_path_factory.mktemp("clips") / "clip.mp4", frames=48).read_bytes()


def begin(browser: Client, size: int, filename: str = "summer.mp4", *, asset: str = "") -> Any:
    name = base64.b64encode(filename.encode()).decode()
    target = f",asset {base64.b64encode(asset.encode()).decode()}" if asset else ""
    headers = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name},type dmlkZW8={target}"}
    return browser.post(reverse("upload-create", args=["acme"]), headers=headers)


def send(browser: Client, url: str, offset: int, data: bytes, content_type: str = PIECE) -> Any:
    return browser.patch(url, data, content_type=content_type, headers={"Upload-Offset": str(offset)})


def is_staged(upload: Upload) -> bool:
    key = uploads.key_of(upload)
    return any(entry.key.startswith(key) for entry in storage.entries(uploads.FOLDER))


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


@pytest.mark.parametrize(
    ("asset", "status", "code"),
    [
        ("00000000-0000-4000-8000-000000000007", 404, "no_asset"),
        ("the blue one", 400, "bad_request"),
    ],
)
def test_a_clip_that_is_not_there_takes_no_upload(
    browser: Client, asset: str, status: int, code: str
) -> None:
    answer = begin(browser, 100, asset=asset)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Upload.objects.exists()


def test_a_clip_trashed_while_its_version_came_takes_it_no_more(
    browser: Client, clip: bytes, brand: Brand
) -> None:
    first = VersionFactory.create(asset__brand=brand)
    url = begin(browser, len(clip), asset=str(first.asset_id)).headers["Location"]
    send(browser, url, 0, clip)
    Asset.objects.update(trashed_at=timezone.now())
    importer.take_upload(Upload.objects.get().pk)
    payload = browser.get(url).json()
    assert (payload["state"], payload["code"]) == ("refused", "no_asset")
    assert first.asset.versions.count() == 1


def test_a_role_that_was_taken_away_meanwhile_adds_nothing(
    browser: Client, clip: bytes, brand: Brand, creator: Member
) -> None:
    first = VersionFactory.create(asset__brand=brand)
    url = begin(browser, len(clip), asset=str(first.asset_id)).headers["Location"]
    send(browser, url, 0, clip)
    Membership.objects.filter(user=creator.user).update(role=Role.BRAND_REVIEWER)
    importer.take_upload(Upload.objects.get().pk)
    upload = Upload.objects.get()
    assert (upload.state, upload.code) == (UploadState.REFUSED, "forbidden")


def test_the_same_file_again_is_known_and_names_the_asset(browser: Client, clip: bytes) -> None:
    payloads = []
    for _ in range(2):
        url = begin(browser, len(clip)).headers["Location"]
        send(browser, url, 0, clip)
        importer.take_upload(url.rstrip("/").rpartition("/")[2])
        payloads.append(browser.get(url).json())
    assert [each["state"] for each in payloads] == ["taken", "known"]
    assert payloads[0]["asset"] == payloads[1]["asset"]


def test_a_text_file_is_refused_at_its_first_piece(browser: Client) -> None:
    text = b"not a video\n" * 1000
    url = begin(browser, len(text) * 2).headers["Location"]
    answer = send(browser, url, 0, text)
    assert (answer.status_code, answer.headers["Content-Type"]) == (415, "application/problem+json")
    assert answer.json()["code"] == "not_a_video"
    upload = Upload.objects.get()
    assert (upload.state, upload.code) == (UploadState.REFUSED, "not_a_video")
    assert not is_staged(upload)


@pytest.mark.parametrize("sizes", [(10, 9990), (4000, 96, 5904), (1, 1, 9998)])
def test_what_is_no_video_is_refused_however_short_its_first_piece_is(
    browser: Client, sizes: tuple[int, ...]
) -> None:
    url = begin(browser, 20_000).headers["Location"]
    statuses, offset = [], 0
    for size in sizes:
        statuses.append(send(browser, url, offset, b"x" * size).status_code)
        offset += size
    assert 415 in statuses
    upload = Upload.objects.get()
    assert (upload.state, upload.code) == (UploadState.REFUSED, "not_a_video")
    assert not is_staged(upload)


def test_a_video_may_begin_with_a_short_piece(browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    for start, stop in [(0, 3), (3, 4095), (4095, len(clip))]:
        assert send(browser, url, start, clip[start:stop]).status_code == 204


def test_a_piece_that_broke_off_is_kept_as_far_as_it_came(browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    came = uploads.write(Upload.objects.get(), offset=0, piece=BytesIO(clip[:5000]), length=len(clip))
    assert came.received == 5000
    assert browser.head(url).headers["Upload-Offset"] == "5000"


def test_a_damaged_file_is_refused_with_its_reason(browser: Client, clip: bytes) -> None:
    half = clip[: len(clip) // 2]
    url = begin(browser, len(half)).headers["Location"]
    send(browser, url, 0, half)
    importer.take_upload(Upload.objects.get().pk)
    payload = browser.get(url).json()
    assert (payload["state"], payload["code"], payload["asset"]) == ("refused", "truncated", None)
    assert "is missing" in payload["reason"]


@pytest.mark.parametrize(("size", "status", "code"), [(0, 422, "empty"), (10**15, 413, "too_large")])
def test_a_hopeless_size_is_refused_before_a_byte_is_sent(
    browser: Client, size: int, status: int, code: str
) -> None:
    answer = begin(browser, size)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Upload.objects.exists()


def test_a_full_disk_is_told_before_and_while(
    browser: Client, clip: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "free", lambda: 10**12)
    url = begin(browser, len(clip)).headers["Location"]
    send(browser, url, 0, clip[:1500])
    settings.DISK_RESERVE_BYTES = 10**18
    assert begin(browser, len(clip)).status_code == 507
    assert send(browser, url, 1500, clip[1500:]).json()["code"] == "disk_full"
    settings.DISK_RESERVE_BYTES = 0
    assert send(browser, url, 1500, clip[1500:]).status_code == 204


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.mp4", "a\nb.mp4", "x\u202e4pm.exe", "y" * 300 + ".mp4", ""]
)
def test_a_hostile_name_is_only_ever_shown(browser: Client, name: str) -> None:
    begin(browser, 100, name)
    upload = Upload.objects.get()
    assert not set(upload.filename) & set("/\\\n\u202e")
    assert uploads.key_of(upload) == f"staging/uploads/{upload.pk}"


@pytest.mark.parametrize(
    ("offset", "data", "status", "code"),
    [
        (7, b"x", 409, "wrong_offset"),
        (0, b"x" * 101, 413, "too_large"),
    ],
)
def test_a_piece_must_fit(browser: Client, offset: int, data: bytes, status: int, code: str) -> None:
    url = begin(browser, 100).headers["Location"]
    answer = send(browser, url, offset, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_wrong_offset_says_where_to_go_on(browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    send(browser, url, 0, clip[:1000])
    assert send(browser, url, 0, clip[:1000]).headers["Upload-Offset"] == "1000"


def test_a_piece_is_at_most_eight_mebibytes(browser: Client, settings: Any) -> None:
    settings.UPLOAD_CHUNK_BYTES = 10
    url = begin(browser, 100).headers["Location"]
    assert send(browser, url, 0, b"x" * 11).status_code == 413


def test_storage_that_does_not_answer_is_told_and_the_upload_stays_open(
    browser: Client, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = begin(browser, len(clip)).headers["Location"]

    def away(*_: object, **__: object) -> None:
        raise storage.Unavailable("The storage did not answer.")

    monkeypatch.setattr(storage, "append", away)
    answer = send(browser, url, 0, clip[:1000])
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert Upload.objects.get().state == UploadState.RECEIVING


def test_a_piece_of_another_type_is_not_taken(browser: Client) -> None:
    url = begin(browser, 100).headers["Location"]
    assert send(browser, url, 0, b"x", content_type="video/mp4").status_code == 415


@pytest.mark.parametrize("headers", [{}, {"Upload-Length": "-1"}, {"Upload-Length": "1e9"}])
def test_a_missing_or_odd_length_is_a_bad_request(browser: Client, headers: dict[str, str]) -> None:
    answer = browser.post(reverse("upload-create", args=["acme"]), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_a_name_that_is_no_base64_is_a_bad_request(browser: Client) -> None:
    headers = {"Upload-Length": "5", "Upload-Metadata": "filename ???"}
    assert browser.post(reverse("upload-create", args=["acme"]), headers=headers).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_two_requests_cannot_write_one_upload_at_once(servers: None, browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    answers: list[int] = []

    def other() -> None:  # as a web process on another machine would
        client = Client()
        client.force_login(User.objects.get())
        answers.append(send(client, url, 0, clip[:100]).status_code)
        connection.close()

    with uploads._alone(Upload.objects.get()):
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


def test_a_viewer_may_not_upload(brand: Brand) -> None:
    client = Client()
    client.force_login(member(brand, Role.VIEWER).user)
    answer = begin(client, 100)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_stranger_does_not_learn_that_the_brand_exists(brand: Brand) -> None:
    client = Client()
    client.force_login(member(BrandFactory.create()).user)
    assert begin(client, 100).status_code == 404


def test_somebody_signed_out_is_sent_to_sign_in(brand: Brand) -> None:
    assert begin(Client(), 100).status_code == 302


def test_another_persons_upload_is_not_there(browser: Client, brand: Brand) -> None:
    url = begin(browser, 100).headers["Location"]
    other = Client()
    other.force_login(member(brand).user)
    assert [other.head(url).status_code, other.delete(url).status_code] == [404, 404]
    assert other.get(reverse("uploads", args=["acme"])).json() == {"uploads": []}


def test_a_request_without_the_csrf_token_is_refused(creator: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(creator.user)
    assert begin(client, 100).status_code == 403
    assert not Upload.objects.exists()


def test_recent_uploads_are_listed_newest_first(browser: Client) -> None:
    for name in ("one.mp4", "two.mp4"):
        begin(browser, 100, name)
    listed = browser.get(reverse("uploads", args=["acme"])).json()["uploads"]
    assert [each["filename"] for each in listed] == ["two.mp4", "one.mp4"]


def test_methods_beyond_the_protocol_are_not_allowed(browser: Client) -> None:
    url = begin(browser, 100).headers["Location"]
    assert browser.put(url).status_code == 405
    assert browser.get(reverse("upload-create", args=["acme"])).status_code == 405


def test_a_large_file_is_written_without_being_held(browser: Client) -> None:
    """What `write` reads at once is bounded, and it holds no more than a piece."""
    sizes: list[int] = []

    class Pipe:
        def __init__(self) -> None:
            self.rest = 5 * uploads.BLOCK

        def read(self, size: int) -> bytes:
            sizes.append(size)
            taken = min(size, self.rest)
            self.rest -= taken
            return b"\x1a\x45\xdf\xa3webm".ljust(taken, b"\0")

    begin(browser, 100 * uploads.BLOCK)
    upload = uploads.write(Upload.objects.get(), offset=0, piece=Pipe(), length=5 * uploads.BLOCK)  # type: ignore[arg-type]
    assert upload.received == 5 * uploads.BLOCK
    assert max(sizes) <= uploads.BLOCK


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
            hanging.enter_context(uploads._place())
        answer = send(browser, url, 0, clip[:1500])
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert send(browser, url, 0, clip[:1500]).status_code == 204
    assert uploads.WRITERS < settings.DATABASE_POOL_SIZE
