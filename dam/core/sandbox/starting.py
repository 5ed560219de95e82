"""Starting a program within limits and, where the kernel grants them, behind its protections."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from dam.core.program_limits import Limits
from dam.core.sandbox import readable
from dam.core.sandbox.outcomes import Completed
from dam.core.sandbox.processes import SandboxedProcess

HERE = Path(__file__).parent
# Started without our package, whose import brings Celery and Django along.
LAUNCHER = """
import sys
sys.path.insert(0, sys.argv[1])
from inside import launcher
launcher.main(sys.argv[2:])
"""


@contextmanager
def start(
    program: Sequence[str | Path],
    *,
    limits: Limits,
    reads: Sequence[Path] = (),
    folder: Path | None = None,
    stdin: bytes | None = b"",
    env: Mapping[str, str] | None = None,
) -> Iterator[SandboxedProcess]:
    """A running program (program[0] is an absolute path), ended at the latest when the block is.

    It may read `reads` (files, or folders and all in them), the system's libraries and, for our own
    Python, its packages; it may write in `folder` alone, its working folder and TMPDIR, which is its own
    while it runs: give an empty one, or none when nothing is kept. Of this process's environment it sees
    the search paths and `env`. `stdin` is all it gets to read; None lets you write to `process.stdin`.
    Raises FileNotFoundError when there is no such program.
    """
    if not os.access(program[0], os.X_OK):
        raise FileNotFoundError(f"{program[0]} is not a program that can be run.")
    with launch(program, limits=limits, reads=reads, folder=folder, stdin=stdin, env=env or {}) as process:
        yield process


def run(
    program: Sequence[str | Path],
    *,
    limits: Limits,
    reads: Sequence[Path] = (),
    folder: Path | None = None,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
) -> Completed:
    """Run a program as `start` does, wait for it, and collect what it printed.

    However it ends is an answer, not an exception; but for an end from outside: raises Interrupted.
    """
    with start(program, limits=limits, reads=reads, folder=folder, stdin=stdin, env=env) as process:
        return process.finish(process.stdout.read())


@contextmanager
def launch(
    program: Sequence[str | Path],
    *,
    limits: Limits,
    reads: Sequence[Path],
    folder: Path | None,
    stdin: bytes | None,
    env: Mapping[str, str],
) -> Iterator[SandboxedProcess]:
    """`start`, for a program that need not be a file."""
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(TemporaryDirectory(prefix="sandbox-")))
        given: int | IO[bytes] = subprocess.PIPE if stdin is None else subprocess.DEVNULL
        if stdin:
            given = stack.enter_context(TemporaryFile())
            given.write(stdin)
            given.seek(0)
        popen = subprocess.Popen(
            [
                *[sys.executable, "-I", "-S", "-c", LAUNCHER],
                *[str(HERE), _numbers(limits), str(place)],
                *[*readable.of_system(), *readable.of_program(program[0]), *map(str, reads)],
                *["--", *map(str, program)],
            ],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=place,
            env=_environment(place) | dict(env),
            start_new_session=True,
        )
        process = SandboxedProcess(popen, limits, name=Path(program[0]).name)
        try:
            yield process
        finally:
            process.end()


def _numbers(limits: Limits) -> str:
    numbers = (
        os.getpid(),
        limits.memory_bytes,
        limits.file_bytes,
        limits.cpu_seconds,
        limits.descriptors,
        limits.threads,
    )
    return ",".join(map(str, numbers))


def _environment(folder: Path) -> dict[str, str]:
    paths = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**paths, "LC_ALL": "C.UTF-8", "TMPDIR": str(folder), "HOME": str(folder)}
