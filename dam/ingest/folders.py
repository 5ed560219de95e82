"""Files of the server's disk that are to be imported, whoever put them there: names and links are foreign."""

import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from dam.core import errors, foreign_text
from dam.media.errors import FileRefused

SETTLED_SECONDS = 2.0  # a file that changed more recently is looked at twice
LOOK_AGAIN_SECONDS = 1.0
OUTSIDE = "This is a link to something outside the folder."


class StillWritten(errors.Refused):
    """Somebody is writing to the file."""

    code = "still_written"
    message = "The file is still being written. Import it again when it's complete."


@dataclass(frozen=True)
class Found:
    """A file to import, or `problem`, why what is there isn't one."""

    path: Path
    problem: str = ""
    root: Path | None = None  # the folder that was named, in which the file must lie when it is read


def real(path: Path) -> Path:
    """Where the path leads, or as it is where it leads in a circle."""
    return Path(os.path.realpath(path))


def named(path: Path) -> str:
    """As people and terminals are shown it: names may hold bytes of no script, and orders for a terminal."""
    return foreign_text.line(os.fsencode(path).decode("utf-8", "replace"), longest=1000)


def files(paths: Iterable[Path]) -> Iterator[Found]:
    """Every file named, and every one below a folder named, in order; hidden ones are passed over.

    Links to folders aren't followed, and those to files only to what lies in the same folder.
    """
    for path in paths:
        if os.path.isdir(path):  # what can't be asked, on a share that went, is none
            yield from _below(path)
        else:
            yield Found(path)


def _below(top: Path) -> Iterator[Found]:
    inside = real(top)
    problems: list[OSError] = []
    for folder, folders, names in os.walk(top, onerror=problems.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in (*folders, *sorted(names)):
            if name.startswith("."):
                continue
            path = Path(folder) / name
            try:
                if found := _looked_at(path, inside, is_folder=name in folders):
                    yield found
            except OSError as refused:  # a folder whose names may be read, and nothing else
                yield Found(path, f"This can't be read: {refused.strerror}.")
        while problems:
            problem = problems.pop(0)
            yield Found(Path(str(problem.filename)), f"This folder can't be read: {problem.strerror}.")


def _looked_at(path: Path, inside: Path, *, is_folder: bool) -> Found | None:
    if is_folder:
        problem = "This is a link to a folder, which isn't followed."
        return Found(path, problem) if path.is_symlink() else None
    if path.is_symlink() and not real(path).is_relative_to(inside):
        return Found(path, OUTSIDE)
    if not path.is_file():  # a pipe, say, or a link in a circle
        return Found(path, "This is not a file.")
    return Found(path, root=inside)


def open_settled(path: Path, *, root: Path | None = None) -> BufferedReader:
    """The file, for reading, once nobody has written to it for a moment.

    Raises FileRefused, StillWritten, OSError.
    """
    file = open_inside(path, root=root)
    try:
        seen = os.fstat(file.fileno())
        if abs(time.time() - seen.st_mtime) < SETTLED_SECONDS:
            time.sleep(LOOK_AGAIN_SECONDS)
            require_unchanged(file, seen)
    except BaseException:
        file.close()
        raise
    return file


def open_inside(path: Path, *, root: Path | None) -> BufferedReader:
    """The file, for reading, wherever a link leads, if that lies in `root`.

    It is asked of what was opened: whoever puts a link in the place of the file, or of a folder above it,
    after the folder was read has nothing read outside. Nor does a pipe or a device hold up the import.
    Raises FileRefused, OSError.
    """
    descriptor = os.open(real(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file = os.fdopen(descriptor, "rb")
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FileRefused("not_a_video", "This is not a file.")
        if root is not None and not _place(descriptor, path).is_relative_to(root):
            raise FileRefused("not_a_video", OUTSIDE)
    except BaseException:
        file.close()
        raise
    return file


def _place(descriptor: int, path: Path) -> Path:
    """Where an open file lies."""
    try:
        return Path(os.readlink(f"/proc/self/fd/{descriptor}"))
    except OSError:  # macOS has no such folder
        place = real(path)
        if not os.path.samestat(os.stat(place), os.fstat(descriptor)):
            raise StillWritten from None
        return place


def require_unchanged(file: BufferedReader, seen: os.stat_result) -> None:
    """Raises StillWritten where the file is another than it was when `seen` was taken of it."""
    now = os.fstat(file.fileno())
    if (now.st_size, now.st_mtime_ns) != (seen.st_size, seen.st_mtime_ns):
        raise StillWritten
