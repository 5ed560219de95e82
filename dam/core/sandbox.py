"""Running a program on a file from outside: limits on time, memory and output, no secrets, no network.

Pure standard library. What runs is killed with everything it started when its time is up, when the
caller is interrupted, and (on Linux) when the caller dies.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

# The limits are set by a small Python in front of the program: preexec_fn may deadlock in a process
# with threads, and limits set from outside come after the program has started.
# Arguments: memory bytes, bytes for each written file, CPU seconds, then the program.
_LAUNCHER = """
import ctypes, os, resource, signal, sys
memory, file, cpu = map(int, sys.argv[1:4])
for kind, value in (("AS", memory), ("FSIZE", file), ("CPU", cpu), ("CORE", 0), ("NOFILE", 256)):
    limit = getattr(resource, "RLIMIT_" + kind)
    hard = resource.getrlimit(limit)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(limit, (value, value))
    except (OSError, ValueError):
        if kind != "AS":
            raise
for name in ("SIGPIPE", "SIGXFSZ"):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
if sys.platform == "linux":
    libc = ctypes.CDLL(None)
    libc.prctl(1, int(signal.SIGKILL), 0, 0, 0)
    # A network of its own with nothing in it; where the kernel forbids that, the program keeps ours.
    libc.unshare(0x40000000 if os.geteuid() == 0 else 0x50000000)
os.execv(sys.argv[4], sys.argv[4:])
"""

ERROR_TAIL_BYTES = 16 * 1024


class OutputTooLarge(Exception):
    """The program wrote more to standard output than the caller allowed."""


@dataclass(frozen=True)
class Completed:
    """How a program ended. `stderr` holds its last 16 KB; `returncode` is -N when signal N ended it."""

    returncode: int
    stdout: bytes
    stderr: str
    seconds: float
    timed_out: bool

    @property
    def ok(self) -> bool:
        return self.returncode == 0 and not self.timed_out

    @property
    def too_much_output(self) -> bool:
        """It was stopped for writing a file larger than allowed."""
        return self.returncode == -signal.SIGXFSZ


def run_limited(
    args: Sequence[str | Path],
    *,
    seconds: float,
    memory_bytes: int,
    file_bytes: int,
    cwd: Path,
    stdin: bytes | IO[bytes] | None = None,
    stdout_bytes: int = 64 * 1024 * 1024,
    env: Mapping[str, str] | None = None,
) -> Completed:
    """Run a program (args[0] is an absolute path) and wait for it.

    memory_bytes limits its address space, file_bytes each file it writes, standard output included.
    It sees nothing of this process's environment but PATH and `env`; its TMPDIR is `cwd`.
    A program that fails or runs out of time is an answer, not an exception. Raises OutputTooLarge,
    and FileNotFoundError when there is no such program.
    """
    if not os.access(args[0], os.X_OK):
        raise FileNotFoundError(f"{args[0]} is not a program that can be run.")
    cpu_seconds = int(seconds * (os.cpu_count() or 1)) + 5  # an orphan's end where there is no prctl
    limits = [str(memory_bytes), str(file_bytes), str(cpu_seconds)]
    began = time.monotonic()
    timed_out = False
    with TemporaryFile(dir=cwd) as out, TemporaryFile(dir=cwd) as err:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LAUNCHER, *limits, *map(str, args)],
            stdin=subprocess.PIPE if isinstance(stdin, bytes) else (stdin or subprocess.DEVNULL),
            stdout=out,
            stderr=err,
            cwd=cwd,
            env=_environment(cwd) | dict(env or {}),
            start_new_session=True,
        )
        try:
            process.communicate(stdin if isinstance(stdin, bytes) else None, timeout=seconds)
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            _kill(process)
        return Completed(
            returncode=process.returncode,
            stdout=_read(out, stdout_bytes),
            stderr=_tail(err).decode(errors="replace"),
            seconds=time.monotonic() - began,
            timed_out=timed_out,
        )


def _environment(cwd: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "TMPDIR": str(cwd),
        "HOME": str(cwd),
    }


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and all it started; it leads a group of its own."""
    if process.poll() is None:
        with suppress(ProcessLookupError):  # it ended this moment
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _read(file: IO[bytes], limit: int) -> bytes:
    size = file.seek(0, os.SEEK_END)
    if size > limit:
        raise OutputTooLarge(f"{size} bytes on standard output; {limit} were allowed.")
    file.seek(0)
    return file.read()


def _tail(file: IO[bytes]) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - ERROR_TAIL_BYTES))
    return file.read()
