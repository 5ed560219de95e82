"""What the doctor finds, each made wrong for real."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from dam.core import queues, workers
from dam.media import encoders
from dam.operations import backups, doctor, doctor_settings, doctor_state
from dam.operations.doctor import Finding, Level
from dam.operations.models import BackupKind
from provenance.manifests import expiry

pytestmark = pytest.mark.django_db
KEY = "kJ8sQ2vL9xT4mR7wZ1bN6cF3hD5gP0aEyUiOqWtSrXzVn"


def codes(found: Any) -> list[str]:
    return [f"{each.level}:{each.code}" for each in found]


@pytest.fixture
def public(settings: Any) -> Any:
    """Settings as they should be for a site that people reach."""
    settings.PUBLIC_URL, settings.HTTPS, settings.BEHIND_PROXY = "https://clips.example.com", True, 1
    settings.ALLOWED_HOSTS = ["clips.example.com", "localhost"]
    settings.SECRET_KEY, settings.DEBUG, settings.DEMO = KEY, False, False
    return settings


def of_settings() -> list[str]:
    of = doctor_settings
    checks = (of.debug, of.demo, of.secret_key, of.public_url, of.proxy)
    return [code for check in checks for code in codes(check())]


def test_settings_as_they_should_be_are_nothing_to_tell_of(public: Any) -> None:
    assert of_settings() == []


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("DEBUG", True, "error:debug"),
        ("DEMO", True, "error:demo"),
        ("SECRET_KEY", "django-insecure-" + KEY, "error:secret_key"),
        ("SECRET_KEY", "a" * 60, "error:secret_key"),
        ("ALLOWED_HOSTS", ["other.example.com"], "error:allowed_hosts"),
        ("ALLOWED_HOSTS", ["*"], "warning:any_host"),
        ("PUBLIC_URL", "http://clips.example.com", "error:no_https"),
        ("PUBLIC_URL", "http://localhost:8000", "error:public_url_local"),
        ("PUBLIC_URL", "clips", "error:public_url"),
        ("BEHIND_PROXY", 0, "error:behind_proxy"),
    ],
)
def test_each_wrong_setting_is_told_of(public: Any, setting: str, value: Any, told: str) -> None:
    setattr(public, setting, value)
    assert told in of_settings()


def test_a_key_that_others_can_read_is_told_of(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.SIGNING_DIR = tmp_path, tmp_path / "signing"
    (tmp_path / "secret_key").write_text("x")
    (tmp_path / "secret_key").chmod(0o644)
    assert codes(doctor_settings.files_of_keys()) == ["error:key_readable"]
    (tmp_path / "secret_key").chmod(0o600)
    assert codes(doctor_settings.files_of_keys()) == []


def test_a_role_that_owns_the_tables_is_told_of() -> None:
    assert codes(doctor_state.database()) == ["warning:database_role"]  # tests run as the owner


def test_a_migration_that_is_not_applied_is_told_of() -> None:
    assert codes(doctor_state.migrations()) == []
    MigrationRecorder(connection).record_unapplied("dam", last_of("dam"))
    assert codes(doctor_state.migrations()) == ["error:migrations"]


def last_of(app: str) -> str:
    return str(MigrationLoader(connection).graph.leaf_nodes(app)[0][1])


def test_a_secret_of_another_key_is_told_of(settings: Any) -> None:
    from dam.sso.models import SignInProvider

    table, column = SignInProvider._meta.db_table, "client_secret"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE secrets (client_secret text)")
        cursor.execute("INSERT INTO secrets VALUES ('not ours')")
    assert doctor_state._has_unreadable("secrets", column)
    assert not doctor_state._has_unreadable(table, column)


def test_a_broker_that_is_away_and_queues_without_a_worker_are_told_of(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(workers, "served", lambda: {"gpu": True, "sign": False})
    found = list(doctor_state.broker_and_workers())
    queues._breaker.worked()
    assert codes(found) == ["error:broker", "error:no_worker"]
    assert "sign" in found[1].sentence


def test_storage_that_cannot_be_written_is_told_of(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.STORAGE = str(tmp_path / "file")
    assert codes(doctor_state.storing()) == ["error:storage"]
    settings.STORAGE = str(tmp_path / "storage")
    assert codes(doctor_state.storing()) == []
    assert not [path for path in (tmp_path / "storage").rglob("*") if path.is_file()]


def test_a_missing_ffmpeg_is_told_of(settings: Any) -> None:
    settings.FFMPEG_BINARY = "no-such-ffmpeg"
    assert "error:ffmpeg" in codes(doctor_state.binaries())


def test_an_ffmpeg_without_some_encoder_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "warning:ffmpeg_lacks" not in codes(doctor_state.binaries())
    monkeypatch.setattr(encoders, "_have", lambda binary: frozenset({"libx264", "aac"}))
    lacking = next(each for each in doctor_state.binaries() if each.code == "ffmpeg_lacks")
    assert "libx265" in lacking.sentence


def test_a_full_disk_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dam.core.storage.free", lambda: 1000)
    assert "error:disk" in codes(doctor_state.room())


def test_backups_that_are_missing_old_damaged_or_unchecked_are_told_of() -> None:
    at = timezone.now()
    assert codes(doctor_state.backup_age()) == ["warning:no_backup"]
    backups.note(BackupKind.BACKUP, folder="/b", made_at=at - timedelta(days=9), problem="1 files missing")
    assert codes(doctor_state.backup_age()) == [
        "error:backup_old",
        "error:backup_damaged",
        "warning:backup_unchecked",
    ]
    backups.note(BackupKind.BACKUP, folder="/b", made_at=at)
    backups.note(BackupKind.CHECK, folder="/b", made_at=at)
    assert codes(doctor_state.backup_age()) == []


def test_the_command_ends_with_what_it_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Any:
        raise RuntimeError

    told = Finding(Level.WARNING, "mail_off", "Mail is off.", "Set EMAIL_HOST.")
    monkeypatch.setattr(doctor, "CHECKS", [lambda: [told]])
    call_command("doctor", "--json")
    assert json.loads(capsys.readouterr().out) == [
        {"level": "warning", "code": "mail_off", "sentence": "Mail is off.", "mend": "Set EMAIL_HOST."}
    ]
    with pytest.raises(SystemExit):
        call_command("doctor", "--strict")
    monkeypatch.setattr(doctor, "CHECKS", [broken])
    with pytest.raises(SystemExit):
        call_command("doctor")
    assert "couldn't be made" in capsys.readouterr().out


def test_a_development_ca_of_a_public_site_is_told_of(public: Any) -> None:
    assert codes(expiry.development_ca()) == ["warning:development_ca"]
    public.PUBLIC_URL = "http://localhost:8000"
    assert codes(expiry.development_ca()) == []
