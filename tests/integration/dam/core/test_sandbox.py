"""Programs that read files from outside, beside our keys, our secrets and our database."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from dam.core import sandbox
from dam.core.sandbox import Completed, Limits
from provenance.manifests import signing
from provenance.manifests.development_ca import Purpose

LIMITS = Limits(wall_seconds=60, cpu_seconds=30, memory_bytes=1 << 30, file_bytes=1 << 20)


def needs(*names: str) -> None:
    if not sandbox.protections() & set(names):
        pytest.skip(sandbox.describe_protections())


def python(code: str, *arguments: object, reads: tuple[Path, ...] = ()) -> Completed:
    program = [sys.executable, "-I", "-c", f"import sys\n{code}", *map(str, arguments)]
    return sandbox.run(program, limits=LIMITS, reads=reads)


def test_the_signing_keys_cannot_be_read(settings: Any, tmp_path: Path) -> None:
    needs("files")
    settings.SIGNING_DIR = tmp_path / "signing"
    signing.signer(Purpose.GENERATOR)
    keys = [path for path in settings.SIGNING_DIR.rglob("*") if b"PRIVATE KEY" in _bytes(path)]
    assert keys
    for path in keys:
        path.chmod(0o644)  # as a careless administrator might
        assert "PermissionError" in python("open(sys.argv[1])", path, reads=(Path(__file__),)).stderr


def test_the_secret_key_is_neither_in_its_environment_nor_readable(settings: Any) -> None:
    needs("files")
    seen = json.loads(python("import json, os; print(json.dumps(dict(os.environ)))").stdout)
    assert not seen.keys() & {"SECRET_KEY", "DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE"}
    (settings.DATA_DIR / "secret_key").touch()
    assert "PermissionError" in python("open(sys.argv[1])", settings.DATA_DIR / "secret_key").stderr


@pytest.mark.django_db
def test_the_database_cannot_be_connected() -> None:
    needs("calls")
    place = Path(connection.settings_dict["HOST"]) / f".s.PGSQL.{connection.settings_dict['PORT'] or 5432}"
    assert place.is_socket()
    code = "import socket; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    assert "PermissionError" in python(code, place).stderr
    library = "import psycopg; psycopg.connect(host=sys.argv[1], user='postgres')"
    assert "OperationalError" in python(library, place.parent).stderr


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
