"""What a program on a file from outside may take, and what becomes of it when it takes more."""

import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from dam.core import sandbox
from dam.core.sandbox import Completed, Interrupted, Limits, Outcome, starting

LIMITS: dict[str, Any] = {
    "wall_seconds": 20,
    "cpu_seconds": 20,
    "memory_bytes": 1 << 30,
    "file_bytes": 1 << 20,
}
# A kernel that grants nothing: limits and the group of processes are all there is.
BARE = starting.LAUNCHER.replace("\nlauncher.main", "\nlauncher.give_up = lambda *_: set()\nlauncher.main")


def python(code: str, folder: Path | None = None, *, stdin: bytes = b"", **limits: Any) -> Completed:
    program = [sys.executable, "-I", "-c", code]
    return sandbox.run(program, limits=Limits(**LIMITS | limits), folder=folder, stdin=stdin)


def ends(pid: int, *, within_seconds: float) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within_seconds)[0])
    finally:
        os.close(handle)


def test_a_program_answers_on_standard_output() -> None:
    done = python("import sys; print(sys.stdin.read().upper(), end='')", stdin=b"hello")
    assert done.ok
    assert done.stdout == b"HELLO"


def test_a_failure_is_an_answer_with_its_last_words() -> None:
    done = python("raise SystemExit('no such stream')")
    assert (done.outcome, done.status) == (Outcome.FAILED, 1)
    assert done.last_words == "no such stream"


def test_wall_time_is_limited() -> None:
    done = python("import time; time.sleep(60)", wall_seconds=1)
    assert done.outcome is Outcome.TIMED_OUT
    assert done.seconds < 30


def test_processor_time_is_limited_also_where_the_signal_is_caught() -> None:
    done = python(
        "import signal, sys; signal.signal(signal.SIGXCPU, lambda *_: sys.exit(255))\nwhile True: pass",
        cpu_seconds=1,
    )
    assert (done.outcome, done.status) == (Outcome.TIMED_OUT, 255)


def test_memory_is_limited() -> None:
    assert python("bytearray(2 << 30)").outcome is Outcome.OUT_OF_MEMORY


def test_each_file_it_writes_is_limited(tmp_path: Path) -> None:
    # Python ignores the signal by default; programs such as FFmpeg don't.
    code = "from signal import *; signal(SIGXFSZ, SIG_DFL); open('big', 'wb').write(bytes(4 << 20))"
    done = python(code, tmp_path)
    assert (done.outcome, done.status) == (Outcome.TOO_MUCH_OUTPUT, -signal.SIGXFSZ)
    assert (tmp_path / "big").stat().st_size <= 1 << 20


def test_a_file_too_large_is_told_from_a_full_disk() -> None:
    assert python("open('big', 'wb').write(bytes(4 << 20))").outcome is Outcome.TOO_MUCH_OUTPUT
    assert python("import os; raise OSError(28, os.strerror(28))").outcome is Outcome.DISK_FULL


def test_standard_output_beyond_the_limit_ends_it() -> None:
    done = python("while True: print('x' * 5000)", stdout_bytes=1000)
    assert (done.outcome, done.stdout) == (Outcome.TOO_MUCH_OUTPUT, b"")


def test_descriptors_are_limited() -> None:
    done = python("files = [open('/dev/null') for _ in range(100)]", descriptors=50)
    assert "Too many open files" in done.stderr


def test_a_crash_is_named() -> None:
    assert python("import ctypes; ctypes.string_at(0)").outcome is Outcome.CRASHED
    assert python("import os; os.abort()").outcome is Outcome.CRASHED


def test_no_core_is_dumped(tmp_path: Path) -> None:
    done = python("import resource; print(resource.getrlimit(resource.RLIMIT_CORE))")
    assert done.stdout == b"(0, 0)\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_end_from_outside_is_no_word_against_the_file(number: signal.Signals) -> None:
    program = [sys.executable, "-I", "-c", "import time; print('ready', flush=True); time.sleep(60)"]
    with sandbox.start(program, limits=Limits(**LIMITS)) as process:
        assert process.stdout.readline(100) == b"ready\n"
        os.kill(process.pid, number)
        with pytest.raises(Interrupted, match="from outside"):
            process.finish()


def test_a_running_program_is_fed_and_listened_to() -> None:
    program = [sys.executable, "-I", "-c", "import sys\nfor line in sys.stdin: print(line[::-1].strip())"]
    with sandbox.start(program, limits=Limits(**LIMITS), stdin=None) as process:
        assert process.stdin is not None
        process.stdin.write(b"stressed\n")
        process.stdin.close()
        assert process.stdout.readline(100) == b"desserts\n"
        assert process.finish().ok


def test_a_running_program_that_says_too_much_is_ended() -> None:
    program = [sys.executable, "-I", "-c", "while True: print('x' * 99)"]
    with sandbox.start(program, limits=Limits(**LIMITS | {"stdout_bytes": 1000})) as process:
        while process.stdout.readline(200):
            pass
        assert process.finish().outcome is Outcome.TOO_MUCH_OUTPUT


def test_a_program_nobody_waits_for_any_more_is_ended() -> None:
    with sandbox.start([sys.executable, "-c", "import time; time.sleep(60)"], limits=Limits(**LIMITS)) as one:
        pass
    assert ends(one.pid, within_seconds=5)


def test_what_it_started_dies_with_it_where_the_kernel_grants_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "LAUNCHER", BARE)
    code = "import subprocess; subprocess.run(['/bin/sh', '-c', 'echo $$ > pid; sleep 60'])"
    assert python(code, tmp_path, wall_seconds=3).outcome is Outcome.TIMED_OUT
    assert ends(int((tmp_path / "pid").read_text()), within_seconds=20)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_it_dies_with_its_worker() -> None:
    code = (
        "import sys; from dam.core import sandbox\n"
        "limits = sandbox.Limits(wall_seconds=60, cpu_seconds=9, memory_bytes=1 << 30, file_bytes=1)\n"
        "program = [sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(60)']\n"
        "with sandbox.start(program, limits=limits) as process:\n"
        "    process.stdout.readline(9)\n"
        "    print(process.pid, flush=True)\n"
        "    process.stdout.readline(9)\n"
    )
    root = Path(sandbox.__file__).parents[3]
    worker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=root)
    assert worker.stdout is not None
    with worker.stdout:
        pid = int(worker.stdout.readline())
        worker.kill()
        worker.wait()
    assert ends(pid, within_seconds=10)


def test_programs_run_side_by_side() -> None:
    done: list[bytes] = []
    workers = [
        threading.Thread(target=lambda: done.append(python("print(1)", wall_seconds=60).stdout))
        for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert done == [b"1\n"] * 4


def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        sandbox.run(["/no/such/program"], limits=Limits(**LIMITS))
