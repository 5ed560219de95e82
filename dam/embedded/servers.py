"""A database or broker that this process started, and the means to stop it."""

import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]
"""Tells the person at the terminal one line of what happens."""

LOG_BYTES = 10 * 1024**2


class ServerFailed(RuntimeError):
    """A server did not start; the message says why and names its log."""


@dataclass(frozen=True)
class Server:
    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals
    patience: float = 30.0  # seconds to write its memory to disk before it is killed

    def stop(self) -> None:
        if self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def launch(
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str],
    user: int | None = None,
    group: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server that writes to `log`.

    In a session of its own: Ctrl-C reaches the whole foreground group of a terminal, and the database must
    outlive the workers that still write to it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(log.name + ".1"))
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=dict(env),
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )


def tail(log: Path, *, lines: int = 8) -> str:
    """The last lines of a log, for a message."""
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
