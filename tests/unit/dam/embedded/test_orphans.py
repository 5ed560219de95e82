"""What a killed process leaves behind is ended, although it holds the output open."""

import os
import signal
import subprocess
import sys

import pytest

from dam.embedded import orphans

CHILD = "import time; time.sleep(60)"
PARENT = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "{CHILD}"])
print("there", flush=True)
time.sleep(60)
"""


@pytest.fixture
def parent() -> subprocess.Popen[bytes]:
    """A process with a child that shares its output, as a worker with its beat."""
    process = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline() == b"there\n"
    return process


def test_a_dead_process_is_noticed_and_its_output_ends(parent: subprocess.Popen[bytes]) -> None:
    os.kill(parent.pid, signal.SIGKILL)
    while not orphans.end_group(parent.pid):
        pass  # the kernel takes a moment
    out, _ = parent.communicate(timeout=20)  # would wait for the child, a minute long
    assert out == b""
    assert parent.returncode == -9


def test_a_living_process_is_left_alone(parent: subprocess.Popen[bytes]) -> None:
    assert not orphans.end_group(parent.pid)
    assert parent.poll() is None
    os.killpg(parent.pid, signal.SIGKILL)
    parent.communicate()
    assert not orphans.end_group(parent.pid)  # its number may be somebody else's by now
