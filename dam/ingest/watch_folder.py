"""A folder that is looked at again and again: which of its files have come, and are whole. Knows no database.

Nothing is moved and nothing written down: a file that was taken is known by its content when the watch
begins anew, as for an import that goes on. Within one watch it is taken once for each state of it and of its
sidecar.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dam.ingest import folders, sidecars
from dam.ingest.folders import Found

# What went is remembered so long: a share that isn't mounted for a while, or a folder below that can't be
# read, looks as if its files were gone, and none is to be read again because of that.
FORGET_SECONDS = 7 * 24 * 3600.0

# Of a file and of its sidecar: size, and when it changed in nanoseconds. None: it isn't there.
State = tuple[tuple[int, int] | None, tuple[int, int] | None]


@dataclass
class _Seen:
    state: State
    since: float  # seconds on the caller's clock, at which it was first seen like this
    there_at: float  # when it was last seen at all
    done: bool = False
    again_at: float = 0.0  # not before this, where it is to be tried once more


class WatchFolder:
    """What is known of a folder's files; `still` seconds without a change make one whole."""

    def __init__(self, folder: Path, *, still: float) -> None:
        self._folder, self._still = folder, still
        self._seen: dict[Path, _Seen] = {}

    def settled(self, clock: Callable[[], float]) -> Iterator[Found]:
        """Look once: files that are whole and weren't given out in this state, in order.

        Each is given out once; `again` gives it out anew. What went is forgotten after FORGET_SECONDS.
        `clock` gives seconds: a file is looked at only when it is its turn, which may be hours after the
        round began.
        """
        for found in folders.files([self._folder]):
            if sidecars.is_one(found.path) or not (found.root or found.problem):
                continue  # the latter is the folder itself, which went this moment
            state: State = (_state(found.path), _state(sidecars.beside(found.path)))
            now = clock()
            seen = self._seen.get(found.path)
            if seen is None or seen.state != state:
                seen = self._seen[found.path] = _Seen(state, since=now, there_at=now)
            seen.there_at = now
            if not seen.done and now - seen.since >= self._still and now >= seen.again_at:
                seen.done = True
                yield found
        now = clock()
        for path in [path for path, seen in self._seen.items() if now - seen.there_at >= FORGET_SECONDS]:
            del self._seen[path]

    def again(self, path: Path, *, at: float) -> None:
        """Give it out once more, not before `at`, though it doesn't change."""
        if path in self._seen:
            self._seen[path].done, self._seen[path].again_at = False, at


def _state(path: Path) -> tuple[int, int] | None:
    try:
        seen = os.lstat(path)
        if path.is_symlink():  # the file that it leads to may be the one that grows
            seen = os.stat(path)
    except OSError:
        return None
    return seen.st_size, seen.st_mtime_ns
