"""What a new installation goes through before it has a database role to connect as."""

import os
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[4]


def test_the_checks_before_a_command_need_no_database(tmp_path: Path) -> None:
    away = {"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://nobody@localhost:1/none"}
    environment = {**os.environ, **away, "DATABASE_POOL_SIZE": "0"}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
