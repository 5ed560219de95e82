"""A folder as the store: on this machine's disk, or on one that all machines mount."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from dam.core.storage.base import BLOCK, Parts, StoredFile

MODE = 0o640


class FolderStorage:
    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, key: str, *, start: int = 0, stop: int | None = None) -> BinaryIO:
        file = self._path(key).open("rb")
        file.seek(start)
        return file

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise FileNotFoundError(f"{key} is not in storage.")
        yield path

    def put(self, key: str, file: BinaryIO) -> None:
        with self._beside(key) as fresh:
            with _create(fresh) as target:
                shutil.copyfileobj(file, target, BLOCK)
                target.flush()
                os.fsync(target.fileno())
            self._settle(fresh, key)

    def copy(self, key: str, *, to: str) -> None:
        """By a second link to the same bytes, which takes no time and no room."""
        source = self._path(key)
        if not source.is_file():
            raise FileNotFoundError(f"{key} is not in storage.")
        with self._beside(to) as fresh:
            try:
                os.link(source, fresh)
            except OSError:  # a disk that knows no links
                with source.open("rb") as file:
                    self.put(to, file)
            else:
                os.utime(fresh)  # stored now, whenever its bytes came: the cleanup goes by age
                self._settle(fresh, to)

    def stat(self, key: str) -> StoredFile | None:
        path = self._path(key)
        return _entry(key, path) if path.is_file() else None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def entries(self, folder: str) -> Iterator[StoredFile]:
        for parent, _, names in os.walk(self._path(folder)):
            for name in names:
                path = Path(parent, name)
                entry = _entry(path.relative_to(self.root).as_posix(), path)
                if entry is not None:
                    yield entry

    def url(self, key: str, *, disposition: str, content_type: str, seconds: int) -> str | None:
        return None

    def free(self) -> int | None:
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free

    def append(self, key: str, parts: Parts, *, offset: int, data: bytes, last: bool) -> Parts:
        path = self._path(key)
        if offset == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
            _create(path, exist_ok=True).close()
            _sync(path.parent)
        with path.open("r+b", buffering=0) as file:
            if file.seek(0, os.SEEK_END) < offset:
                raise FileNotFoundError(f"{key} has lost what came before byte {offset}.")
            file.seek(offset)
            rest = memoryview(data)
            try:
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
            except OSError:  # a full disk: leave the file as it was
                file.truncate(offset)
                raise
        return parts

    def beginning(self, key: str, parts: Parts, *, size: int) -> bytes:
        with self.open(key) as file:
            return file.read(size)

    def complete(self, key: str, parts: Parts, *, size: int) -> None:
        stored = self.stat(key)
        if stored is None or stored.size != size:
            raise FileNotFoundError(f"{key} does not have its {size} bytes.")

    def discard(self, key: str) -> None:
        self.delete(key)

    def _path(self, key: str) -> Path:
        if not key or PurePosixPath(key).is_absolute() or ".." in PurePosixPath(key).parts:
            raise ValueError(f"{key!r} is no key of a stored file.")
        return self.root / key

    @contextmanager
    def _beside(self, key: str) -> Iterator[Path]:
        """A name for the file while it is written: in its own folder, and gone when that fails."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            yield fresh
        finally:
            fresh.unlink(missing_ok=True)

    def _settle(self, fresh: Path, key: str) -> None:
        """Give the finished file its name, and have the disk keep the name too."""
        path = self._path(key)
        fresh.replace(path)
        _sync(path.parent)


def _sync(folder: Path) -> None:
    """Have the disk keep the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _create(path: Path, *, exist_ok: bool = False) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | (0 if exist_ok else os.O_EXCL)
    return os.fdopen(os.open(path, flags, MODE), "wb")


def _entry(key: str, path: Path) -> StoredFile | None:
    try:
        stat = path.stat()
    except FileNotFoundError:  # deleted a moment ago
        return None
    return StoredFile(key=key, size=stat.st_size, modified=datetime.fromtimestamp(stat.st_mtime, UTC))
