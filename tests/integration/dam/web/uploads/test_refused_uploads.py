"""What the upload protocol refuses, and how it says so, with files in a folder and in a bucket."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.catalog.models import Asset
from dam.core import storage
from dam.ingest import importer, uploads
from dam.ingest.models import Upload, UploadState
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.dam.web.uploads.sending import begin, is_staged, send

pytestmark = pytest.mark.usefixtures("either_store")


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


def test_a_viewer_may_not_upload(brand: Brand) -> None:
    client = Client()
    client.force_login(member(brand, Role.VIEWER).user)
    answer = begin(client, 100)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_stranger_does_not_learn_that_the_brand_exists(brand: Brand) -> None:
    client = Client()
    client.force_login(member(BrandFactory.create()).user)
    assert begin(client, 100).status_code == 404


def test_somebody_signed_out_is_told_so(brand: Brand) -> None:
    answer = begin(Client(), 100)
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_of_a_closed_brand_nobody_is_led_to_a_page_in_the_middle(brand: Brand) -> None:
    client = Client()
    client.force_login(member(brand, Role.ADMIN).user)
    url = begin(client, 100).headers["Location"]
    Brand.objects.update(closed_at=timezone.now(), delete_at=timezone.now())
    answer = send(client, url, 0, b"x")
    assert (answer.status_code, answer.json()["code"]) == (403, "brand_closed")


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


def test_methods_beyond_the_protocol_are_not_allowed(browser: Client) -> None:
    url = begin(browser, 100).headers["Location"]
    assert browser.put(url).status_code == 405
    assert browser.get(reverse("upload-create", args=["acme"])).status_code == 405
