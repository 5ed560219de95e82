"""A command that starts again when code changes: `python -m dam.embedded.autoreload FOLDERS -- COMMAND`."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from types import FrameType

from watchfiles import PythonFilter, watch

CHECK_MS = 500  # how soon a stop, or a command that ended, is noticed
PATIENCE_SECONDS = 15.0


class Restarting:
    """One command, restarted for each change; a command that fails by itself waits for the next one."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(self.command)

    def stop(self) -> int:
        """The exit status, after a SIGTERM and, when that is not heard, a SIGKILL."""
        if self.process is None:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def follow(self, changes: Iterable[Iterable[object]]) -> None:
        """Restart for every set of changes; an empty one is only a chance to look at the command."""
        self.start()
        for changed in changes:
            if changed:
                self.stop()
                _print_line("Code changed. Restarting.")
                self.start()
            elif self.process and self.process.poll() is not None:
                # The word ERROR brings a line to the terminal of `up`.
                status = self.process.poll()
                _print_line(f"ERROR: stopped unexpectedly (exit status {status}). Waiting for a code change.")
                self.process = None


def main(arguments: Sequence[str]) -> int:
    split = arguments.index("--")
    folders, command = arguments[:split], arguments[split + 1 :]
    stopping = threading.Event()
    restarting = Restarting(command)

    def stop(signum: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    restarting.follow(
        watch(
            *folders,
            watch_filter=PythonFilter(),
            stop_event=stopping,
            rust_timeout=CHECK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
    )
    restarting.stop()
    return 0


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
