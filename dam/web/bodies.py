"""The large bodies that this web process is receiving: how many, whose, and the disk that they need."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.conf import settings

from dam.core import errors
from dam.core.lazily import lazy

STRANGERS = 6  # at once, all together: what members send never waits for them
STRANGERS_EACH = 2  # from one address
PEOPLE_EACH = 16
# A form's file is written twice: as it comes, and once more out of its envelope.
COPIES = 2


class TooManyBodies(errors.TooMany):
    """As many are being received as may be at once."""

    title = lazy("Too many uploads at once")
    message = lazy("The server is receiving too many files right now. Try again in a minute.")


class NoRoom(errors.NoRoom):
    """The disk, or the strangers' part of it, does not hold another."""

    title = lazy("Server is full")
    message = lazy("The server is out of disk space. Try again later.")


class Bodies:
    """Shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_sender: Counter[str] = Counter()
        self._strangers = 0
        self._reserved = 0
        self._strangers_reserved = 0

    @contextmanager
    def place(self, *, sender: str, stranger: bool, size: int) -> Iterator[None]:
        """Keep a place and room for a body of `size` bytes. Raises TooManyBodies, NoRoom."""
        self._enter(sender, stranger, size)
        try:
            yield
        finally:
            self._leave(sender, stranger, size)

    def _enter(self, sender: str, stranger: bool, size: int) -> None:
        free = _free()
        with self._lock:
            if self._by_sender[sender] >= (STRANGERS_EACH if stranger else PEOPLE_EACH):
                raise TooManyBodies
            if stranger and self._strangers >= STRANGERS:
                raise TooManyBodies
            if stranger and self._strangers_reserved + size > settings.VERIFY_SPOOL_BYTES:
                raise NoRoom
            if free < COPIES * (self._reserved + size) + settings.DISK_RESERVE_BYTES:
                raise NoRoom
            self._count(sender, stranger, size, by=1)

    def _leave(self, sender: str, stranger: bool, size: int) -> None:
        with self._lock:
            self._count(sender, stranger, size, by=-1)
            if not self._by_sender[sender]:
                del self._by_sender[sender]

    def _count(self, sender: str, stranger: bool, size: int, *, by: int) -> None:
        self._by_sender[sender] += by
        self._reserved += by * size
        if stranger:
            self._strangers += by
            self._strangers_reserved += by * size


def _free() -> int:
    settings.SCRATCH_DIR.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(settings.SCRATCH_DIR).free
