"""A backup: the database's dump, then the files that its rows name, then a page that says what it is."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from dam.backups import files, programs
from dam.core import storage
from dam.core.errors import Refused
from dam.version import VERSION

CARD, DUMP, FILES, SECRETS = "backup.json", "database.dump", "storage", "secrets"
FORMAT = 1
Say = Callable[[str], None]


class NoBackup(Refused):
    """The folder holds no whole backup, or one that this release cannot read."""

    code = "no_backup"
    title = "That is not a backup"


def make(folder: Path, *, secrets: bool, say: Say) -> dict[str, Any]:
    """Write a backup into `folder`, or bring the one that is there up to date; what its card says.

    It runs beside everything else. The card is written last: without it a folder is no backup.
    Raises programs.DatabaseProgramFailed, OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    say("Dumping the database ...")
    dump = folder / f"{DUMP}.writing"
    # Files are added before their rows are, and never change: so the rows first.
    programs.run("pg_dump", ["--format", "custom", "--no-owner", "--no-privileges", "--file", str(dump)])
    (folder / CARD).unlink(missing_ok=True)
    dump.chmod(0o600)
    dump.replace(folder / DUMP)
    say("Copying files ...")
    copied = files.out(folder / FILES)
    if secrets:
        _keep_secrets(folder / SECRETS)
    card = {
        "format": FORMAT,
        "reelproof": VERSION,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database_sha256": storage.sha256_of(folder / DUMP),
        "files": copied.copied + copied.kept,
        "copied": copied.copied,
        "copied_bytes": copied.size,
        "missing": copied.missing,
        "damaged": copied.damaged,
        "secrets": secrets,
    }
    part = folder / f"{CARD}.writing"
    part.write_text(json.dumps(card, indent=1) + "\n")
    part.replace(folder / CARD)
    return card


def read(folder: Path) -> dict[str, Any]:
    """What a backup's card says, once its dump is found to be whole. Raises NoBackup."""
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text())
        known = card["format"] == FORMAT and bool(card["made_at"])
        whole = storage.sha256_of(folder / DUMP) == card["database_sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoBackup(
            f"{folder} holds no complete backup. `manage.py backup FOLDER` writes one; "
            "an interrupted one is completed by running it again."
        ) from error
    if not known:
        raise NoBackup(f"{folder} was written by a newer release ({card.get('reelproof')}). Use that one.")
    if not whole:
        raise NoBackup(f"{folder / DUMP} is damaged: its SHA-256 isn't the one that was noted.")
    return card


def _keep_secrets(folder: Path) -> None:
    """Copy the keys beside the data, for their owner alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    key = settings.DATA_DIR / "secret_key"
    if key.exists():
        _copy_secret(key, folder / key.name)
    if settings.SIGNING_DIR.is_dir():
        for path in sorted(settings.SIGNING_DIR.rglob("*")):
            if path.is_file():
                _copy_secret(path, folder / "signing" / path.relative_to(settings.SIGNING_DIR))


def _copy_secret(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(target.name + ".writing")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file, source.open("rb") as known:
        shutil.copyfileobj(known, file)
    part.replace(target)
