"""What stands in the way of starting is said before anything is started."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dam.embedded import preflight


def test_a_full_disk_is_refused_with_both_numbers(tmp_path: Path) -> None:
    with pytest.raises(preflight.NotReady, match=r"GB free; at least 1000000000\.0 GB are needed"):
        preflight.check_disk(tmp_path, needed=10**18)


def test_a_roomy_disk_passes(tmp_path: Path) -> None:
    preflight.check_disk(tmp_path, needed=1)


def test_a_busy_port_is_refused_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(preflight.NotReady, match=rf"127\.0\.0\.1:{port}: .*PORT="):
            preflight.check_port("127.0.0.1", port)


def test_a_free_port_passes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    preflight.check_port("127.0.0.1", port)


def test_a_number_that_is_no_port_is_refused() -> None:
    with pytest.raises(preflight.NotReady, match="PORT=8001"):
        preflight.check_port("127.0.0.1", 70_000)


HOLD = "import sys; from pathlib import Path; from dam.embedded import preflight;" + (
    "file = preflight.lock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
)


def test_a_second_run_is_told_who_holds_the_data(tmp_path: Path) -> None:
    other = _hold(tmp_path)
    try:
        with pytest.raises(preflight.NotReady, match=rf"already runs .*process {other.pid}"):
            preflight.lock(tmp_path)
    finally:
        other.communicate(b"")


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path) -> None:
    other = _hold(tmp_path)
    other.kill()
    other.communicate()
    preflight.lock(tmp_path).close()


def _hold(data_dir: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", HOLD, str(data_dir)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process
