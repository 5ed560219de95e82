"""A ZIP that is written as it is sent: whatever its size, one block of it is in memory. Pure.

Files are stored as they are, for films don't shrink. Sizes and checksums follow each file, as whoever sends
doesn't know them before.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime


class _Sink(io.RawIOBase):
    """What was written since it was last emptied."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        block = bytes(data)  # type: ignore[call-overload]
        self._blocks.append(block)
        return len(block)

    def take(self) -> bytes:
        taken, self._blocks = b"".join(self._blocks), []
        return taken


class Writer:
    """`add` files one after another, then `end`; each gives the bytes to send."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._names: set[str] = set()

    def name_for(self, wanted: str) -> str:
        """The name that a file gets here: of two that are alike the later one has a number.

        Also where only capitals tell them apart, for many disks don't.
        """
        stem, dot, suffix = wanted.rpartition(".")
        name, number = wanted, 2
        while name.casefold() in self._names:
            name = f"{stem} ({number}){dot}{suffix}" if dot else f"{wanted} ({number})"
            number += 1
        self._names.add(name.casefold())
        return name

    def add(self, name: str, blocks: Iterable[bytes], *, at: datetime) -> Iterator[bytes]:
        """One file, under a name of `name_for`."""
        info = zipfile.ZipInfo(name, date_time=_dated(at))
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            for block in blocks:
                file.write(block)
                yield self._sink.take()
        yield self._sink.take()

    def end(self) -> bytes:
        self._zip.close()
        return self._sink.take()


def _dated(at: datetime) -> tuple[int, int, int, int, int, int]:
    """A ZIP knows the years from 1980 to 2107."""
    year = min(max(at.year, 1980), 2107)
    return (year, at.month, at.day, at.hour, at.minute, at.second)
