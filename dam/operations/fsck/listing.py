"""What storage holds, listed once, so that no file is asked about one by one.

In an SQLite file in the scratch folder: a million keys are too many to keep in memory.
"""

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from dam.core import storage
from dam.core.storage import StoredFile

log = logging.getLogger(__name__)


class Listing:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("PRAGMA journal_mode = OFF")  # it is as good as its process
        database.execute("PRAGMA synchronous = OFF")
        database.execute(
            "CREATE TABLE stored (key TEXT PRIMARY KEY, size INTEGER NOT NULL, modified REAL NOT NULL)"
            " WITHOUT ROWID"
        )

    def add(self, entries: Iterable[StoredFile]) -> None:
        # What is being written has an entry too, of no size.
        self._database.executemany(
            "INSERT INTO stored VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
            " size = max(size, excluded.size), modified = max(modified, excluded.modified)",
            ((entry.key, entry.size, entry.modified.timestamp()) for entry in entries if _can_be_said(entry)),
        )

    def size(self, key: str) -> int | None:
        row = self._database.execute("SELECT size FROM stored WHERE key = ?", (key,)).fetchone()
        return None if row is None else int(row[0])

    def older(self, than: datetime, *, after: str, most: int) -> list[str]:
        """Keys of what was written before, in their order."""
        found = self._database.execute(
            "SELECT key FROM stored WHERE key > ? AND modified < ? ORDER BY key LIMIT ?",
            (after, than.timestamp(), most),
        )
        return [key for (key,) in found]


def _can_be_said(entry: StoredFile) -> bool:
    """Whether its name is text at all: on a disk a file may have any bytes for a name. None of ours has."""
    try:
        entry.key.encode()
    except UnicodeEncodeError:
        log.warning("A stored file whose name is no text is passed over: %r", entry.key)
        return False
    return True


@contextmanager
def of(folders: Iterable[str]) -> Iterator[Listing]:
    """Everything below these folders of keys."""
    with (
        storage.scratch() as scratch,
        closing(sqlite3.connect(scratch / "listing.sqlite", isolation_level=None)) as database,
    ):
        listing = Listing(database)
        for folder in folders:
            listing.add(storage.entries(folder))
        yield listing
