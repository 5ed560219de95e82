"""What servers and processes say: kept under DATA_DIR/logs, and told to the person at the terminal."""

from collections.abc import Callable
from pathlib import Path

Say = Callable[[str], None]
"""Tells the person at the terminal one line of what happens."""

MOST_BYTES = 10 * 1024**2


def make_room(log: Path) -> None:
    """Make the folder of `log`, and set a log that has grown large aside for a new one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > MOST_BYTES:
        log.replace(log.with_name(log.name + ".1"))


def tail(log: Path, *, lines: int = 8) -> str:
    """The last lines of a log, for a message."""
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])
