"""A bucket of Amazon S3, or of anything that speaks its language, as the store.

The only importer of boto3. Keys come from where boto3 looks for them: AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY in the environment, or the role of the machine.
"""

import errno
import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from dam.core.storage.base import PART_BYTES, PartAddress, PartExpected, Parts, StoredFile, Unavailable
from dam.core.storage.scratch import scratch

# S3 takes no part but the last below 5 MiB, and at most 10,000 of them. A piece that is smaller than
# PART_BYTES waits in an object of its own, the tail, until there is enough for a part.
TAIL = ".tail"
# How a store answers that knows no checksums of parts.
UNKNOWN_HEADER = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_IMPLEMENTED)
GONE = {"404", "NoSuchKey", "NoSuchUpload", "NotFound"}
FULL = {"QuotaExceeded", "StorageFull", "XMinioStorageFull", "InsufficientCapacity"}
TRANSFER = TransferConfig(max_concurrency=4)
# One request copies 5 GiB at most; beyond, S3 copies part by part.
SERVER_SIDE = TransferConfig(multipart_threshold=4 * 1024**3, multipart_chunksize=512 * 1024**2)


class S3Storage:
    """`public_url` is where browsers reach the same store; empty when they should not."""

    def __init__(self, *, bucket: str, prefix: str, endpoint_url: str, region: str, public_url: str) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.endpoint_url, self.region, self.public_url = endpoint_url, region, public_url

    def open(self, key: str, *, start: int = 0, stop: int | None = None) -> BinaryIO:
        if stop is not None and stop <= start:
            return BytesIO()
        byte_range = {"Range": f"bytes={start}-{'' if stop is None else stop - 1}"} if start or stop else {}
        with _translated(key):
            body = self._s3.get_object(**self._at(key), **byte_range)["Body"]
        return cast(BinaryIO, _Body(key, body))

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        with scratch() as folder:
            path = folder / Path(key).name
            with _translated(key):
                self._s3.download_file(self.bucket, self.prefix + key, str(path), Config=TRANSFER)
            yield path

    def put(self, key: str, file: BinaryIO) -> None:
        with _translated(key):
            self._s3.upload_fileobj(file, self.bucket, self.prefix + key, Config=TRANSFER)

    def copy(self, key: str, *, to: str) -> None:
        with _translated(key):
            self._s3.copy(self._at(key), self.bucket, self.prefix + to, Config=SERVER_SIDE)

    def stat(self, key: str) -> StoredFile | None:
        try:
            with _translated(key):
                head = self._s3.head_object(**self._at(key))
        except FileNotFoundError:
            return None
        return StoredFile(key=key, size=head["ContentLength"], modified=head["LastModified"])

    def delete(self, key: str) -> None:
        # What was begun under the key too, whoever began it: parts that nobody completes are kept, and paid.
        for page in self._pages("list_multipart_uploads", key, exactly=True):
            for upload in page.get("Uploads", ()):
                if upload["Key"] == self.prefix + key:
                    self._abort(key, upload["UploadId"])
        with _translated(key):
            self._s3.delete_object(**self._at(key))

    def entries(self, folder: str) -> Iterator[StoredFile]:
        for page in self._pages("list_objects_v2", folder):
            for item in page.get("Contents", ()):
                yield self._entry(item["Key"], item["Size"], item["LastModified"])
        for page in self._pages("list_multipart_uploads", folder):
            for item in page.get("Uploads", ()):
                yield self._entry(item["Key"], 0, item["Initiated"])

    def url(self, key: str, *, disposition: str, content_type: str, seconds: int) -> str | None:
        if not self.public_url:
            return None
        headers = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type}
        signer = _client(self.public_url, self.region, os.getpid())
        return str(
            signer.generate_presigned_url("get_object", Params=self._at(key) | headers, ExpiresIn=seconds)
        )

    def path(self, key: str) -> str | None:
        return None

    def free(self) -> int | None:
        return None

    def append(self, key: str, parts: Parts, *, offset: int, data: bytes, last: bool) -> Parts:
        # What was already written and not yet said so is written over: a tail begins with the one before it,
        # and a part of the same number replaces the one before it.
        tail = int(parts.get("tail", 0))
        with _translated(key):
            if tail:
                with self.open(key + TAIL, stop=tail) as tail_file:
                    data = tail_file.read() + data
            if not data and parts.get("count"):  # the last piece said only that it is the last
                return parts
            if len(data) < PART_BYTES and not last:
                self._s3.put_object(**self._at(key + TAIL), Body=data)
                # The next ones come through us as well: they needn't end where a browser's parts do.
                return {name: parts[name] for name in parts if name != "direct"} | {"tail": len(data)}
            upload = parts.get("upload") or self._s3.create_multipart_upload(**self._at(key))["UploadId"]
            count = int(parts.get("count", 0)) + 1
            sums = parts.get("sums", 0)
            checksum = {"ChecksumSHA256": b64encode(sha256(data).digest()).decode()} if sums else {}
            self._s3.upload_part(**self._at(key), UploadId=upload, PartNumber=count, Body=data, **checksum)
        return {"upload": upload, "count": count, "tail": 0} | ({"sums": sums} if sums else {})

    def beginning(self, key: str, parts: Parts, *, size: int) -> bytes:
        with self.open(key + TAIL, stop=size) as tail:  # too short for a part
            return tail.read()

    def begin_direct(self, key: str, *, sums: bool) -> Parts | None:
        wanted = {"ChecksumAlgorithm": "SHA256"} if sums else {}
        with _translated(key):
            try:
                begun = self._s3_soon.create_multipart_upload(**self._at(key), **wanted)
            except ClientError as problem:
                if problem.response["ResponseMetadata"]["HTTPStatusCode"] not in UNKNOWN_HEADER:
                    raise
                begun = self._s3_soon.create_multipart_upload(**self._at(key))
        # A store that checks the parts' sums says so; of others nobody knows what they'd make of one.
        compares = int(begun.get("ChecksumAlgorithm") == "SHA256")
        return {"upload": begun["UploadId"], "count": 0, "tail": 0, "sums": compares, "direct": 1}

    def direct_parts(self, key: str, parts: Parts, *, after: int) -> dict[int, int]:
        with _translated(key):
            found = self._parts(self._s3_soon, key, parts, after=after)
            return {part["PartNumber"]: part["Size"] for part in found}

    def part_address(self, key: str, parts: Parts, part: PartExpected, *, seconds: int) -> PartAddress:
        about = self._at(key) | {
            "UploadId": parts["upload"],
            "PartNumber": part.number,
            "ContentLength": part.size,
        }
        headers = {}
        if part.sha256 and parts.get("sums"):
            about["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = part.sha256
        signer = _client(self.public_url, self.region, os.getpid())
        url = str(signer.generate_presigned_url("upload_part", Params=about, ExpiresIn=seconds))
        return PartAddress(url, headers)

    def complete(self, key: str, parts: Parts, *, size: int) -> None:
        if self._is_whole(key, size):
            return
        upload = {**self._at(key), "UploadId": parts.get("upload", "")}
        try:
            with _translated(key):
                # Beyond `count` may lie what a browser had sent before its upload went on through us.
                there = self._parts(self._s3, key, parts)
                uploaded = [part for part in there if part["PartNumber"] <= parts["count"]]
                if sum(part["Size"] for part in uploaded) != size:
                    raise FileNotFoundError(f"{key} does not have its {size} bytes.")
                told = ("PartNumber", "ETag", *(("ChecksumSHA256",) if parts.get("sums") else ()))
                named = [{name: part[name] for name in told if name in part} for part in uploaded]
                self._s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": named})
        except FileNotFoundError:
            if not self._is_whole(key, size):  # else another worker completed it at the same moment
                raise

    def discard(self, key: str) -> None:
        self.delete(key)
        self.delete(key + TAIL)

    def _parts(self, client: Any, key: str, parts: Parts, *, after: int = 0) -> Iterator[dict[str, Any]]:
        pages = client.get_paginator("list_parts").paginate(
            **self._at(key), UploadId=parts.get("upload", ""), PartNumberMarker=after
        )
        for page in pages:
            yield from page.get("Parts", ())

    def _abort(self, key: str, upload: str) -> None:
        try:
            with _translated(key):
                self._s3.abort_multipart_upload(**self._at(key), UploadId=upload)
        except FileNotFoundError:  # completed or aborted a moment ago
            return

    def _is_whole(self, key: str, size: int) -> bool:
        stored = self.stat(key)
        return stored is not None and stored.size == size

    def _pages(self, operation: str, prefix: str, *, exactly: bool = False) -> Iterator[dict[str, Any]]:
        start = self.prefix + prefix + ("" if exactly else "/")
        with _translated(prefix):
            yield from self._s3.get_paginator(operation).paginate(Bucket=self.bucket, Prefix=start)

    def _entry(self, key: str, size: int, modified: Any) -> StoredFile:
        return StoredFile(key=key.removeprefix(self.prefix), size=size, modified=modified)

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + key}

    @property
    def _s3(self) -> Any:
        return _client(self.endpoint_url, self.region, os.getpid())

    @property
    def _s3_soon(self) -> Any:
        """For small questions that somebody waits for, holding a row and a place: an answer soon, or none."""
        return _client(self.endpoint_url, self.region, os.getpid(), read_timeout=10, max_attempts=1)


