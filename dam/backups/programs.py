"""PostgreSQL's own dump and restore, run against the database of this installation."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from dam.core.errors import Refused
from dam.embedded import postgres


class DatabaseProgramFailed(Refused):
    """pg_dump, pg_restore or psql is missing or failed; the message is what it said."""

    code = "database_program"
    title = "The database program failed"


def run(name: str, arguments: Sequence[str], *, database: str | None = None, on_database: bool = True) -> str:
    """Run a program on this installation's database, or on another one of its server; what it printed.

    Without `on_database` it reads files alone.

    Raises DatabaseProgramFailed.
    """
    address, secrets = _address(database)
    completed = subprocess.run(
        [str(_find(name)), *(["--dbname", address] if on_database else []), *arguments],
        env={**os.environ, **secrets},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if completed.returncode != 0:
        said = completed.stderr.strip().splitlines() or ["It gave no reason."]
        raise DatabaseProgramFailed(f"{name} failed: {said[0]}")
    return completed.stdout


def ask(question: str, *, database: str | None = None) -> str:
    """The answer to a question in SQL, without spaces around it. Raises DatabaseProgramFailed."""
    arguments = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]
    return run("psql", [*arguments, "--command", question], database=database).strip()


def _address(database: str | None) -> tuple[str, dict[str, str]]:
    """The address without its password, and the password as programs take it from their environment:
    a list of processes shows the one and not the other."""
    given = urlsplit(os.environ.get("DATABASE_URL") or postgres.url(settings.DATA_DIR))
    if database is not None:
        given = given._replace(path=f"/{database}")
    if given.password is None:
        return given.geturl(), {}
    account, _, place = given.netloc.rpartition("@")
    user = account.partition(":")[0]
    return given._replace(netloc=f"{user}@{place}").geturl(), {"PGPASSWORD": unquote(given.password)}


def _find(name: str) -> Path:
    """For a server elsewhere, which may be newer, this machine's own program where it has one."""
    own = shutil.which(name)
    if own and not settings.DATABASE_IS_EMBEDDED:
        return Path(own)
    return postgres.program(name)
