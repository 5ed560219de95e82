"""What a program on a file from outside may take, and what becomes of it when it takes more."""

import os
import select
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from dam.core.sandbox import Completed, OutputTooLarge, run_limited


def python(code: str, folder: Path, **changes: Any) -> Completed:
    limits: dict[str, Any] = {"seconds": 20, "memory_bytes": 1 << 30, "file_bytes": 1 << 20} | changes
    return run_limited([sys.executable, "-c", code], cwd=folder, **limits)


def ends(pid: int, *, within_seconds: float) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within_seconds)[0])
    finally:
        os.close(handle)


def test_a_program_answers_on_standard_output(tmp_path: Path) -> None:
    done = python("import sys; print(sys.stdin.read().upper(), end='')", tmp_path, stdin=b"hello")
    assert done.ok
    assert done.stdout == b"HELLO"


def test_a_failure_is_an_answer_with_its_last_words(tmp_path: Path) -> None:
    done = python("raise SystemExit('no such stream')", tmp_path)
    assert not done.ok
    assert done.returncode == 1
    assert "no such stream" in done.stderr


def test_time_runs_out_and_what_it_started_dies_too(tmp_path: Path) -> None:
    code = "import subprocess; subprocess.run(['/bin/sh', '-c', 'echo $$ > pid; sleep 60'])"
    done = python(code, tmp_path, seconds=3)
    assert done.timed_out
    assert done.seconds < 30
    assert ends(int((tmp_path / "pid").read_text()), within_seconds=20)


def test_memory_is_limited(tmp_path: Path) -> None:
    done = python("bytearray(2 << 30)", tmp_path)
    assert "MemoryError" in done.stderr


def test_each_file_it_writes_is_limited(tmp_path: Path) -> None:
    # Python ignores the signal by default; programs such as FFmpeg don't.
    code = "from signal import *; signal(SIGXFSZ, SIG_DFL); open('big', 'wb').write(bytes(4 << 20))"
    done = python(code, tmp_path)
    assert done.returncode == -signal.SIGXFSZ
    assert done.too_much_output
    assert (tmp_path / "big").stat().st_size <= 1 << 20


def test_standard_output_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputTooLarge):
        python("print('x' * 5000)", tmp_path, stdout_bytes=1000)


def test_our_secrets_stay_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    done = python("import os; print(dict(os.environ))", tmp_path)
    assert b"do-not-tell" not in done.stdout


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_limited(["/no/such/program"], seconds=1, memory_bytes=1 << 30, file_bytes=1, cwd=tmp_path)
