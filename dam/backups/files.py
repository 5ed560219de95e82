"""Stored files into a backup's folder and back, each checked against the SHA-256 that its name says."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Model

from dam.accounts.models import Brand
from dam.backups import file_index
from dam.backups.file_index import FileIndex
from dam.catalog import stored_files
from dam.core import storage

NOT_WHOLE = -1  # in the index: the size that no copy has
_BLOCK = 1024 * 1024
_AT_ONCE = 2000
_DIGEST = re.compile(r"/([0-9a-f]{64})[^/]*$")


@dataclass
class Copied:
    """How many files were copied or were there already, how many bytes were copied, and what failed."""

    copied: int = 0
    kept: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def named() -> Iterator[str]:
    """The key of every file that a row names, table by table, in constant memory."""
    for model in stored_files.tables():
        yield from _keys(model)


def out(folder: Path) -> Copied:
    """Copy every named file that `folder` lacks. Files never change, so one of the same size is the same.

    Storage is listed and not asked about each file, and the folder's index knows what is whole in it. A
    damaged file is kept beside its place: it never replaces a whole copy, and is reported each time.
    """
    result = Copied()
    with file_index.opened(folder) as index:
        for brand_id in Brand.objects.order_by("pk").values_list("pk", flat=True):
            index.list_stored(storage.entries(str(brand_id)))
        for key in named():
            _out(folder, key, index, result)
    return result


def _out(folder: Path, key: str, index: FileIndex, result: Copied) -> None:
    path = folder / key
    there = index.stored(key)
    if there is None:  # added since, or below no brand
        found = storage.stat(key)
        there = found.size if found else None
    kept = index.kept(key)
    if kept is None and path.exists():
        kept = path.stat().st_size
    if there is not None and kept == there:
        index.keep(key, there)
        result.kept += 1
        return
    part = path.with_name(path.name + ".writing")
    try:
        digest = _copy(key, part)
    except FileNotFoundError:  # since its row was read, perhaps
        result.missing.append(key)
        return
    size = part.stat().st_size
    if _count(result, key, digest, size):
        part.replace(path)
        _damaged(path).unlink(missing_ok=True)
        index.keep(key, size)
    else:
        part.replace(_damaged(path))


def verify(folder: Path) -> Copied:
    """Read every copy in the folder and hold it against its name, and the index against what is there."""
    result = Copied()
    with file_index.opened(folder) as index:
        for key, size in index.all_kept():
            path = folder / key
            if not path.exists():
                result.missing.append(key)
                continue
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            intact = _count(result, key, digest, path.stat().st_size)
            if intact and size != NOT_WHOLE and path.stat().st_size != size:
                result.damaged.append(key)
        for key in (*result.missing, *result.damaged):
            index.keep(key, NOT_WHOLE)  # the next backup copies it again
    return result


def back(folder: Path) -> Copied:
    """Store every named file that storage lacks; a damaged one is stored and reported."""
    result = Copied()
    for key in named():
        path, there = folder / key, storage.stat(key)
        if not path.exists() and _damaged(path).exists():
            path = _damaged(path)
        if not path.exists():
            if there is None:
                result.missing.append(key)
            else:
                result.kept += 1
            continue
        if there is not None and there.size == path.stat().st_size:
            result.kept += 1
            continue
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            storage.keep(file, key=key)
        _count(result, key, found, path.stat().st_size)
    return result


def _copy(key: str, target: Path) -> str:
    """Copy a stored file and have the disk keep it; its SHA-256. Raises FileNotFoundError."""
    digest = hashlib.sha256()
    with storage.open_file(key) as source:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            while block := source.read(_BLOCK):
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
    return digest.hexdigest()


def _damaged(path: Path) -> Path:
    """Where a backup keeps a file that was damaged when it was copied: better than nothing."""
    return path.with_name(path.name + ".damaged")


def _count(result: Copied, key: str, digest: str, size: int) -> bool:
    """Whether the copy is what its name says."""
    result.copied += 1
    result.size += size
    told = _DIGEST.search(key)
    intact = told is None or told[1] == digest
    if not intact:
        result.damaged.append(key)
    return intact


def _keys(model: type[Model]) -> Iterator[str]:
    rows = model._base_manager.exclude(**{stored_files.COLUMN: ""})
    yield from rows.values_list(stored_files.COLUMN, flat=True).iterator(chunk_size=_AT_ONCE)
