"""Backs up everything: `manage.py backup FOLDER`. Run it again to bring the backup up to date."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dam.backups import backup
from dam.core import command
from dam.operations.models import BackupKind


class Command(command.Command):
    help = (
        "Write the database and every stored file into a folder, while everything runs. "
        "In a folder that holds a backup already, only what is new is copied."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--secrets",
            action="store_true",
            help="include the signing keys and the secret key; protect the folder like a password",
        )
        parser.add_argument(
            "--keys", type=Path, metavar="FOLDER", help="write the keys into another folder, to be kept apart"
        )
        parser.add_argument(
            "--verify",
            action="store_true",
            help="write nothing: read the backup that is there to its last byte",
        )
        parser.add_argument("--json", dest="as_json", action="store_true", help="print one JSON object")

    def handle(
        self,
        *args: Any,
        folder: Path,
        secrets: bool,
        as_json: bool,
        keys: Path | None = None,
        verify: bool = False,
        **options: Any,
    ) -> None:
        say = self.stderr.write if as_json else self.stdout.write
        if verify:
            self._verify(folder.resolve(), as_json, say)
            return
        try:
            card = backup.make(folder.resolve(), secrets=secrets, say=say, keys=keys and keys.resolve())
        except OSError as error:
            raise CommandError(
                f"The backup is not complete: {error}. What was copied stays; run the command again."
            ) from error
        backup.note(BackupKind.BACKUP, folder.resolve(), card)
        if as_json:
            self.stdout.write(json.dumps(card))
        else:
            self._tell(card, folder)
        if failed := len(card["missing"]) + len(card["damaged"]):
            files = "1 stored file is" if failed == 1 else f"{failed} stored files are"
            raise CommandError(f"{files} missing or damaged. Everything else is backed up.")

    def _verify(self, folder: Path, as_json: bool, say: backup.Say) -> None:
        card, found = backup.verify(folder, say=say)
        backup.note(BackupKind.CHECK, folder, card, found)
        facts = {
            "files": found.copied,
            "bytes": found.size,
            "missing": found.missing,
            "damaged": found.damaged,
        }
        if as_json:
            self.stdout.write(json.dumps({"made_at": card["made_at"], **facts}))
        for key in found.missing:
            self.stderr.write(f"Missing from the backup: {key}")
        for key in found.damaged:
            self.stderr.write(f"Damaged in the backup (its SHA-256 is not its name): {key}")
        if found.missing or found.damaged:
            raise CommandError(f"The backup of {card['made_at']} is not whole.")
        if not as_json:
            self.stdout.write(
                f"The backup of {card['made_at']} is whole: the database and {found.copied} files."
            )

    def _tell(self, card: dict[str, Any], folder: Path) -> None:
        self.stdout.write(
            f"Backed up {card['files']} files ({card['copied']} new, {card['copied_bytes'] / 1e6:.1f} MB)"
            f" and the database to {folder}."
        )
        if not card["secrets"] and not card["keys_apart"]:
            self.stdout.write(
                "Keys are not included: --keys FOLDER writes them elsewhere, --secrets adds them."
            )
        for key in card["missing"]:
            self.stderr.write(f"Missing from storage: {key}")
        for key in card["damaged"]:
            self.stderr.write(f"Damaged in storage (its SHA-256 is not its name): {key}")
