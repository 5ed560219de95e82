"""The terminal shows what matters; the logs keep everything."""

import io
from datetime import datetime
from pathlib import Path

import pytest
from honcho.printer import Message

from dam.embedded.terminal import Terminal


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def terminal(tmp_path: Path, screen: io.StringIO) -> Terminal:
    return Terminal(tmp_path, screen)


def line(name: str, text: str) -> Message:
    return Message(type="line", data=text.encode(), time=datetime.now(), name=name, colour=None)


def test_everyday_lines_go_to_the_log_alone(terminal: Terminal, screen: io.StringIO) -> None:
    terminal.write(line("web", "INFO: served\n"))
    assert terminal.log("web").read_text() == "INFO: served\n"
    assert screen.getvalue() == ""


def test_errors_are_shown_with_the_name_of_their_log(terminal: Terminal, screen: io.StringIO) -> None:
    terminal.write(line("gpu", "2026-01-01 ERROR generation: no memory\n"))
    assert "gpu: 2026-01-01 ERROR generation: no memory" in screen.getvalue()
    assert str(terminal.log("gpu")) in screen.getvalue()


def test_the_first_process_to_stop_is_remembered(terminal: Terminal) -> None:
    terminal.write(line("system", "gpu stopped (rc=-9)\n"))
    terminal.write(line("system", "web stopped (rc=0)\n"))
    assert terminal.first_stopped == ("gpu", -9)


def test_who_runs_is_known_by_process_id(terminal: Terminal) -> None:
    terminal.write(line("system", "gpu started (pid=17)\n"))
    terminal.write(line("system", "web started (pid=18)\n"))
    terminal.write(line("system", "gpu stopped (rc=-9)\n"))
    assert terminal.running == {"web": 18}


def test_a_request_to_stop_is_told_once(terminal: Terminal, screen: io.StringIO) -> None:
    terminal.write(line("system", "SIGINT received\n"))
    terminal.write(line("system", "SIGINT received\n"))
    assert terminal.asked_to_stop
    assert screen.getvalue().count("Stopping") == 1
