"""A pack's ZIP while it is written: file after file, in little memory, each with its SHA-256."""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

BLOCK = 1024 * 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*", re.ASCII | re.IGNORECASE)
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}", re.ASCII)


@dataclass(frozen=True)
class Entry:
    """A file of the pack; `about` says in a line what it is."""

    name: str
    sha256: str
    size: int
    about: str


class Archive:
    """Names are ASCII and nobody's to choose; text is UTF-8, times are UTC."""

    def __init__(self, file: zipfile.ZipFile, *, at: datetime) -> None:
        self._zip = file
        self._at = at.astimezone(UTC).timetuple()[:6]
        self.entries: list[Entry] = []

    def add(self, name: str, content: bytes, *, about: str) -> Entry:
        with self._writing(name, about=about) as write:
            write(content)
        return self.entries[-1]

    def add_json(self, name: str, value: Any, *, about: str) -> Entry:
        return self.add(name, as_json(value), about=about)

    def add_lines(self, name: str, values: Iterable[Mapping[str, Any]], *, about: str) -> Entry:
        """One JSON object a line, however many there are."""
        with self._writing(name, about=about) as write:
            for value in values:
                write(json.dumps(value, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        return self.entries[-1]

    def add_texts(self, name: str, texts: Iterable[str], *, about: str) -> Entry:
        with self._writing(name, about=about) as write:
            for text in texts:
                write(text.encode())
        return self.entries[-1]

    def add_file(
        self, name: str, file: BinaryIO, *, about: str, told: Callable[[int], None] = lambda size: None
    ) -> Entry:
        """What a file holds, kept as it is: films don't get smaller. `told` hears of each block's size."""
        with self._writing(name, about=about, method=zipfile.ZIP_STORED) as write:
            while block := file.read(BLOCK):
                write(block)
                told(len(block))
        return self.entries[-1]

    def add_path(self, name: str, path: Path, *, about: str) -> Entry:
        with path.open("rb") as file:
            return self.add_file(name, file, about=about)

    @contextmanager
    def _writing(
        self, name: str, *, about: str, method: int = zipfile.ZIP_DEFLATED
    ) -> Iterator[Callable[[bytes], None]]:
        if not _NAME.fullmatch(name) or any(each.name == name for each in self.entries):
            raise ValueError(f"{name!r} can't be the name of a file in a pack.")
        info = zipfile.ZipInfo(name, date_time=self._at)
        info.compress_type, info.external_attr = method, 0o644 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as out:

            def write(block: bytes) -> None:
                nonlocal size
                out.write(block)
                digest.update(block)
                size += len(block)

            yield write
        self.entries.append(Entry(name, digest.hexdigest(), size, about))


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def suffix_of(filename: str) -> str:
    """The suffix of a name that somebody else chose, if it is a plain one.

    >>> suffix_of("Licence (signed).PDF"), suffix_of("x.\u202efdp")
    ('.pdf', '')
    """
    found = Path(filename).suffix.lower()
    return found if _SUFFIX.fullmatch(found) else ""


def moment(at: datetime | None) -> str | None:
    """UTC, as ISO 8601 has it."""
    return at.astimezone(UTC).isoformat() if at is not None else None
