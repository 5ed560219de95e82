"""A backup: the database's dump, then the files that its rows name, then a page that says what it is."""

import json
import logging
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from dam.backups import files, programs
from dam.core import storage
from dam.core.errors import Refused
from dam.core.language import noop
from dam.operations import backups
from dam.operations.models import BackupKind
from dam.version import VERSION

log = logging.getLogger(__name__)

CARD, DUMP, FILES, SECRETS = "backup.json", "database.dump", "storage", "secrets"
FORMAT = 1
# Who has a session's key is signed in. Of every other secret the database has the hash, or a cipher.
SESSIONS = ("django_session", "usersessions_usersession")  # restored empty
_LACKING = noop("%(missing)s files missing, %(damaged)s damaged")  # said where it is shown
Say = Callable[[str], None]


class NoBackup(Refused):
    """The folder holds no whole backup, or one that this release cannot read."""

    code = "no_backup"
    title = "That is not a backup"


def make(folder: Path, *, secrets: bool, say: Say, keys: Path | None = None) -> dict[str, Any]:
    """Write a backup into `folder`, or bring the one that is there up to date; what its card says.

    `secrets` adds the keys to it; `keys` writes them into another folder, to be kept apart.

    It runs beside everything else. The card is written last: without it a folder is no backup.
    Raises programs.DatabaseProgramFailed, OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    say("Dumping the database ...")
    dump = folder / f"{DUMP}.writing"
    # Files are added before their rows are, and never change: so the rows first.
    without = [f"--exclude-table-data={table}" for table in SESSIONS]
    options = ["--format", "custom", "--no-owner", "--no-privileges", *without]
    programs.run("pg_dump", [*options, "--file", str(dump)])
    (folder / CARD).unlink(missing_ok=True)
    dump.chmod(0o600)
    dump.replace(folder / DUMP)
    say("Copying files ...")
    copied = files.out(folder / FILES)
    if secrets:
        _keep_secrets(folder / SECRETS)
    if keys is not None:
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep_secrets(keys)
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
        "keys_apart": keys is not None,
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


def verify(folder: Path, *, say: Say) -> tuple[dict[str, Any], files.Copied]:
    """Read a backup to its last byte: the dump's sum and its contents, each file against its name.

    Raises NoBackup, programs.DatabaseProgramFailed where pg_restore can't read the dump.
    """
    say("Checking the database ...")
    card = read(folder)
    programs.run("pg_restore", ["--list", str(folder / DUMP)], on_database=False)
    say("Checking files ...")
    found = files.verify(folder / FILES)
    lacking = int(card["files"]) - len(card["damaged"]) - found.copied - len(found.missing)
    if lacking > 0:
        found.missing.append(f"{lacking} more that the index doesn't name")
    return card, found


def note(kind: BackupKind, folder: Path, card: dict[str, Any], copied: files.Copied | None = None) -> None:
    """Write down how it ended, for the page and the doctor; a database that is away is no reason to fail."""
    missing = copied.missing if copied else card["missing"]
    damaged = copied.damaged if copied else card["damaged"]
    problem = _LACKING % {"missing": len(missing), "damaged": len(damaged)} if missing or damaged else ""
    try:
        backups.note(
            kind,
            folder=str(folder),
            made_at=datetime.fromisoformat(card["made_at"]),
            problem=problem,
            files=copied.copied if copied else card["files"],
            bytes=copied.size if copied else card["copied_bytes"],
            keys=bool(card["secrets"] or card.get("keys_apart")),
        )
    except (DatabaseError, InterfaceError):
        log.warning("That a %s ended could not be written down.", kind)


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
