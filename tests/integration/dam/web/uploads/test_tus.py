"""What tus 1.0 asks of a server beyond taking pieces, with files in a folder and in a bucket."""

import base64
import hashlib
import zlib
from datetime import timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.ingest import cleanup, uploads
from dam.ingest.checksums import Checksum
from dam.ingest.models import Upload, UploadState
from tests.factories import member
from tests.integration.dam.web.uploads.sending import PIECE, begin, send

pytestmark = pytest.mark.usefixtures("either_store")

NEW = reverse("upload-create", args=["acme"])


def checked(browser: Client, url: str, data: bytes, checksum: str, offset: int = 0) -> Any:
    headers = {"Upload-Offset": str(offset), "Upload-Checksum": checksum}
    return browser.patch(url, data, content_type=PIECE, headers=headers)


def as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_a_client_asks_what_the_server_can_do(browser: Client, settings: Any) -> None:
    for address in (NEW, begin(browser, 100).headers["Location"], reverse("uploads", args=["acme"])):
        answer = browser.options(address)
        assert answer.status_code == 204
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert set(answer.headers["Tus-Extension"].split(",")) == {
            "creation",
            "creation-with-upload",
            "creation-defer-length",
            "concatenation",
            "expiration",
            "checksum",
            "termination",
        }
        assert answer.headers["Tus-Max-Size"] == str(settings.UPLOAD_MAX_BYTES)
        assert "sha1" in answer.headers["Tus-Checksum-Algorithm"].split(",")


def test_what_the_server_can_do_is_no_strangers_business(brand: Brand) -> None:
    assert Client().options(NEW).status_code == 401
    viewer = Client()
    viewer.force_login(member(brand, Role.VIEWER).user)
    assert viewer.options(NEW).status_code == 403


def test_every_answer_names_the_version(browser: Client, clip: bytes) -> None:
    begun = begin(browser, len(clip))
    url = begun.headers["Location"]
    gone = reverse("upload-piece", args=["acme", "00000000-0000-4000-8000-000000000007"])
    answers = [
        begun,
        browser.head(url),
        browser.get(url),
        send(browser, url, 7, b"x"),
        send(browser, url, 0, clip),
        browser.put(url),
        browser.head(gone),
        browser.options(NEW),
        Client().head(url),
        Client(enforce_csrf_checks=True).post(NEW),
        Client(headers={"Authorization": "Bearer unknown"}).post(NEW),
    ]
    assert {answer.headers.get("Tus-Resumable") for answer in answers} == {"1.0.0"}
    assert "Tus-Resumable" not in browser.get(reverse("library", args=["acme"])).headers


@pytest.mark.parametrize("version", ["0.2.2", "1.0.1", ""])
def test_another_version_is_refused_and_nothing_is_done(browser: Client, version: str) -> None:
    old = {"Tus-Resumable": version}
    url = begin(browser, 100).headers["Location"]
    answers = [
        browser.post(NEW, headers={**old, "Upload-Length": "5"}),
        browser.head(url, headers=old),
        browser.patch(url, b"x", content_type=PIECE, headers={**old, "Upload-Offset": "0"}),
        browser.delete(url, headers=old),
    ]
    assert {(each.status_code, each.headers["Tus-Version"]) for each in answers} == {(412, "1.0.0")}
    upload = Upload.objects.get()
    assert (upload.state, upload.received) == (UploadState.RECEIVING, 0)
    assert browser.options(NEW, headers=old).status_code == 204  # that is how a client finds out


def test_what_was_told_of_the_file_is_repeated(browser: Client) -> None:
    told = "filename c3VtbWVyLm1wNA==,type dmlkZW8vbXA0,is_confidential"
    answer = browser.post(NEW, headers={"Upload-Length": "9", "Upload-Metadata": told})
    standing = browser.head(answer.headers["Location"])
    assert standing.headers["Upload-Metadata"] == told
    assert standing.headers["Cache-Control"] == "no-store"
    plain = browser.post(NEW, headers={"Upload-Length": "9"}).headers["Location"]
    assert "Upload-Metadata" not in browser.head(plain).headers


def test_a_client_that_says_name_is_understood(browser: Client) -> None:
    browser.post(NEW, headers={"Upload-Length": "9", "Upload-Metadata": f"name {as_base64(b'lake.mp4')}"})
    assert Upload.objects.get().filename == "lake.mp4"


