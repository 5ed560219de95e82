"""What a store of files can do. A folder (`folder`) and an S3 bucket (`s3`) each do it their way."""

import errno
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

BLOCK = 1024 * 1024
# Of a staged file whose parts come straight from a browser; its last one may be shorter.
PART_BYTES = 8 * 1024 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT)  # what writing on a full disk raises
# How far a staged file has come, in the store's own words: JSON that its owner keeps between two pieces.
Parts = dict[str, str | int]


class PartExpected(NamedTuple):
    """One part, as its sender announced it: its number from 1 on, its bytes, their SHA-256 (base64) or ""."""

    number: int
    size: int
    sha256: str


class PartAddress(NamedTuple):
    """Where to PUT that part and nothing else, and the headers that must come with it."""

    url: str
    headers: dict[str, str]


class Unavailable(OSError):
    """The store did not answer, or refused what it should do. Trying again later may help."""


@dataclass(frozen=True)
class StoredFile:
    """A file that is there: its key, its size in bytes, and when it was written (aware)."""

    key: str
    size: int
    modified: datetime


class Storage(Protocol):
    """Whole files by key, `a/b/c`. A file is there in full or not at all; nobody sees half of one.

    Reading a key that is not there raises FileNotFoundError. Any method may raise Unavailable; writing on a
    full disk raises OSError with a number of FULL and leaves nothing behind.
    """

    def open(self, key: str, *, start: int = 0, stop: int | None = None) -> BinaryIO:
        """Bytes from `start` up to and without `stop`, to be read forwards in constant memory.

        A folder may give more than asked for: the reader stops by itself.
        """

    def local_copy(self, key: str) -> AbstractContextManager[Path]:
        """The file as a path on this machine, to be read and never written."""

    def put(self, key: str, file: BinaryIO) -> None:
        """Store what `file` holds from here on; what was there under the key is replaced."""

    def copy(self, key: str, *, to: str) -> None:
        """Give the file a second key, without its bytes travelling through this machine where possible."""

    def stat(self, key: str) -> StoredFile | None: ...

    def delete(self, key: str) -> None:
        """Once or twice: a file that is not there is as good as deleted."""

    def entries(self, folder: str) -> Iterator[StoredFile]:
        """Every file whose key begins with `folder/`; staged ones too that are not whole yet."""

    def url(self, key: str, *, disposition: str, content_type: str, seconds: int) -> str | None:
        """An address that gives the file to whoever holds it for so long; None where the store has none."""

    def path(self, key: str) -> str | None:
        """Where the file lies below the folder that a web server in front may read; None in a bucket."""

    def free(self) -> int | None:
        """Bytes that still fit; None where that is not ours to know."""

    def append(self, key: str, parts: Parts, *, offset: int, data: bytes, last: bool) -> Parts:
        """Add a piece to a staged file that has `offset` bytes; how far it has come then.

        The same piece may come twice, when the first answer was lost. Raises FileNotFoundError when the
        earlier pieces are gone.
        """

    def beginning(self, key: str, parts: Parts, *, size: int) -> bytes:
        """The `size` bytes that a staged file has so far, of one that is shorter than a piece.

        Raises FileNotFoundError when they are gone.
        """

    def begin_direct(self, key: str, *, sums: bool) -> Parts | None:
        """Begin a staged file whose parts come straight from a browser; None where the store takes none.

        With `sums` each part says what it comes to, where the store compares: then `sums` in what is returned
        is true, and no part may keep silent. Parts are of PART_BYTES each, all but the last. `append` goes on
        with them where they end in a row.
        """

    def direct_parts(self, key: str, parts: Parts, *, after: int) -> dict[int, int]:
        """The sizes of the parts that lie there, by number, from the one after `after` on.

        Raises FileNotFoundError when the file was completed or dropped meanwhile.
        """

    def part_address(self, key: str, parts: Parts, part: PartExpected, *, seconds: int) -> PartAddress:
        """Where a browser puts one part within so many seconds: of that size, and bytes, and no other."""

    def complete(self, key: str, parts: Parts, *, size: int) -> None:
        """Make the staged file whole, so that it can be read. Twice is harmless, also at once.

        Raises FileNotFoundError when it does not have these `size` bytes.
        """

    def discard(self, key: str) -> None:
        """Drop a staged file, whole or not, once or twice."""
