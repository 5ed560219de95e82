"""Masters and renditions: immutable files named by their content."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

BLOCK = 1024 * 1024


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


def put(path: Path, *, brand_id: int, suffix: str, sha256: str | None = None) -> Stored:
    """Copy a finished file into storage under its content's name; a file already there is kept."""
    digest = sha256 or sha256_of(path)
    key = key_for(brand_id=brand_id, sha256=digest, suffix=suffix)
    size = path.stat().st_size
    if not default_storage.exists(key) or default_storage.size(key) != size:
        default_storage.delete(key)
        with path.open("rb") as file:
            written = default_storage.save(key, File(file))
        if written != key:  # a twin wrote it at the same moment: same name, same bytes
            default_storage.delete(written)
    return Stored(key=key, sha256=digest, size=size)


def open_file(key: str) -> BinaryIO:
    """The stored file, seekable. Raises FileNotFoundError."""
    return cast(BinaryIO, default_storage.open(key, "rb").file)


def exists(key: str) -> bool:
    return default_storage.exists(key)


def delete(key: str) -> None:
    default_storage.delete(key)


@contextmanager
def scratch() -> Iterator[Path]:
    """A private folder that is gone afterwards, whatever happens."""
    settings.SCRATCH_DIR.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.SCRATCH_DIR, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def local_copy(key: str) -> Iterator[Path]:
    """The stored file as a path: itself where storage is a disk, else a copy in the scratch folder."""
    path = _path_on_disk(key)
    if path is not None:
        yield path
        return
    with scratch() as folder:
        copy = folder / Path(key).name
        with default_storage.open(key, "rb") as source, copy.open("wb") as target:
            for block in iter(lambda: source.read(BLOCK), b""):
                target.write(block)
        yield copy


def _path_on_disk(key: str) -> Path | None:
    try:
        return Path(default_storage.path(key))
    except NotImplementedError:  # storage is no disk
        return None
