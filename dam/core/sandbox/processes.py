"""A running program: listening to it, ending it, and how it ended."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO

from dam.core.program_limits import Limits
from dam.core.sandbox.outcomes import Completed, Interrupted, Outcome, judge

ERROR_TAIL_BYTES = 16 * 1024
BLOCK = 64 * 1024


class SandboxedProcess:
    """A running program. Read `stdout`; `finish` says how it ended."""

    def __init__(self, popen: "subprocess.Popen[bytes]", limits: Limits, *, name: str) -> None:
        assert popen.stdout is not None
        self.limits, self.name, self.pid = limits, name, popen.pid
        self.stdin = popen.stdin
        self.stdout = Output(popen.stdout, limits.stdout_bytes, self.stop)
        self._popen = popen
        self._began = time.monotonic()
        self._memory_kills = _memory_kills()
        self._stopped: Outcome | None = None  # by us, and why
        self._ended: tuple[int, bool] | None = None  # status, and whether its processor time was spent
        self._stderr = b""
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._timer = threading.Timer(limits.wall_seconds, self.stop, [Outcome.TIMED_OUT])
        self._timer.daemon = True
        self._listener.start()
        self._timer.start()

    def stop(self, why: Outcome) -> None:
        """End it, and all it started."""
        if self._ended is None:
            self._stopped = self._stopped or why
            self._kill()

    def finish(self, stdout: bytes = b"") -> Completed:
        """Wait for its end. Raises Interrupted when that came from outside."""
        self._close_stdin()
        status, cpu_is_spent = self._reap()
        self._listener.join()
        stderr = self._stderr.decode(errors="replace")
        outcome = self._stopped or judge(
            status,
            stderr,
            cpu_is_spent=cpu_is_spent,
            memory_was_short=_memory_kills() > self._memory_kills,
        )
        if outcome is Outcome.KILLED:
            raise Interrupted(f"{self.name} was ended from outside.")
        seconds = time.monotonic() - self._began
        return Completed(outcome=outcome, status=status, stdout=stdout, stderr=stderr, seconds=seconds)

    def end(self) -> None:
        """Leave nothing running and nothing open."""
        if self._ended is None:
            self._kill()
            self._reap()
        self._timer.cancel()
        self._listener.join()
        self._close_stdin()
        self.stdout.close()
        assert self._popen.stderr is not None
        self._popen.stderr.close()

    def _reap(self) -> tuple[int, bool]:
        if self._ended is None:
            _, raw, usage = os.wait4(self.pid, 0)
            self._popen.returncode = os.waitstatus_to_exitcode(raw)
            # The kernel counts whole clock ticks and ends it, by the finer count, a little early.
            spent = usage.ru_utime + usage.ru_stime > 0.9 * self.limits.cpu_seconds - 0.4
            self._ended = self._popen.returncode, spent
            self._timer.cancel()
            self._kill()  # what it started and left behind
        return self._ended

    def _kill(self) -> None:
        """It leads a group of its own."""
        with suppress(ProcessLookupError, PermissionError):  # nobody is left in it
            os.killpg(self.pid, signal.SIGKILL)

    def _listen(self) -> None:
        assert self._popen.stderr is not None
        for block in iter(partial(os.read, self._popen.stderr.fileno(), BLOCK), b""):
            self._stderr = (self._stderr + block)[-ERROR_TAIL_BYTES:]

    def _close_stdin(self) -> None:
        if self.stdin is not None:
            with suppress(BrokenPipeError):
                self.stdin.close()


class Output:
    """A program's standard output. One that says too much is ended, and its output ends there."""

    def __init__(self, pipe: IO[bytes], limit: int, stop: Callable[[Outcome], None]) -> None:
        self._pipe, self._left, self._stop = pipe, limit, stop

    def read(self, size: int | None = None) -> bytes:
        """So many bytes, fewer only at the end; all of them without a size."""
        most = self._left + 1
        return self._count(self._pipe.read(most if size is None else min(size, most)))

    def readline(self, size: int) -> bytes:
        return self._count(self._pipe.readline(size))

    def close(self) -> None:
        self._pipe.close()

    def _count(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left >= 0:
            return data
        self._stop(Outcome.TOO_MUCH_OUTPUT)
        return b""


def _memory_kills() -> int:
    """How many processes this machine has ended for want of memory."""
    try:
        words = Path("/proc/vmstat").read_text().split()
        return int(words[words.index("oom_kill") + 1])
    except (OSError, ValueError):  # another system, or an older kernel
        return 0