class _Body:
    """What the store sends, read forwards; it may stop answering in the middle."""

    def __init__(self, key: str, body: Any) -> None:
        self._key, self._body = key, body

    def read(self, size: int | None = None) -> bytes:
        with _translated(self._key):
            return bytes(self._body.read(size))

    def close(self) -> None:
        self._body.close()

    def __enter__(self) -> "_Body":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@lru_cache(maxsize=8)
def _client(
    endpoint_url: str, region: str, process: int, *, read_timeout: int = 60, max_attempts: int = 4
) -> Any:
    """Connections may be shared by threads and not by forks, so each process has its own."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url or None,
        region_name=region or None,
        config=Config(
            signature_version="s3v4",
            max_pool_connections=32,
            connect_timeout=5,
            read_timeout=read_timeout,
            retries={"mode": "standard", "max_attempts": max_attempts},
            s3={"addressing_style": "path" if endpoint_url else "auto"},
            # Newer checksums are asked of every store otherwise, and many that are not Amazon's refuse them.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def _translated(key: str) -> Iterator[None]:
    """The store's own errors in the words that every store uses."""
    try:
        yield
    except ClientError as problem:
        if problem.response.get("Error", {}).get("Code") in GONE:
            raise FileNotFoundError(f"{key} is not in storage.") from problem
        status = problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == HTTPStatus.INSUFFICIENT_STORAGE or problem.response["Error"].get("Code") in FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from problem
        raise Unavailable(f"The storage refused to serve {key}: {problem}") from problem
    except (BotoCoreError, Boto3Error) as problem:
        raise Unavailable(f"The storage did not answer for {key}: {problem}") from problem
