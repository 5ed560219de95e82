"""Films that are read in place of masters (runner.readable), kept for a while so that each is made once.

In the scratch folder of this machine, under the name of the master's content, which is worked out here: what
a file does to its own film it does to no other's. A reader gets a second name for it (a hard link) in its own
folder, so that nothing is taken from under it. A process that dies leaves a finished film or none. Films that
nobody asked for lately go with the next one that is made and with the sweep (dam.ingest.cleanup), which also
clears the scratch folder of everything older than a day.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from dam.core import storage

KEPT_SECONDS = 3600.0  # since somebody last asked
MOST_BYTES = 4 * 1024**3  # of all that are kept
ROOM = 4  # times its size must be free besides the reserve, for one to be kept
METHOD = 1  # counts on when films are made in another way
_FILMS, _LOCK = ".film", ".film-lock"


@contextmanager
def of(path: Path, make: Callable[[Path], object]) -> Iterator[Path]:
    """The film of this file, resolved; `make` writes it where nobody has lately. Gone when the block ends.

    Who else asks for the same meanwhile waits and takes that one.
    """
    with storage.scratch() as folder:
        film = folder.resolve() / "film.mkv"
        kept = settings.SCRATCH_DIR / f"{storage.sha256_of(path)}-{METHOD}{_FILMS}"
        with _alone(kept):
            if not _take(kept, film):
                make(film)
                _keep(film, kept)
        yield film


def forget(*, seconds: float = KEPT_SECONDS, most_bytes: int = MOST_BYTES) -> int:
    """Delete the films that nobody asked for lately, and the oldest of too many; how many went."""
    gone = total = 0
    now = time.time()
    for asked, size, film in sorted(_kept(), reverse=True):
        total += size
        if now - asked > seconds or total > most_bytes:
            film.unlink(missing_ok=True)
            film.with_suffix(_LOCK).unlink(missing_ok=True)
            gone += 1
    return gone


def _kept() -> Iterator[tuple[float, int, Path]]:
    """When each was last asked for, its size and its path."""
    for film in settings.SCRATCH_DIR.glob(f"*{_FILMS}"):
        with suppress(FileNotFoundError):
            found = film.stat()
            yield found.st_mtime, found.st_size, film


def _take(kept: Path, film: Path) -> bool:
    try:
        os.utime(kept)
        film.hardlink_to(kept)
    except OSError:  # it isn't there, or the disk knows no second names
        return False
    return True


def _keep(film: Path, kept: Path) -> None:
    """A second name for a finished film, where the disk has plenty of room."""
    size = film.stat().st_size
    room = shutil.disk_usage(settings.SCRATCH_DIR).free - settings.DISK_RESERVE_BYTES
    if size <= MOST_BYTES and room >= ROOM * size:
        with suppress(OSError):
            kept.hardlink_to(film)
    forget()


@contextmanager
def _alone(kept: Path) -> Iterator[None]:
    """One process of this machine at a time; who dies lets go."""
    with kept.with_suffix(_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
