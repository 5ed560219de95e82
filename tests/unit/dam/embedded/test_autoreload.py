"""A command that is started again when the code changes."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dam.embedded.autoreload import Restarting

SECONDS = 20.0
SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
FAIL = (sys.executable, "-c", "raise SystemExit(3)")


@pytest.fixture
def restarting() -> Iterator[Restarting]:
    restarting = Restarting(SLEEP)
    yield restarting
    restarting.stop()


def pid(restarting: Restarting) -> int:
    assert restarting.process is not None
    return restarting.process.pid


def wait_for(path: Path, lines: int) -> list[str]:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        written = path.read_text().splitlines() if path.exists() else []
        if len(written) >= lines:
            return written
        time.sleep(0.05)
    raise AssertionError(f"{path} did not get {lines} lines")


def test_a_change_starts_the_command_again(restarting: Restarting) -> None:
    restarting.follow([])
    first = restarting.process
    restarting.follow([["dam/urls.py"]])
    assert first is not None
    assert restarting.process is not first


def test_without_a_change_the_command_goes_on(restarting: Restarting) -> None:
    seen: list[int] = []

    def changes() -> Iterator[Sequence[str]]:
        for _ in range(3):
            seen.append(pid(restarting))
            yield []

    restarting.follow(changes())
    assert len(set(seen)) == 1


def test_a_command_that_fails_is_reported_once_and_waits(
    restarting: Restarting, capsys: pytest.CaptureFixture[str]
) -> None:
    restarting.command = FAIL

    def changes() -> Iterator[Sequence[str]]:
        assert restarting.process is not None
        restarting.process.wait(SECONDS)
        yield []
        yield []

    restarting.follow(changes())
    assert capsys.readouterr().out.count("ERROR: stopped unexpectedly (exit status 3)") == 1
    assert restarting.process is None


def test_a_change_takes_up_a_command_that_had_failed(restarting: Restarting) -> None:
    restarting.command = FAIL

    def changes() -> Iterator[Sequence[str]]:
        assert restarting.process is not None
        restarting.process.wait(SECONDS)
        yield []
        restarting.command = SLEEP
        yield ["dam/urls.py"]

    restarting.follow(changes())
    assert restarting.process is not None
    assert restarting.process.poll() is None


def test_a_saved_file_restarts_a_real_command_and_a_stop_ends_it(tmp_path: Path) -> None:
    code, log = tmp_path / "code", tmp_path / "log"
    code.mkdir()
    script = f"import os, time; open({str(log)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    watcher = subprocess.Popen(
        [sys.executable, "-m", "dam.embedded.autoreload", str(code), "--", sys.executable, "-c", script]
    )
    try:
        wait_for(log, 1)
        deadline = time.monotonic() + SECONDS
        # The watcher may look a moment after the command began.
        while len(log.read_text().splitlines()) < 2 and time.monotonic() < deadline:
            (code / "module.py").write_text(f"at = {time.monotonic()}\n")
            time.sleep(1)
        first, second, *_ = wait_for(log, 2)
        assert first != second
    finally:
        watcher.terminate()
    assert watcher.wait(SECONDS) == 0
