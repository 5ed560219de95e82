"""Taking what a program made out of its folder."""

import os
import stat
from pathlib import Path


class NotMade(Exception):
    """There is no such file: nothing, or a link or something else that leads elsewhere."""


def take(made: Path, out: Path) -> None:
    """Move a finished file to `out`, on the same disk, as our own. Raises NotMade."""
    try:
        handle = os.open(made, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as problem:
        raise NotMade(f"{made.name} was not made.") from problem
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotMade(f"{made.name} is no file.")
        if os.fstat(handle).st_uid != os.geteuid():  # made by nobody
            os.fchown(handle, os.geteuid(), os.getegid())
    finally:
        os.close(handle)
    made.replace(out)
