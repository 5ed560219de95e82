"""Where files are kept: masters and renditions, named by their content, and what is on its way in.

The one door to the store that `STORAGE` names; callers never ask which kind it is.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from dam.core.storage.base import (
    FULL,
    PART_BYTES,
    PartAddress,
    PartExpected,
    Parts,
    Storage,
    StoredFile,
    Unavailable,
)
from dam.core.storage.folder import FolderStorage
from dam.core.storage.scratch import scratch

__all__ = [
    "FULL",
    "PART_BYTES",
    "PartAddress",
    "PartExpected",
    "Parts",
    "Storage",
    "Stored",
    "StoredFile",
    "Unavailable",
    "scratch",
]


@dataclass(frozen=True)
class Stored:
    """A file in storage: its key, the SHA-256 of its bytes (hex) and its size in bytes."""

    key: str
    sha256: str
    size: int


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_for(*, brand_id: int, sha256: str, suffix: str) -> str:
    """Brands never share a file, so that deleting in one cannot touch the other."""
    return f"{brand_id}/{sha256[:2]}/{sha256}{suffix}"


def put(
    path: Path, *, brand_id: int, suffix: str, sha256: str | None = None, staged: str | None = None
) -> Stored:
    """Store a finished file under its content's name; a file already there is kept.

    `staged` is the key of a whole staged file with the same bytes: then nothing is sent again. It stays.
    """
    digest = sha256 or sha256_of(path)
    stored = Stored(
        key=key_for(brand_id=brand_id, sha256=digest, suffix=suffix), sha256=digest, size=path.stat().st_size
    )
    known = _store().stat(stored.key)
    if known is not None and known.size == stored.size:
        return stored
    if staged is not None:
        _store().copy(staged, to=stored.key)
    else:
        with path.open("rb") as file:
            keep(file, key=stored.key)
    return stored


def keep(file: BinaryIO, *, key: str) -> None:
    """Store what `file` holds from here on under a name that is not its content's."""
    _store().put(key, file)


def open_file(key: str, *, start: int = 0, stop: int | None = None) -> BinaryIO:
    """The stored file from byte `start` on, to be read forwards. Raises FileNotFoundError.

    With `stop` no more than up to there is fetched, as far as the store can; the reader stops by itself.
    """
    return _store().open(key, start=start, stop=stop)


def local_copy(key: str) -> AbstractContextManager[Path]:
    """The stored file as a path: itself where storage is a disk, else a copy in the scratch folder."""
    return _store().local_copy(key)


def exists(key: str) -> bool:
    return _store().stat(key) is not None


def stat(key: str) -> StoredFile | None:
    return _store().stat(key)


def copy(key: str, *, to: str) -> None:
    """Give a stored file a second key."""
    _store().copy(key, to=to)


def delete(key: str) -> None:
    _store().delete(key)


def entries(folder: str) -> Iterator[StoredFile]:
    """Every file below a folder of keys, with its age."""
    return _store().entries(folder)


def url(key: str, *, disposition: str, content_type: str, seconds: int) -> str | None:
    """An address of the store's own that gives the file to whoever holds it; None where there is none."""
    return _store().url(key, disposition=disposition, content_type=content_type, seconds=seconds)


def path(key: str) -> str | None:
    """Where it lies below the storage folder, for a web server that reads it; None in a bucket."""
    return _store().path(key)


def free() -> int | None:
    """Bytes that still fit in storage; None where that is not ours to know."""
    return _store().free()


def append(key: str, parts: Parts, *, offset: int, data: bytes, last: bool) -> Parts:
    """Add a piece to a staged file; what to give with the next one. See `base.Storage`."""
    return _store().append(key, parts, offset=offset, data=data, last=last)


def beginning(key: str, parts: Parts, *, size: int) -> bytes:
    """The `size` bytes that a staged file has so far, of one that is shorter than a piece."""
    return _store().beginning(key, parts, size=size)


def begin_direct(key: str, *, sums: bool) -> Parts | None:
    """Begin a staged file whose parts come straight from a browser; None where that isn't open.

    With `sums` each of its parts will say what it comes to (SHA-256).
    """
    return _store().begin_direct(key, sums=sums) if takes_parts() else None


def takes_parts() -> bool:
    """Whether browsers reach a bucket of ours, and may put parts of uploads into it."""
    is_bucket = settings.STORAGE.startswith("s3://")
    return is_bucket and bool(settings.S3_PUBLIC_URL) and settings.S3_DIRECT_UPLOADS


def direct_parts(key: str, parts: Parts, *, after: int) -> dict[int, int]:
    """The sizes of the parts of such a file that lie there, by number, beyond `after`."""
    return _store().direct_parts(key, parts, after=after)


def part_address(key: str, parts: Parts, part: PartExpected, *, seconds: int) -> PartAddress:
    """Where a browser puts that part, and nothing else, within so many seconds."""
    return _store().part_address(key, parts, part, seconds=seconds)


def complete(key: str, parts: Parts, *, size: int) -> None:
    """Make a staged file whole. Raises FileNotFoundError when it does not have these `size` bytes."""
    _store().complete(key, parts, size=size)


def join(keys: Iterable[str], *, to: str) -> None:
    """Store whole files, one after another, as one. They stay."""
    keep(cast(BinaryIO, _Joined(open_file(key) for key in keys)), key=to)


class _Joined:
    """Several files, read as one; no read but the last is short."""

    def __init__(self, files: Iterator[BinaryIO]) -> None:
        self._files = files
        self._file: BinaryIO | None = None

    def read(self, size: int = -1) -> bytes:
        data = bytearray()
        while (size < 0 or len(data) < size) and (self._file or self._open_next()):
            assert self._file is not None
            came = self._file.read(-1 if size < 0 else size - len(data))
            data += came
            if not came:
                self._file.close()
                self._file = None
        return bytes(data)

    def _open_next(self) -> bool:
        self._file = next(self._files, None)
        return self._file is not None


def discard(key: str) -> None:
    """Drop a staged file, whole or not."""
    _store().discard(key)


def _store() -> Storage:
    return _named(settings.STORAGE, settings.S3_ENDPOINT_URL, settings.S3_REGION, settings.S3_PUBLIC_URL)


@lru_cache(maxsize=4)
def _named(place: str, endpoint_url: str, region: str, public_url: str) -> Storage:
    if not place.startswith("s3://"):
        return FolderStorage(Path(place))
    from dam.core.storage.s3 import S3Storage  # only where it is used: boto3 takes long to import

    bucket, _, prefix = place.removeprefix("s3://").strip("/").partition("/")
    if not bucket:
        raise ImproperlyConfigured(
            f"STORAGE={place!r} names no bucket. Write s3://bucket or s3://bucket/prefix."
        )
    return S3Storage(
        bucket=bucket, prefix=prefix, endpoint_url=endpoint_url, region=region, public_url=public_url
    )
