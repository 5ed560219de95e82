"""What dies starts again, soon at first, and stays dead once it has died too often."""

import io
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from dam.embedded import deaths
from dam.embedded.deaths import Deaths
from dam.embedded.keeping import KeepingManager
from dam.embedded.terminal import Terminal


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_each_pause_is_longer_and_the_fifth_death_is_the_last() -> None:
    dying = Deaths(Clock())
    assert [dying.note("gpu") for _ in range(5)] == [1, 2, 4, 8, None]
    assert dying.note("web") == 1


def test_deaths_of_long_ago_do_not_count() -> None:
    clock = Clock()
    dying = Deaths(clock)
    for _ in range(3):
        dying.note("gpu")
    clock.now += deaths.WITHIN_SECONDS
    assert dying.note("gpu") == 1


def test_it_is_started_once_its_pause_is_over_and_only_once() -> None:
    clock = Clock()
    dying = Deaths(clock)
    dying.note("gpu")
    assert (dying.take_due(), dying.waiting("gpu")) == ([], True)
    clock.now += 1
    assert (dying.take_due(), dying.waiting("gpu")) == (["gpu"], False)
    assert dying.take_due() == []


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr(deaths, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(deaths, "MOST", 3)
    (tmp_path / "logs").mkdir()
    terminal = Terminal(tmp_path / "logs", io.StringIO())
    terminal.keeping = True
    return terminal


def run(terminal: Terminal, **commands: str) -> None:
    manager = KeepingManager(terminal)
    for name, command in commands.items():
        manager.add_process(name, command)
    loop(manager)


def loop(manager: KeepingManager) -> None:
    before = {signum: signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)}
    try:
        manager.loop()
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def test_a_process_that_always_dies_is_started_again_and_then_ends_all(
    terminal: Terminal, tmp_path: Path
) -> None:
    run(terminal, gpu=f"echo ran >> {tmp_path}/runs; exit 7", web="exec sleep 60")
    assert (tmp_path / "runs").read_text().count("ran") == 3
    assert terminal.first_stopped == ("gpu", 7)


def test_while_everything_starts_the_first_death_ends_all(terminal: Terminal, tmp_path: Path) -> None:
    terminal.keeping = False
    run(terminal, gpu=f"echo ran >> {tmp_path}/runs; exit 7", web="exec sleep 60")
    assert (tmp_path / "runs").read_text().count("ran") == 1


@pytest.mark.parametrize("again", [False, True], ids=["the first time", "started again"])
def test_asked_to_stop_before_a_process_has_said_that_it_runs(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    manager = KeepingManager(terminal)
    manager.add_process(
        "web", f"echo ran >> {tmp_path}/runs; [ -e {tmp_path}/died ] || exit 7; exec sleep 60"
    )
    if not again:
        (tmp_path / "died").touch()
    begin = "_start_again" if again else "_start"
    starting = getattr(manager, begin)

    def start_and_stop(*name: str) -> None:
        (tmp_path / "died").touch()
        starting(*name)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(manager, begin, start_and_stop)
    (tmp_path / "runs").touch()
    loop(manager)
    # On a busy machine the last one is told to stop before it could write that it ran.
    assert (tmp_path / "runs").read_text().count("ran") in (again, 1 + again)
    assert (terminal.asked_to_stop, terminal.first_stopped, terminal.running) == (True, None, {})


def test_asked_to_stop_it_starts_nothing_again(terminal: Terminal, tmp_path: Path) -> None:
    def stop() -> None:
        deadline = time.monotonic() + 30  # then `run` ends all the same, and the count says why
        while not (tmp_path / "runs").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop, daemon=True).start()
    run(terminal, gpu=f"echo ran >> {tmp_path}/runs; exec sleep 60")
    assert (tmp_path / "runs").read_text().count("ran") == 1
    assert (terminal.asked_to_stop, terminal.first_stopped) == (True, None)
