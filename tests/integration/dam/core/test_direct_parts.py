"""Parts that browsers put into a bucket: what is signed, for stores that compare sums and for others."""

from base64 import b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from dam.core.storage import PART_BYTES, PartExpected, Parts
from dam.core.storage.folder import FolderStorage
from dam.core.storage.s3 import S3Storage

KEY = "staging/uploads/one"
SUM = b64encode(sha256(b"part").digest()).decode()


class Store:
    """The client of a store: what it was asked. It knows sums of parts, ignores or refuses them."""

    def __init__(self, sums: str) -> None:
        self.sums = sums
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.parts: list[dict[str, Any]] = []

    def create_multipart_upload(self, **about: Any) -> dict[str, str]:
        self.asked.append(("create", about))
        if "ChecksumAlgorithm" not in about or self.sums == "ignores":
            return {"UploadId": "7"}
        if self.sums == "refuses":
            answer = {"Error": {"Code": "NotImplemented"}, "ResponseMetadata": {"HTTPStatusCode": 501}}
            raise ClientError(answer, "CreateMultipartUpload")
        return {"UploadId": "7", "ChecksumAlgorithm": "SHA256"}

    def upload_part(self, **about: Any) -> None:
        self.asked.append(("part", about))

    def head_object(self, **about: Any) -> None:
        raise ClientError({"Error": {"Code": "404"}}, "HeadObject")

    def get_paginator(self, name: str) -> "Store":
        return self

    def paginate(self, **about: Any) -> list[dict[str, Any]]:
        return [{"Parts": self.parts}]

    def complete_multipart_upload(self, **about: Any) -> None:
        self.asked.append(("complete", about))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> S3Storage:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tester")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return S3Storage(
        bucket="media",
        prefix="films",
        endpoint_url="",
        region="eu-central-1",
        public_url="https://s3.example.com",
    )


def use(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for client in ("_s3", "_s3_soon"):
        monkeypatch.setattr(S3Storage, client, property(lambda _self: store))


def signed(bucket: S3Storage, parts: Parts) -> tuple[str, dict[str, list[str]], dict[str, str]]:
    place = bucket.part_address(KEY, parts, PartExpected(number=3, size=4, sha256=SUM), seconds=600)
    url = urlsplit(place.url)
    return f"{url.scheme}://{url.netloc}{url.path}", parse_qs(url.query), place.headers


def test_key_number_length_and_time_are_signed(bucket: S3Storage) -> None:
    address, query, headers = signed(bucket, {"upload": "7", "sums": 0})
    assert address == f"https://s3.example.com/media/films/{KEY}"
    assert (query["uploadId"], query["partNumber"], query["X-Amz-Expires"]) == (["7"], ["3"], ["600"])
    assert (query["X-Amz-SignedHeaders"], headers) == (["content-length;host"], {})


def test_where_the_store_compares_sums_that_of_the_part_is_signed_too(bucket: S3Storage) -> None:
    _, query, headers = signed(bucket, {"upload": "7", "sums": 1})
    assert query["X-Amz-SignedHeaders"] == ["content-length;host;x-amz-checksum-sha256"]
    assert headers == {"x-amz-checksum-sha256": SUM}


@pytest.mark.parametrize(("sums", "wanted", "compares"), [
    ("knows", True, 1), ("knows", False, 0), ("ignores", True, 0), ("refuses", True, 0),
])  # fmt: skip
def test_a_store_says_by_itself_whether_it_compares(
    bucket: S3Storage, monkeypatch: pytest.MonkeyPatch, sums: str, wanted: bool, compares: int
) -> None:
    use(Store(sums), monkeypatch)
    begun = bucket.begin_direct(KEY, sums=wanted)
    assert begun == {"upload": "7", "count": 0, "tail": 0, "sums": compares, "direct": 1}


def test_parts_that_come_through_us_have_sums_where_the_others_have(
    bucket: S3Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store("knows")
    use(store, monkeypatch)
    begun = bucket.begin_direct(KEY, sums=True)
    assert begun is not None
    data = bytes(PART_BYTES)
    parts = bucket.append(KEY, begun | {"count": 1}, offset=PART_BYTES, data=data, last=False)
    assert parts == {"upload": "7", "count": 2, "tail": 0, "sums": 1}
    assert store.asked[-1][1]["ChecksumSHA256"] == b64encode(sha256(data).digest()).decode()
    store.parts = [
        {"PartNumber": number, "Size": PART_BYTES, "ETag": str(number), "ChecksumSHA256": f"sum {number}"}
        for number in (1, 2, 3)  # the third was a browser's, and isn't counted
    ]
    bucket.complete(KEY, parts, size=2 * PART_BYTES)
    named = store.asked[-1][1]["MultipartUpload"]["Parts"]
    assert named == [
        {"PartNumber": number, "ETag": str(number), "ChecksumSHA256": f"sum {number}"} for number in (1, 2)
    ]


def test_a_folder_takes_no_parts(tmp_path: Any) -> None:
    folder = FolderStorage(tmp_path)
    assert folder.begin_direct(KEY, sums=True) is None
    with pytest.raises(FileNotFoundError):
        folder.direct_parts(KEY, {}, after=0)
    with pytest.raises(FileNotFoundError):
        folder.part_address(KEY, {}, PartExpected(number=1, size=4, sha256=""), seconds=1)