def test_metadata_without_end_is_a_bad_request(browser: Client) -> None:
    for odd in ("k " + "A" * 5000, "filename \xe9"):
        answer = browser.post(NEW, headers={"Upload-Length": "9", "Upload-Metadata": odd})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_where_only_post_passes_the_method_stands_in_a_header(browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    headers = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    first = browser.post(url, clip[:1500], content_type=PIECE, headers=headers)
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1500")
    standing = browser.post(url, headers={"X-HTTP-Method-Override": "HEAD"})
    assert standing.headers["Upload-Offset"] == "1500"
    assert browser.post(url, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert Upload.objects.get().state == UploadState.CANCELLED


def test_a_link_that_says_delete_in_a_header_deletes_nothing(browser: Client) -> None:
    """Requests that read need no form's token, so they never change anything."""
    url = begin(browser, 100).headers["Location"]
    assert browser.get(url, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 200
    assert Upload.objects.get().state == UploadState.RECEIVING


def test_the_address_is_absolute_where_the_client_knows_the_public_one(
    browser: Client, settings: Any
) -> None:
    assert begin(browser, 100).headers["Location"].startswith("/b/acme/uploads/")
    settings.PUBLIC_URL = "http://testserver"
    assert begin(browser, 100).headers["Location"].startswith("http://testserver/b/acme/uploads/")
    settings.PUBLIC_URL = "https://testserver"  # a proxy that does not say so: what it says might not work
    assert begin(browser, 100).headers["Location"].startswith("/b/acme/uploads/")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "crc32"])
def test_a_piece_that_is_what_its_checksum_says_is_kept(browser: Client, clip: bytes, algorithm: str) -> None:
    digest = {
        "sha1": hashlib.sha1(clip).digest(),
        "sha256": hashlib.sha256(clip).digest(),
        "crc32": zlib.crc32(clip).to_bytes(4, "big"),
    }[algorithm]
    url = begin(browser, len(clip)).headers["Location"]
    assert checked(browser, url, clip, f"{algorithm} {as_base64(digest)}").status_code == 204
    assert Upload.objects.get().state == UploadState.RECEIVED


def test_a_piece_that_is_not_what_its_checksum_says_is_dropped(browser: Client, clip: bytes) -> None:
    right = f"sha1 {as_base64(hashlib.sha1(clip).digest())}"
    url = begin(browser, len(clip)).headers["Location"]
    damaged = clip[:-1] + bytes([clip[-1] ^ 1])
    answer = checked(browser, url, damaged, right)
    assert (answer.status_code, answer.json()["code"]) == (460, "checksum_mismatch")
    assert browser.head(url).headers["Upload-Offset"] == "0"
    assert checked(browser, url, clip, right).status_code == 204


def test_of_a_checked_piece_that_broke_off_nothing_is_kept(browser: Client, clip: bytes) -> None:
    begin(browser, len(clip))
    upload = Upload.objects.get()
    whole = Checksum("sha1", hashlib.sha1(clip).digest())
    with pytest.raises(uploads.WrongChecksum):
        uploads.write(upload, offset=0, piece=BytesIO(clip[:5000]), length=len(clip), checksum=whole)
    assert Upload.objects.get().received == 0


@pytest.mark.parametrize("odd", ["md5 AAAA", "sha1", "sha1 ???", "", "sha1 \xe9"])
def test_a_checksum_that_says_nothing_is_a_bad_request(browser: Client, clip: bytes, odd: str) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    answer = checked(browser, url, clip, odd)
    assert (answer.status_code, answer.json()["code"]) in {(400, "bad_request"), (460, "checksum_mismatch")}
    assert browser.head(url).headers["Upload-Offset"] == "0"


def test_a_client_is_told_until_when_the_upload_is_kept(browser: Client, clip: bytes, brand: Brand) -> None:
    brand.unfinished_upload_days = 3
    brand.save()
    begun = begin(browser, len(clip))
    url = begun.headers["Location"]
    first = send(browser, url, 0, clip[:1500])
    last = send(browser, url, 1500, clip[1500:])
    left = [
        parsedate_to_datetime(answer.headers["Upload-Expires"]) - timezone.now() for answer in (begun, first)
    ]
    assert timedelta(minutes=59) < left[0] <= timedelta(hours=1)
    assert timedelta(days=2, hours=23) < left[1] <= timedelta(days=3)
    assert "Upload-Expires" not in last.headers


def test_an_upload_that_expired_is_gone(browser: Client, clip: bytes) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    said = parsedate_to_datetime(send(browser, url, 0, clip[:1500]).headers["Upload-Expires"])
    assert cleanup.run(at=said - timedelta(minutes=1)).uploads == 0
    assert cleanup.run(at=said + timedelta(minutes=1)).uploads == 1
    standing = browser.head(url)
    assert (standing.status_code, "Upload-Offset" in standing.headers) == (410, False)
    assert send(browser, url, 1500, clip[1500:]).status_code == 410


@pytest.mark.parametrize("ended", ["cancelled", "refused"])
def test_of_an_upload_that_ended_no_place_is_told(browser: Client, ended: str) -> None:
    url = begin(browser, 10_000).headers["Location"]
    if ended == "cancelled":
        browser.delete(url)
    else:
        send(browser, url, 0, b"not a video\n" * 500)
    standing = browser.head(url)
    assert (standing.status_code, "Upload-Offset" in standing.headers) == (410, False)
    assert browser.get(url).json()["state"] == ended


def test_somebody_signed_out_in_the_middle_hears_it_in_json_and_the_bytes_stay(
    browser: Client, clip: bytes
) -> None:
    url = begin(browser, len(clip)).headers["Location"]
    send(browser, url, 0, clip[:1500])
    person = Upload.objects.get().user
    browser.logout()
    answer = send(browser, url, 1500, clip[1500:])
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert browser.head(url).status_code == 401
    browser.force_login(person)
    assert browser.head(url).headers["Upload-Offset"] == "1500"
    assert send(browser, url, 1500, clip[1500:]).status_code == 204


def test_the_sum_of_a_file_may_be_told_in_any_letters(browser: Client) -> None:
    told = as_base64(("AB" * 32).encode())
    headers = {"Upload-Length": "9", "Upload-Metadata": f"sha256 {told}"}
    assert browser.post(NEW, headers=headers).status_code == 201
    assert Upload.objects.get().sha256 == "ab" * 32


@pytest.mark.parametrize("told", ["xyz", "", "g" * 64, "ab" * 33])
def test_a_sum_that_is_none_is_a_bad_request(browser: Client, told: str) -> None:
    headers = {"Upload-Length": "9", "Upload-Metadata": f"sha256 {as_base64(told.encode())}"}
    assert browser.post(NEW, headers=headers).status_code == 400
    assert not Upload.objects.exists()
