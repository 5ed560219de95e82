"""What servers and processes say: kept under DATA_DIR/logs, and told to the person at the terminal."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

Say = Callable[[str], None]
"""Tells the person at the terminal one line of what happens."""

MOST_BYTES = 10 * 1024**2


def opened(log: Path, mode: str) -> IO[Any]:
    """The log, to be written by this account and read by no other; one that has grown large is set aside.

    What people type and whom they are comes into logs.
    """
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(PermissionError):  # the folder is another account's
        log.parent.chmod(0o700)
    if log.exists() and log.stat().st_size > MOST_BYTES:
        log.replace(log.with_name(log.name + ".1"))
    return open(log, mode, opener=_private)


def _private(path: str, flags: int) -> int:
    handle = os.open(path, flags, 0o600)
    with suppress(PermissionError):
        os.fchmod(handle, 0o600)  # one from before
    return handle


def tail(log: Path, *, lines: int = 8) -> str:
    """The last lines of a log, for a message."""
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])
