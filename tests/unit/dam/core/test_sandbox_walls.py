"""A program in the sandbox tries to get out. Each wall is tested where the kernel has it."""

import os
import socket
import sys
from pathlib import Path

import pytest

from dam import celery
from dam.core import sandbox
from dam.core.sandbox import PROTECTIONS, Completed, Limits, NotMade, granted

LIMITS = Limits(wall_seconds=60, cpu_seconds=30, memory_bytes=1 << 30, file_bytes=1 << 20)


def needs(*names: str) -> None:
    """Skip where none of these protections holds, which is what the log says there, too."""
    if not sandbox.protections() & set(names):
        missing = " or ".join(PROTECTIONS[name] for name in names)
        assert all(PROTECTIONS[name] in sandbox.describe_protections() for name in names)
        pytest.skip(f"This kernel does not grant {missing}.")


def python(code: str, *arguments: object, reads: tuple[Path, ...] = ()) -> Completed:
    program = [sys.executable, "-I", "-c", code, *map(str, arguments)]
    return sandbox.run(program, limits=LIMITS, reads=reads)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that anybody may read and write, as far as its mode goes."""
    for place in (tmp_path, *tmp_path.parents[:2]):
        place.chmod(0o777)
    return tmp_path


def test_it_reads_its_input_whoever_owns_it(tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.write_text("a film")
    film.chmod(0o600)
    assert python("import sys; print(open(sys.argv[1]).read())", film, reads=(film,)).stdout == b"a film\n"


def test_it_reads_no_other_file(folder: Path) -> None:
    needs("files")
    film, secret = folder / "film", folder / "secret"
    for path in (film, secret):
        path.write_text("mine")
        path.chmod(0o644)
    done = python("import sys; open(sys.argv[1])", secret, reads=(film,))
    assert "PermissionError" in done.stderr


def test_it_lists_no_folder_but_its_own(folder: Path) -> None:
    needs("files")
    assert "PermissionError" in python("import os, sys; os.listdir(sys.argv[1])", folder).stderr
    assert python("import os; print(os.listdir())").stdout == b"[]\n"


def test_it_writes_in_its_own_folder_alone(folder: Path) -> None:
    needs("files")
    (folder / "there").write_text("as it was")
    (folder / "there").chmod(0o666)
    for path in (folder / "there", folder / "new"):
        done = python("import sys; open(sys.argv[1], 'w')", path, reads=(folder / "there",))
        assert "PermissionError" in done.stderr
    assert (folder / "there").read_text() == "as it was"
    assert not (folder / "new").exists()


def test_it_writes_where_it_is_told_to(tmp_path: Path) -> None:
    program = [sys.executable, "-I", "-c", "open('out', 'w').write('made')"]
    assert sandbox.run(program, limits=LIMITS, folder=tmp_path).ok
    sandbox.take(tmp_path / "out", tmp_path / "kept")
    assert (tmp_path / "kept").read_text() == "made"
    assert (tmp_path / "kept").stat().st_uid == os.geteuid()


def test_a_link_in_place_of_a_result_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/etc/hostname")
    for name in ("out", "missing"):
        with pytest.raises(NotMade):
            sandbox.take(tmp_path / name, tmp_path / "kept")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotMade):
        sandbox.take(tmp_path / "pipe", tmp_path / "kept")


def test_it_makes_no_links(tmp_path: Path) -> None:
    needs("files")
    assert "PermissionError" in python("import os; os.symlink('/etc', 'link')").stderr


def test_it_opens_no_tcp_connection_to_this_machine() -> None:
    needs("network", "calls", "files")
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=5)"
        done = python(code, server.getsockname()[1])
    assert not done.ok
    assert "OSError" in done.stderr or "PermissionError" in done.stderr


def test_it_connects_no_unix_socket(folder: Path) -> None:
    needs("calls")
    address = str(folder / "db")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        Path(address).chmod(0o777)
        code = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
        done = python(code, address, reads=(folder,))
    assert "PermissionError" in done.stderr


def test_it_starts_no_processes() -> None:
    needs("calls")
    for code in ("import os; os.fork()", "import subprocess; subprocess.run(['/bin/true'])"):
        assert "PermissionError" in python(code).stderr


def test_it_starts_threads() -> None:
    done = python("import threading as t; [t.Thread(target=print, args=('x',)).start() for _ in range(20)]")
    assert done.stdout.count(b"x") == 20


def test_it_sees_no_secret_of_ours_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    assert b"do-not-tell" not in python("import os; print(dict(os.environ))").stdout


def test_it_reads_nothing_of_our_process() -> None:
    needs("files", "unprivileged")
    for name in ("environ", "mem", "maps"):
        assert "PermissionError" in python(f"import os; open(f'/proc/{{os.getppid()}}/{name}', 'rb')").stderr


def test_it_sends_us_no_signal() -> None:
    needs("unprivileged", "files")
    if os.geteuid() != 0 and not _landlock_scopes_signals():
        pytest.skip("This kernel lets programs of one user send each other signals.")
    assert "PermissionError" in python("import os; os.kill(os.getppid(), 0)").stderr


def test_it_changes_nothing_of_its_siblings() -> None:
    """They run as the same nobody, and not every kernel keeps them apart by itself."""
    needs("calls")
    with sandbox.start([sys.executable, "-I", "-c", "input()"], limits=LIMITS, stdin=None) as sibling:
        for act in (
            "os.kill(pid, 0)",
            "os.kill(-1, 0)",
            "resource.prlimit(pid, resource.RLIMIT_CPU)",
            "os.setpriority(os.PRIO_USER, os.getuid(), 19)",
            "os.sched_setaffinity(pid, {0})",
        ):
            done = python(f"import os, resource, sys; pid = int(sys.argv[1]); {act}", sibling.pid)
            assert "PermissionError: [Errno 1]" in done.stderr, act


def test_it_may_end_itself_and_lower_its_own_limits() -> None:
    own = "import os, resource; os.kill(os.getpid(), 0); resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))"
    assert python(own).ok
    assert python("import os; os.abort()").outcome is sandbox.Outcome.CRASHED


def test_it_has_no_memory_that_no_limit_counts() -> None:
    needs("calls")
    assert "PermissionError" in python("import os; os.memfd_create('x')").stderr
    shared = "import ctypes; libc = ctypes.CDLL(None); print(libc.shmget(0, 4096, 0o1600))"
    assert python(shared).stdout == b"-1\n"


def test_it_has_nobodys_rights() -> None:
    needs("unprivileged")
    done = python(
        "import os; print(os.geteuid())\nfor line in open('/proc/self/status'): print(line, end='')"
    )
    assert done.stdout.startswith(b"65534\n") or os.geteuid() != 0


def test_it_has_no_controlling_terminal() -> None:
    assert "Error" in python("open('/dev/tty')").stderr


def test_the_log_says_what_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(granted, "protections", lambda: frozenset(PROTECTIONS) - {"network"})
    assert "without: an empty network" in sandbox.describe_protections()
    monkeypatch.setattr(granted, "protections", lambda: frozenset(PROTECTIONS))
    assert "every protection" in sandbox.describe_protections()


def test_a_worker_says_so_at_its_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        celery._log_protections()
        monkeypatch.setattr(sandbox, "protections", lambda: frozenset[str]())
        celery._log_protections()
    assert "rograms that read files from outside" in caplog.text
    assert caplog.records[-1].levelname == "WARNING"


def _landlock_scopes_signals() -> bool:
    from dam.core.sandbox.inside import landlock

    return landlock.version() >= 6
