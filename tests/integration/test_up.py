"""`manage.py up`, which `make run` calls: started twice, and killed in between."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kombu
import psutil
import pytest

from dam.embedded import valkey

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
    house.process.communicate(timeout=60)


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


def test_the_site_is_served(house: House) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/healthz", timeout=10) as answer:
        assert answer.status == 200


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
        assert connection.SimpleQueue("parked").get(timeout=5).payload == "a task"


def test_a_worker_that_dies_is_named_and_ends_the_run_although_its_beat_lives_on(again: House) -> None:
    workers = [process for process in processes_of(again.data_dir) if "--beat" in process.cmdline()]
    worker = min(workers, key=lambda process: process.create_time())
    worker.send_signal(signal.SIGKILL)
    said, _ = again.process.communicate(timeout=60)
    assert again.process.returncode == 1
    assert "media-sign-default stopped by itself (exit status -9)" in said or "default stopped" in said


def test_nothing_runs_on_after_the_end(again: House) -> None:
    again.process.wait(60)
    assert processes_of(again.data_dir) == []
