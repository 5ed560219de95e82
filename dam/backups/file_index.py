"""What a backup's folder holds whole, and what storage holds: so that no file is asked about one by one.

An SQLite file beside the copies, for a million keys are too many to keep in memory. It can be lost: then the
copies themselves are looked at, once.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dam.core.storage import StoredFile

_COMMIT_EVERY = 1000


class FileIndex:
    """Sizes by key: of copies that were found whole, and of what storage listed a moment ago."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._new = 0
        database.execute(
            "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID"
        )
        database.execute(
            "CREATE TEMP TABLE stored (key TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID"
        )

    def list_stored(self, entries: Iterable[StoredFile]) -> None:
        # What is being written has an entry too, of no size.
        self._database.executemany(
            "INSERT INTO stored VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET size = max(size, excluded.size)",
            ((entry.key, entry.size) for entry in entries),
        )

    def stored(self, key: str) -> int | None:
        return self._size("SELECT size FROM stored WHERE key = ?", key)

    def kept(self, key: str) -> int | None:
        return self._size("SELECT size FROM kept WHERE key = ?", key)

    def keep(self, key: str, size: int) -> None:
        self._database.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, size))
        self._new += 1
        if self._new % _COMMIT_EVERY == 0:
            self._database.commit()

    def all_kept(self) -> Iterator[tuple[str, int]]:
        yield from self._database.execute("SELECT key, size FROM kept ORDER BY key")

    def _size(self, question: str, key: str) -> int | None:
        row = self._database.execute(question, (key,)).fetchone()
        return None if row is None else int(row[0])


@contextmanager
def opened(folder: Path) -> Iterator[FileIndex]:
    """The index of a folder of copies; a damaged one is made anew."""
    path = folder.with_name(f"{folder.name}.sqlite")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        database = sqlite3.connect(path)
        index = FileIndex(database)
    except sqlite3.DatabaseError:
        path.unlink()
        database = sqlite3.connect(path)
        index = FileIndex(database)
    try:
        yield index
        database.commit()
    finally:
        database.close()
