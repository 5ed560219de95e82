"""A database cluster with the migrated test database in it, kept in .venv and copied for each run.

To migrate an empty database takes twenty seconds of a processor and more, which each run of a single test
would wait for. The copy is migrated again by pytest-django, which finds nothing to do. What the kept one was
made of names its folder: after a change of any migration another one is made.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psycopg

from dam.embedded import accounts, postgres

ROOT = Path(__file__).parents[1]
KEPT = Path(sys.prefix) / "test-databases"
MOST = 10  # branches in work at the same time, 80 MB each: one whose cluster went makes it anew each time
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""A crash may lose the data of tests, so nothing waits for the disk."""


def copy_to(data_dir: Path, *, kept: Path = KEPT) -> None:
    """Give `data_dir` the cluster that postgres.start() will find there, made first if there is none.

    Processes side by side wait for the one that makes it.
    """
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cluster = kept / digest()
        if not cluster.exists():
            _make(cluster)
        os.utime(cluster)
        clusters = sorted(
            (path for path in kept.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
        )
        for old in clusters[:-MOST]:
            shutil.rmtree(old)
        _copy(cluster, data_dir / "postgres")


def become_installation(data_dir: Path) -> None:
    """Give the test database of the running server of `data_dir`, which was copied, its usual name."""
    with psycopg.connect(postgres.url(data_dir, database="postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {postgres.DATABASE}")
        connection.execute(f"ALTER DATABASE test_{postgres.DATABASE} RENAME TO {postgres.DATABASE}")


def digest() -> str:
    """What names a kept cluster: the migrations, and what is installed and makes clusters and roles."""
    parts = hashlib.sha256(sys.version.encode())
    read = [ROOT / "constraints.txt", ROOT / "dam/embedded/postgres.py", ROOT / "dam/core/roles.py"]
    for app in ("dam", "generation", "provenance"):
        read += sorted((ROOT / app / "migrations").glob("*.py"))
    for path in read:
        content = path.read_bytes()
        parts.update(f"\n{path.name} {len(content)}\n".encode() + content)
    return parts.hexdigest()[:16]


def _copy(cluster: Path, home: Path) -> None:
    account = accounts.for_database(home / "data")
    accounts.give(home, account)
    shutil.copytree(cluster, home / "data")
    if account is not None:
        for path in (home / "data", *(home / "data").rglob("*")):
            os.chown(path, account.uid, account.gid)


def _make(cluster: Path) -> None:
    """In a process of its own, as this one has read its settings for another folder."""
    folder = Path(tempfile.mkdtemp(prefix="reelproof-kept-")).resolve()
    try:
        command = [sys.executable, "-m", "tests.kept_cluster"]
        made = subprocess.run(
            command,
            cwd=ROOT,
            env=_environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if made.returncode:
            raise RuntimeError(f"The test database could not be made:\n{made.stdout[-4000:]}")
        # Whole or not at all, also where a run is killed.
        unfinished = cluster.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(folder / "postgres" / "data", unfinished)
        unfinished.rename(cluster)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path) -> Mapping[str, str]:
    return {**os.environ, "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "dam.settings"}


def main() -> None:
    """Make the cluster of DATA_DIR, with the test database as Django's test runner makes it."""
    import django

    django.setup()
    from django.db import connections
    from django.test.utils import setup_databases

    from dam.core import roles

    roles.as_owner()
    server = postgres.start(Path(os.environ["DATA_DIR"]), say=print, options=UNSAFE)
    try:
        setup_databases(verbosity=0, interactive=False)
        connections.close_all()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
