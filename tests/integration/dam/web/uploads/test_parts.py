"""Files that come in parts side by side, and files of which nobody knows yet how long they are."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Version
from dam.core import storage
from dam.ingest import cleanup, concatenation, importer, uploads
from dam.ingest.models import Upload, UploadState
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.dam.web.uploads.sending import PIECE, begin, is_staged, send

pytestmark = pytest.mark.usefixtures("either_store")

NEW = reverse("upload-create", args=["acme"])
NAME = "filename c3VtbWVyLm1wNA=="


def part(browser: Client, data: bytes, *, came: int | None = None) -> str:
    """The address of a part of which so many bytes have come."""
    headers = {"Upload-Length": str(len(data)), "Upload-Concat": "partial"}
    url: str = browser.post(NEW, headers=headers).headers["Location"]
    send(browser, url, 0, data if came is None else data[:came])
    return url


def join(browser: Client, urls: Sequence[str], **more: str) -> Any:
    concat = f"final;{' '.join(urls)}"
    return browser.post(NEW, headers={"Upload-Concat": concat, "Upload-Metadata": NAME, **more})


def later(browser: Client, **more: str) -> Any:
    return browser.post(NEW, headers={"Upload-Defer-Length": "1", "Upload-Metadata": NAME, **more})


def declare(browser: Client, url: str, offset: int, size: int | str, data: bytes = b"") -> Any:
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(size), "Content-Type": PIECE}
    return browser.patch(url, data, content_type=PIECE, headers=headers)


def thirds(clip: bytes) -> list[bytes]:
    third = len(clip) // 3
    return [clip[:third], clip[third : 2 * third], clip[2 * third :]]


def upload_at(url: str) -> Upload:
    return Upload.objects.get(pk=url.rstrip("/").rpartition("/")[2])


def test_parts_that_came_side_by_side_become_one_clip(browser: Client, clip: bytes, settings: Any) -> None:
    urls = [part(browser, data) for data in thirds(clip)]
    settings.PUBLIC_URL = "http://testserver"  # an address may be named whole or not
    answer = join(browser, [urls[0], f"http://testserver{urls[1]}", urls[2]])
    assert answer.status_code == 201
    whole = answer.headers["Location"].removeprefix("http://testserver")
    for _ in range(2):  # delivered twice
        importer.take_upload(upload_at(whole).pk)
    assert browser.get(whole).json()["state"] == "taken"
    with storage.open_file(Version.objects.get().storage_key) as stored:
        assert stored.read() == clip
    assert not any(is_staged(upload) for upload in Upload.objects.all())


def test_a_part_and_a_whole_say_what_they_are(browser: Client, clip: bytes) -> None:
    urls = [part(browser, data) for data in thirds(clip)]
    answer = join(browser, urls)
    standing = browser.head(answer.headers["Location"])
    assert standing.headers["Upload-Concat"] == f"final;{' '.join(urls)}"
    assert (standing.headers["Upload-Length"], standing.headers["Upload-Offset"]) == (str(len(clip)),) * 2
    for url in urls:  # also once they are used: a client that goes on later sees that nothing is missing
        of_part = browser.head(url)
        assert (of_part.status_code, of_part.headers["Upload-Concat"]) == (200, "partial")
        assert of_part.headers["Upload-Offset"] == of_part.headers["Upload-Length"]


def test_parts_are_no_uploads_in_the_list(browser: Client, clip: bytes) -> None:
    urls = [part(browser, data) for data in thirds(clip)]
    assert browser.get(reverse("uploads", args=["acme"])).json() == {"uploads": []}
    join(browser, urls)
    listed = browser.get(reverse("uploads", args=["acme"])).json()["uploads"]
    assert [each["filename"] for each in listed] == ["summer.mp4"]


def test_a_part_may_begin_anywhere_and_is_checked_with_the_whole(browser: Client, clip: bytes) -> None:
    """What is no video is found by the worker, and nothing of it stays."""
    urls = [part(browser, b"not a video\n" * 500), part(browser, b"at all\n" * 500)]
    whole = join(browser, urls).headers["Location"]
    importer.take_upload(upload_at(whole).pk)
    payload = browser.get(whole).json()
    assert (payload["state"], payload["code"]) == ("refused", "not_a_video")
    assert not any(is_staged(upload) for upload in Upload.objects.all())


def test_a_whole_asked_for_again_is_the_same_one(browser: Client, clip: bytes) -> None:
    urls = [part(browser, data) for data in thirds(clip)]
    first, again = join(browser, urls), join(browser, urls)
    assert (again.status_code, again.headers["Location"]) == (201, first.headers["Location"])
    assert Upload.objects.exclude(joins=None).count() == 1


def test_parts_that_are_not_complete_are_kept(browser: Client, clip: bytes) -> None:
    one, two, three = thirds(clip)
    urls = [part(browser, one), part(browser, two, came=100), part(browser, three)]
    answer = join(browser, urls)
    assert (answer.status_code, answer.json()["code"]) == (409, "unfinished")
    send(browser, urls[1], 100, two[100:])
    assert join(browser, urls).status_code == 201


def test_only_ones_own_parts_are_joined_and_each_once(browser: Client, clip: bytes, brand: Brand) -> None:
    one, two, three = (part(browser, data) for data in thirds(clip))
    ordinary = begin(browser, len(clip)).headers["Location"]
    other = Client()
    other.force_login(member(brand).user)
    wrong = [
        join(browser, [one, one]),
        join(browser, [ordinary]),
        join(browser, [one, reverse("upload-piece", args=["acme", "00000000-0000-4000-8000-000000000007"])]),
        join(other, [one, two]),
    ]
    assert {(each.status_code, each.json()["code"]) for each in wrong} == {(404, "no_part")}
    assert join(browser, [one, two]).status_code == 201
    assert join(browser, [two, three]).status_code == 404  # two is used
    assert upload_at(three).state == UploadState.PART


def test_parts_of_another_brand_are_not_there(browser: Client, clip: bytes) -> None:
    other = member(BrandFactory.create(slug="globex"))
    client = Client()
    client.force_login(other.user)
    foreign = client.post(
        reverse("upload-create", args=["globex"]), headers={"Upload-Length": "4", "Upload-Concat": "partial"}
    ).headers["Location"]
    client.patch(foreign, b"abcd", content_type=PIECE, headers={"Upload-Offset": "0"})
    assert join(browser, [foreign]).status_code == 404


@pytest.mark.parametrize(
    "concat",
    ["", "final", "final;/", "final;http://[", "final;/b/acme/uploads/", "first", "final;\xe9", "partial;"],
)
def test_what_names_no_parts_is_a_bad_request(browser: Client, concat: str) -> None:
    answer = browser.post(NEW, headers={"Upload-Concat": concat, "Upload-Length": "9"})
    assert (answer.status_code, Upload.objects.exists()) in {(400, False), (404, False)}


def test_a_whole_takes_no_bytes_itself(browser: Client, clip: bytes) -> None:
    whole = join(browser, [part(browser, data) for data in thirds(clip)]).headers["Location"]
    answer = send(browser, whole, len(clip), b"more")
    assert (answer.status_code, answer.json()["code"]) == (403, "joined")


def test_parts_are_joined_to_a_next_version(browser: Client, clip: bytes, brand: Brand) -> None:
    first = VersionFactory.create(asset__brand=brand)
    asset = f"{NAME},asset {b64encode(str(first.asset_id).encode()).decode()}"
    whole = join(browser, [part(browser, data) for data in thirds(clip)], **{"Upload-Metadata": asset})
    importer.take_upload(upload_at(whole.headers["Location"]).pk)
    assert first.asset.versions.count() == 2


def test_parts_together_are_no_larger_than_a_file_may_be(browser: Client, settings: Any) -> None:
    urls = [part(browser, b"x" * 60) for _ in range(2)]
    settings.UPLOAD_MAX_BYTES = 100
    answer = join(browser, urls)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert upload_at(urls[0]).state == UploadState.PART


def test_without_room_for_the_whole_the_parts_stay(
    browser: Client, clip: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "free", lambda: 10**12)
    urls = [part(browser, data) for data in thirds(clip)]
    settings.DISK_RESERVE_BYTES = 10**18
    assert join(browser, urls).status_code == 507
    settings.DISK_RESERVE_BYTES = 0
    assert join(browser, urls).status_code == 201


def test_parts_that_wait_count_and_are_given_up(browser: Client, clip: bytes, settings: Any) -> None:
    settings.UPLOADS_PER_PERSON = 2
    urls = [part(browser, data) for data in thirds(clip)[:2]]
    refused = browser.post(NEW, headers={"Upload-Length": "9", "Upload-Concat": "partial"})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert cleanup.run(at=timezone.now() + timedelta(hours=23)).uploads == 0
    assert cleanup.run(at=timezone.now() + timedelta(hours=25)).uploads == 2
    assert [browser.head(url).status_code for url in urls] == [410, 410]
    assert not any(is_staged(upload) for upload in Upload.objects.all())
    settings.UPLOADS_PER_PERSON = 1
    part(browser, b"x")
    assert Upload.objects.filter(state=UploadState.PART).count() == 1


def test_a_part_can_be_cancelled_until_it_is_used(browser: Client, clip: bytes) -> None:
    one, two, three = (part(browser, data) for data in thirds(clip))
    assert browser.delete(three).status_code == 204
    join(browser, [one, two])
    assert browser.delete(one).status_code == 410


def test_the_sweep_leaves_parts_that_a_whole_still_needs(browser: Client, clip: bytes) -> None:
    urls = [part(browser, data) for data in thirds(clip)]
    whole = upload_at(join(browser, urls).headers["Location"])
    swept = cleanup.run(at=timezone.now() + timedelta(days=2))
    assert (swept.uploads, swept.staged) == (0, 0)
    importer.take_upload(whole.pk)
    whole.refresh_from_db()
    assert whole.state == UploadState.TAKEN


def test_a_worker_that_died_while_it_put_parts_together_leaves_nothing(
    browser: Client, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = upload_at(join(browser, [part(browser, data) for data in thirds(clip)]).headers["Location"])
    concatenation.complete(whole)  # and died before it said so
    importer.take_upload(whole.pk)
    whole.refresh_from_db()
    assert whole.state == UploadState.TAKEN
    left = f"{uploads.FOLDER}/.{whole.pk}.a1b2"
    storage.keep(BytesIO(b"half"), key=left)
    assert cleanup.run(at=timezone.now() + timedelta(days=2)).staged == 1
    assert not storage.exists(left)


def test_parts_that_come_to_another_file_than_their_sender_said_become_nobodys_clip(
    browser: Client, clip: bytes
) -> None:
    told = f"{NAME},sha256 {b64encode(b'0' * 64).decode()}"
    answer = join(browser, [part(browser, data) for data in thirds(clip)], **{"Upload-Metadata": told})
    whole = upload_at(answer.headers["Location"])
    importer.take_upload(whole.pk)
    whole.refresh_from_db()
    assert (whole.state, whole.code, whole.version) == ("refused", "damaged", None)
    assert "changed while it was uploaded" in whole.reason
    assert not any(is_staged(upload) for upload in Upload.objects.all())


def test_parts_that_storage_has_lost_are_to_be_sent_again(browser: Client, clip: bytes) -> None:
    urls = [part(browser, data) for data in thirds(clip)]
    whole = join(browser, urls).headers["Location"]
    storage.discard(uploads.key_of(upload_at(urls[1])))
    importer.take_upload(upload_at(whole).pk)
    payload = browser.get(whole).json()
    assert (payload["state"], payload["code"]) == ("refused", "damaged")


# Lengths that are told later


def test_a_file_of_unknown_length_is_complete_when_its_length_is_told(browser: Client, clip: bytes) -> None:
    url = later(browser).headers["Location"]
    send(browser, url, 0, clip[:1500])
    standing = browser.head(url)
    assert (standing.headers["Upload-Defer-Length"], "Upload-Length" in standing.headers) == ("1", False)
    assert browser.get(url).json()["size"] is None
    send(browser, url, 1500, clip[1500:])
    assert upload_at(url).state == UploadState.RECEIVING
    assert declare(browser, url, len(clip), len(clip)).status_code == 204
    standing = browser.head(url)
    assert (standing.headers["Upload-Length"], "Upload-Defer-Length" in standing.headers) == (
        str(len(clip)),
        False,
    )
    importer.take_upload(upload_at(url).pk)
    assert browser.get(url).json()["state"] == "taken"
    with storage.open_file(Version.objects.get().storage_key) as stored:
        assert stored.read() == clip


def test_the_length_may_come_with_any_piece(browser: Client, clip: bytes) -> None:
    url = later(browser).headers["Location"]
    send(browser, url, 0, clip[:1500])
    assert declare(browser, url, 1500, len(clip), clip[1500:2000]).status_code == 204
    assert browser.head(url).headers["Upload-Length"] == str(len(clip))
    assert declare(browser, url, 2000, len(clip), clip[2000:]).status_code == 204  # said again
    assert upload_at(url).state == UploadState.RECEIVED


def test_a_length_once_told_stays(browser: Client, clip: bytes) -> None:
    url = later(browser).headers["Location"]
    send(browser, url, 0, clip[:1500])
    wrong = [declare(browser, url, 1500, 1000)]
    declare(browser, url, 1500, 5000)
    wrong += [declare(browser, url, 1500, 6000), declare(browser, url, 1500, 4000)]
    assert {(each.status_code, each.json()["code"]) for each in wrong} == {(409, "wrong_length")}
    assert browser.head(url).headers["Upload-Length"] == "5000"
    assert declare(browser, url, 1500, "many").status_code == 400


def test_a_file_of_unknown_length_is_bounded_all_the_same(
    browser: Client, clip: bytes, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 2000
    url = later(browser).headers["Location"]
    send(browser, url, 0, clip[:1500])
    assert send(browser, url, 1500, clip[1500:2001]).status_code == 413
    assert declare(browser, url, 1500, 2001).status_code == 413
    assert send(browser, url, 1500, clip[1500:2000]).status_code == 204
    assert upload_at(url).state == UploadState.RECEIVING
    empty = later(browser).headers["Location"]
    assert declare(browser, empty, 0, 0).status_code == 422


def test_a_file_of_unknown_length_counts_as_the_largest(browser: Client, settings: Any) -> None:
    settings.UPLOAD_BYTES_PER_PERSON = 2 * settings.UPLOAD_MAX_BYTES
    assert [later(browser).status_code for _ in range(3)] == [201, 201, 429]


@pytest.mark.parametrize(("deferred", "length"), [("0", ""), ("yes", ""), ("1", "5"), ("", "")])
def test_a_length_is_told_or_put_off_and_not_both(browser: Client, deferred: str, length: str) -> None:
    headers = {"Upload-Defer-Length": deferred} | ({"Upload-Length": length} if length else {})
    assert browser.post(NEW, headers=headers).status_code == 400
