"""A backup made beside a running database brings an installation back on another disk."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dam.embedded import postgres
from tests import kept_cluster

BASE_DIR = Path(__file__).resolve().parents[4]
OPTIONS = {"fsync": "off"}
FILL = """
import hashlib, io
from tests import factories
from dam.accounts.models import Brand
from dam.core import storage
from dam.audit import trail
from dam.audit.verbs import Verb
brand = Brand.objects.create(slug="kept", name="Kept")
clip = b"a clip's bytes"
version = factories.VersionFactory.create(asset__brand=brand, sha256=hashlib.sha256(clip).hexdigest())
storage.keep(io.BytesIO(clip), key=version.storage_key)
trail.record(Verb.MEMBER_ADMITTED, brand=brand, target="Ada", data={"role": "admin"})
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
session = SessionStore()
session.create()
user = factories.UserFactory.create()
UserSession.objects.create(user=user, session_key=session.session_key, ip="127.0.0.1")
"""
READ = """
import json
from dam.accounts.models import Brand
from dam.audit import trail
from dam.catalog.models import Version
from dam.core import storage
brand = Brand.objects.get()
version = Version.objects.get()
print(json.dumps({"brand": brand.name, "broken": trail.first_broken(brand) is not None,
    "events": brand.events.count(), "bytes": storage.open_file(version.storage_key).read().decode()}))
"""


COUNT = """
import json
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from dam.accounts.models import User
print(json.dumps({"people": User.objects.exists(), "sessions": Session.objects.count(),
    "listed": UserSession.objects.count()}))
"""


def manage(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env={**environment, "DATA_DIR": str(data_dir), "DATABASE_POOL_SIZE": "0", "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
    )


def succeed(data_dir: Path, *arguments: str) -> str:
    completed = manage(data_dir, *arguments)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A running database with a brand, a clip, an event and keys."""
    data_dir = tmp_path_factory.mktemp("first")
    kept_cluster.copy_to(data_dir)
    server = postgres.start(data_dir, say=print, options=OPTIONS)
    try:
        kept_cluster.become_installation(data_dir)
        succeed(data_dir, "shell", "--command", FILL)
        (data_dir / "signing").mkdir(exist_ok=True)
        (data_dir / "signing" / "root.pem").write_text("a key")
        yield data_dir
    finally:
        server.stop()


@pytest.fixture(scope="module")
def backup(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups") / "today"
    succeed(installation, "backup", str(folder), "--secrets")
    return folder


@pytest.fixture(scope="module")
def restored(backup: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another disk, after `restore` on it."""
    data_dir = tmp_path_factory.mktemp("second")
    succeed(data_dir, "restore", str(backup))
    return data_dir


def test_rows_files_and_the_audit_chain_are_back_and_nothing_is_left_to_migrate(restored: Path) -> None:
    server = postgres.start(restored, say=print, options=OPTIONS)
    try:
        found = json.loads(succeed(restored, "shell", "--command", READ).splitlines()[-1])
        succeed(restored, "migrate", "--check")
    finally:
        server.stop()
    assert found == {"brand": "Kept", "broken": False, "events": 1, "bytes": "a clip's bytes"}


def test_nothing_in_a_backup_signs_anybody_in(restored: Path) -> None:
    server = postgres.start(restored, say=print, options=OPTIONS)
    try:
        found = json.loads(succeed(restored, "shell", "--command", COUNT).splitlines()[-1])
    finally:
        server.stop()
    assert found == {"people": True, "sessions": 0, "listed": 0}


def test_keys_are_back_for_their_owner_alone(restored: Path) -> None:
    key = restored / "signing" / "root.pem"
    assert key.read_text() == "a key"
    assert key.stat().st_mode & 0o077 == 0


def test_a_second_backup_copies_only_what_is_new(installation: Path, backup: Path) -> None:
    card = json.loads(succeed(installation, "backup", str(backup), "--secrets", "--json"))
    assert (card["files"], card["copied"]) == (1, 0)


def test_data_that_are_there_are_not_replaced_unasked(backup: Path, restored: Path) -> None:
    refused = manage(restored, "restore", str(backup))
    assert refused.returncode == 1
    assert "--replace" in refused.stderr


def test_replaced_data_are_kept_under_another_name(backup: Path, restored: Path) -> None:
    assert "is kept as reelproof_before_" in succeed(restored, "restore", str(backup), "--replace")


def test_a_damaged_dump_is_refused_before_anything_changes(backup: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(backup, damaged)
    with (damaged / "database.dump").open("ab") as dump:
        dump.write(b"x")
    refused = manage(tmp_path / "third", "restore", str(damaged))
    assert refused.returncode == 1
    assert "damaged" in refused.stderr
    assert not (tmp_path / "third" / "postgres").exists()


@pytest.mark.parametrize("card", [None, "[]", '{"format": 1}', '{"format": 1, "database_sha256": "%s"}'])
def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path, card: str | None) -> None:
    if card is not None:
        (tmp_path / "database.dump").write_bytes(b"x")
        (tmp_path / "backup.json").write_text(card.replace("%s", hashlib.sha256(b"x").hexdigest()))
    refused = manage(tmp_path / "data", "restore", str(tmp_path))
    assert refused.returncode == 1
    assert "no complete backup" in refused.stderr


def test_a_damaged_file_is_named(backup: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(backup, damaged)
    (clip,) = [path for path in (damaged / "storage").rglob("*") if path.is_file()]
    clip.write_bytes(b"other bytes")
    done = manage(tmp_path / "data", "restore", str(damaged))
    assert (
        f"Damaged in the backup (its SHA-256 is not its name): {clip.relative_to(damaged / 'storage')}"
        in done.stderr
    )


def test_a_backup_with_a_damaged_file_ends_with_status_1_and_keeps_the_rest(
    installation: Path, tmp_path: Path
) -> None:
    (clip,) = [path for path in (installation / "storage").rglob("*.mp4") if path.is_file()]
    whole = clip.read_bytes()
    clip.write_bytes(b"other bytes!!!")
    try:
        done = manage(installation, "backup", str(tmp_path / "backup"))
    finally:
        clip.write_bytes(whole)
    assert done.returncode == 1
    assert "1 stored file is missing or damaged" in done.stderr
    assert (tmp_path / "backup" / "backup.json").exists()


def test_a_backup_is_verified_to_its_last_byte_and_that_is_written_down(
    installation: Path, backup: Path
) -> None:
    assert "is whole: the database and 1 files" in succeed(installation, "backup", str(backup), "--verify")
    kept = "print(list(BackupRun.objects.values_list('kind', 'whole')))"
    said = succeed(installation, "shell", "--command", f"from dam.operations.models import BackupRun; {kept}")
    assert "('backup', True)" in said
    assert "('check', True)" in said


def test_a_damaged_backup_is_told_of(installation: Path, backup: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(backup, damaged)
    (clip,) = [path for path in (damaged / "storage").rglob("*") if path.is_file()]
    clip.write_bytes(b"other bytes")
    done = manage(installation, "backup", str(damaged), "--verify")
    assert done.returncode == 1
    assert "Damaged in the backup" in done.stderr
    clip.unlink()
    assert "Missing from the backup" in manage(installation, "backup", str(damaged), "--verify").stderr


def test_keys_go_into_a_folder_of_their_own(installation: Path, tmp_path: Path) -> None:
    succeed(installation, "backup", str(tmp_path / "backup"), "--keys", str(tmp_path / "keys"))
    assert (tmp_path / "keys" / "signing" / "root.pem").read_text() == "a key"
    assert not (tmp_path / "backup" / "secrets").exists()
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
