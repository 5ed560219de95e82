"""Parts that go straight to the bucket: what nobody can do with an address."""

import urllib.parse
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from dam.accounts.models import Brand
from dam.core import storage
from dam.core.storage import PART_BYTES
from dam.ingest import importer, uploads
from dam.ingest.models import Upload, UploadState
from tests import s3_server as server
from tests.factories import BrandFactory, member
from tests.integration.dam.web.uploads.direct import (
    HEAD,
    address_of,
    announce,
    ask,
    look,
    place,
    put,
    send_all,
)

FILE = HEAD + bytes(PART_BYTES)  # a part, and eight bytes more


@pytest.fixture(autouse=True)
def bucket(settings: Any, s3_server: str, request: pytest.FixtureRequest) -> None:
    settings.S3_ENDPOINT_URL = settings.S3_PUBLIC_URL = s3_server
    settings.S3_REGION = "us-east-1"
    settings.STORAGE = f"s3://{server.BUCKET}/{request.node.name}"


def last_part() -> bytes:
    return FILE[PART_BYTES:]


def test_an_address_takes_as_many_bytes_as_were_promised_and_no_others(browser: Client) -> None:
    upload = announce(browser, FILE)
    place(browser, upload, 1, FILE)
    url = place(browser, upload, 2, FILE)
    assert put(url, last_part() + b"x") == 403
    assert put(url, last_part()[:-1]) == 403
    assert look(browser, upload)["also"] == []
    assert put(url, last_part()) == 200


def test_there_is_no_address_past_the_end_of_the_file(browser: Client) -> None:
    upload = announce(browser, FILE)
    for number in (0, 3, 99_999):
        assert ask(browser, upload, number, FILE).status_code == 413


def test_an_address_is_of_one_part_of_one_file(browser: Client) -> None:
    """Changed in any way it is nothing: another part, key, upload, method, or a longer life."""
    victim, upload = announce(browser, FILE), announce(browser, FILE)
    place(browser, victim, 1, FILE)
    place(browser, upload, 1, FILE)
    url = place(browser, upload, 2, FILE)
    victim.refresh_from_db()
    upload.refresh_from_db()
    for before, after in [
        ("partNumber=2", "partNumber=1"),
        (str(upload.pk), str(victim.pk)),
        (urllib.parse.quote(str(upload.parts["upload"])), urllib.parse.quote(str(victim.parts["upload"]))),
        ("X-Amz-Expires=600", "X-Amz-Expires=6000"),
        ("content-length%3Bhost", "host"),
    ]:
        assert before in url
        assert put(url.replace(before, after), last_part()) == 403, before
    bare = url.partition("?")[0]
    assert put(bare, last_part()) == 403
    assert look(browser, victim)["also"] == []


def test_a_stored_original_is_out_of_reach(browser: Client, clip: bytes, brand: Brand) -> None:
    """Neither its key, nor that of the staged file once it is complete: the address is dead."""
    upload = announce(browser, clip)
    url = place(browser, upload, 1, clip)
    assert put(url, clip) == 200
    look(browser, upload)
    upload.refresh_from_db()
    storage.complete(uploads.key_of(upload), upload.parts, size=upload.size)
    other = bytes(len(clip))
    assert put(url, other) == 404
    importer.take_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.version is not None
    master = upload.version.storage_key
    staged = urllib.parse.urlsplit(url).path
    assert put(url.replace(staged.rpartition("staging/")[2], master), other) in (403, 404)
    with storage.open_file(master) as file:
        assert file.read() == clip


def test_what_is_replaced_while_a_worker_looks_is_never_taken_unseen(browser: Client, clip: bytes) -> None:
    """Somebody puts another part under the same address after we were told that all is there."""
    upload = announce(browser, clip)
    url = place(browser, upload, 1, clip)
    put(url, clip)
    assert look(browser, upload)["state"] == "received"
    put(url, b"not a video".ljust(len(clip)))
    importer.take_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.code) == (UploadState.REFUSED, "not_a_video")


def test_an_upload_is_its_owners_alone(browser: Client, brand: Brand) -> None:
    upload = announce(browser, FILE)
    place(browser, upload, 1, FILE)
    stranger = Client()
    stranger.force_login(member(brand).user)  # of the same brand, and may upload
    assert stranger.get(address_of(upload)).status_code == 404
    assert ask(stranger, upload, 1, FILE).status_code == 404
    elsewhere = BrandFactory.create(slug="other")
    of_both = Client()
    of_both.force_login(member(elsewhere).user)
    assert of_both.get(f"/b/other/uploads/{upload.pk}/parts/").status_code == 404
    assert Client().get(address_of(upload)).status_code in (302, 401)


def test_a_form_of_another_site_asks_in_vain(browser: Client, brand: Brand) -> None:
    upload = announce(browser, FILE)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(upload.user)
    assert ask(strict, upload, 1, FILE).status_code == 403


def test_what_was_promised_counts_until_it_is_over(browser: Client, settings: Any) -> None:
    settings.UPLOADS_PER_PERSON = 1
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1])
    announce(browser, FILE)
    assert Upload.objects.count() == 1  # the second was refused
    send_all(browser, upload, FILE, [2])
    look(browser, upload)
    announce(browser, FILE)
    assert Upload.objects.count() == 2


def test_a_store_that_takes_parts_of_any_length_makes_no_file_of_them(browser: Client) -> None:
    """Not every store holds a part to the length that was signed."""
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1])
    upload.refresh_from_db()
    store: Any = storage._store()
    about = store._at(uploads.key_of(upload))
    store._s3.upload_part(**about, UploadId=upload.parts["upload"], PartNumber=2, Body=BytesIO(b"longer" * 9))
    store._s3.upload_part(**about, UploadId=upload.parts["upload"], PartNumber=7, Body=b"more")
    told = look(browser, upload)
    assert (told["state"], told["until"], told["also"]) == ("receiving", 1, [])
    send_all(browser, upload, FILE, [2])
    assert look(browser, upload)["state"] == "received"
    upload.refresh_from_db()
    storage.complete(uploads.key_of(upload), upload.parts, size=upload.size)
    with storage.open_file(uploads.key_of(upload)) as staged:
        assert staged.read() == FILE
