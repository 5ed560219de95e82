"""`manage.py up`, which `make run` calls: started twice, and killed in between."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import kombu
import psutil
import pytest

from dam.embedded import deaths, valkey

BASE_DIR = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 120
READY = "Reelproof is ready: "


@dataclass(frozen=True)
class House:
    process: subprocess.Popen[str]
    data_dir: Path
    port: int
    said: list[str]


def start(data_dir: Path) -> House:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port), "--no-demo"],
        cwd=BASE_DIR,
        env={**os.environ, "DATA_DIR": str(data_dir), "LOG_LEVEL": "INFO"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if READY in line:
            return House(process, data_dir, port, lines)
    raise AssertionError("".join(lines))


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up").resolve()


@pytest.fixture(scope="module")
def house(data_dir: Path) -> Iterator[House]:
    house = start(data_dir)
    yield house
    stop(house)


@pytest.fixture(scope="module")
def again(house: House) -> Iterator[House]:
    """The same house after the first run was killed with work taken from a queue."""
    take_without_finishing(house)
    house.process.kill()
    house.process.wait()
    again = start(house.data_dir)
    yield again
    stop(again)


def stop(house: House) -> None:
    house.process.terminate()
    house.process.communicate(timeout=120)


def take_without_finishing(house: House) -> None:
    """As a worker does that is killed in the middle of a task."""
    with kombu.Connection(valkey.url(house.data_dir)) as connection:
        queue = connection.SimpleQueue("parked")
        queue.put("a task")
        channel: Any = queue.channel
        channel.qos.restore_at_shutdown = False
        assert channel.basic_get("parked", no_ack=False) is not None


def processes_of(data_dir: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            given = [*process.cmdline(), process.environ().get("DATA_DIR", "")]
            if any(word.startswith(str(data_dir)) for word in given):
                found.append(process)
    return found


def status_of(house: House, page: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/{page}", timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code
    except OSError:  # nobody took the call, or nobody answered it in time
        return 0


def test_the_site_is_served(house: House) -> None:
    assert status_of(house, "healthz") == 200


def test_a_second_run_on_the_same_data_is_refused(house: House) -> None:
    second = subprocess.run(
        [sys.executable, "manage.py", "up", "--port", "1"],
        cwd=BASE_DIR,
        env={**os.environ, "DATA_DIR": str(house.data_dir)},
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert second.returncode == 1
    assert f"already runs on {house.data_dir} (process {house.process.pid})" in second.stderr


def test_what_a_killed_run_left_is_stopped_first(again: House) -> None:
    assert any("interrupted run left behind" in line for line in again.said)


def test_work_of_a_killed_worker_is_queued_again(again: House) -> None:
    with kombu.Connection(valkey.url(again.data_dir)) as connection:
        assert connection.SimpleQueue("parked").get(timeout=60).payload == "a task"


def beating(house: House) -> psutil.Process | None:
    """The worker with the timer: not what it forked, which outlives it for a moment in its group."""
    for process in psutil.Process(house.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if "--beat" in process.cmdline() and os.getpgid(process.pid) == process.pid:
                return process
    return None


def server(house: House, name: str) -> psutil.Process | None:
    for process in psutil.Process(house.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # it ends while it is asked
            if process.name() == name and process.status() != psutil.STATUS_ZOMBIE:
                return process
    return None


def after(killed: psutil.Process | None, find: Callable[[], psutil.Process | None]) -> psutil.Process | None:
    """What runs in its place."""
    assert killed is not None
    killed.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + START_SECONDS
    while (found := find()) is None or found.pid == killed.pid:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def test_the_broker_and_the_database_start_again(again: House, wait_until: Callable[..., None]) -> None:
    for name in ("valkey-server", "postgres"):
        find = partial(server, again, name)
        after(find(), find)
    wait_until(lambda: status_of(again, "healthz") == 200, seconds=START_SECONDS)


def test_a_worker_that_dies_starts_again_although_its_beat_lives_on(
    again: House, wait_until: Callable[..., None]
) -> None:
    after(beating(again), lambda: beating(again))
    wait_until(lambda: status_of(again, "readyz") == 200, seconds=START_SECONDS)


def test_a_worker_that_dies_again_and_again_is_named_and_ends_the_run(again: House) -> None:
    worker = beating(again)
    for _ in range(deaths.MOST - 2):
        worker = after(worker, lambda: beating(again))
    assert worker is not None
    worker.send_signal(signal.SIGKILL)
    said, _ = again.process.communicate(timeout=120)
    assert again.process.returncode == 1
    assert "default stopped unexpectedly (exit status -9), so everything was stopped." in said


def test_nothing_runs_on_after_the_end(again: House) -> None:
    again.process.wait(60)
    assert processes_of(again.data_dir) == []
