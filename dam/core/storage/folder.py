"""A folder as the store: on this machine's disk, or on one that all machines mount."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from dam.core.storage.base import BLOCK, FULL, PartAddress, PartExpected, Parts, StoredFile, Unavailable

MODE = 0o640


class FolderStorage:
    """`root` is made when there is none. One that goes away later is waited for and not made anew.

    So a disk that is not mounted for a while loses no upload, and nothing is written below its mount point.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        with suppress(OSError):
            root.mkdir(parents=True, exist_ok=True)
        self._known = _identity(root)

    def open(self, key: str, *, start: int = 0, stop: int | None = None) -> BinaryIO:
        with self._translated(key):
            file = self._path(key).open("rb")
            file.seek(start)
            return file

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        with self._translated(key):
            if not path.is_file():
                raise FileNotFoundError(f"{key} is not in storage.")
        yield path

    def put(self, key: str, file: BinaryIO) -> None:
        with self._translated(key), self._beside(key) as fresh:
            with _create(fresh) as target:
                shutil.copyfileobj(file, target, BLOCK)
                target.flush()
                os.fsync(target.fileno())
            self._settle(fresh, key)

    def copy(self, key: str, *, to: str) -> None:
        """By a second link to the same bytes, which takes no time and no room."""
        source = self._path(key)
        with self._translated(key), self._beside(to) as fresh:
            if not source.is_file():
                raise FileNotFoundError(f"{key} is not in storage.")
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
        with self._translated(key):
            if path.is_file():
                return _entry(key, path)
            self._require_root()
        return None

    def delete(self, key: str) -> None:
        with self._translated(key):
            self._path(key).unlink(missing_ok=True)

    def entries(self, folder: str) -> Iterator[StoredFile]:
        for parent, _, names in os.walk(self._path(folder), onerror=self._unlisted):
            for name in names:
                path = Path(parent, name)
                entry = _entry(path.relative_to(self.root).as_posix(), path)
                if entry is not None:
                    yield entry

    def url(self, key: str, *, disposition: str, content_type: str, seconds: int) -> str | None:
        return None

    def path(self, key: str) -> str | None:
        return self._path(key).relative_to(self.root).as_posix()

    def free(self) -> int | None:
        self._require_root()
        with self._translated("its free space"):
            return shutil.disk_usage(self.root).free

    def append(self, key: str, parts: Parts, *, offset: int, data: bytes, last: bool) -> Parts:
        path = self._path(key)
        with self._translated(key):
            if offset == 0:
                self._require_root()
                path.parent.mkdir(parents=True, exist_ok=True)
                _create(path, exist_ok=True).close()
                _sync(path.parent)
            with path.open("r+b", buffering=0) as file:
                if file.seek(0, os.SEEK_END) < offset:
                    raise FileNotFoundError(f"{key} has lost what came before byte {offset}.")
                _write(file, data, offset=offset)
        return parts

    def beginning(self, key: str, parts: Parts, *, size: int) -> bytes:
        with self._translated(key), self.open(key) as file:
            return file.read(size)

    def begin_direct(self, key: str, *, sums: bool) -> Parts | None:
        return None

    def direct_parts(self, key: str, parts: Parts, *, after: int) -> dict[int, int]:
        raise FileNotFoundError(f"{key} has no parts in a folder.")

    def part_address(self, key: str, parts: Parts, part: PartExpected, *, seconds: int) -> PartAddress:
        raise FileNotFoundError(f"{key} has no parts in a folder.")

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
        self._require_root()
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            yield fresh
        finally:
            with suppress(OSError):  # what went wrong before says more
                fresh.unlink(missing_ok=True)

    def _settle(self, fresh: Path, key: str) -> None:
        """Give the finished file its name, and have the disk keep the name too."""
        path = self._path(key)
        fresh.replace(path)
        _sync(path.parent)

    def _require_root(self) -> None:
        """Raise Unavailable while the folder is gone: moved away, or a mount point without its disk."""
        now = _identity(self.root)
        if now is not None and (now == self._known or self._known is None or any(self.root.iterdir())):
            self._known = now
            return
        raise Unavailable(f"The storage folder {self.root} is not there.")

    def _unlisted(self, problem: OSError) -> None:
        """A folder that nobody made holds nothing; of one that can't be read nobody knows what it holds."""
        if not isinstance(problem, FileNotFoundError):
            raise Unavailable(f"The storage folder can't be listed: {problem}") from problem
        self._require_root()

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        """The system's errors in the words that every store uses."""
        try:
            yield
        except FileNotFoundError:
            self._require_root()
            raise
        except Unavailable:
            raise
        except OSError as problem:
            if problem.errno in FULL:
                raise
            raise Unavailable(f"The storage folder failed over {key}: {problem}") from problem


def _identity(root: Path) -> tuple[int, int] | None:
    """Which folder it is, whatever its name; None where there is none."""
    try:
        stat = root.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _write(file: FileIO, data: bytes, *, offset: int) -> None:
    file.seek(offset)
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    except OSError:  # a full disk: leave the file as it was
        file.truncate(offset)
        raise


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
