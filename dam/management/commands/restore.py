"""Restores a backup: `manage.py restore FOLDER`, then `make run`."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dam.backups import restore
from dam.core import command
from dam.embedded import CannotStart


class Command(command.Command):
    help = "Restore a backup. Stop everything else that uses DATA_DIR first, and start it again afterwards."
    requires_system_checks = ()  # the database is started by the command itself

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--replace",
            action="store_true",
            help="set aside the database that is here already; it is kept under another name",
        )

        parser.add_argument("--keys", type=Path, help="the folder that `backup --keys` wrote the keys into")

    def handle(
        self, *args: Any, folder: Path, replace: bool, keys: Path | None = None, **options: Any
    ) -> None:
        try:
            copied = restore.restore(folder.resolve(), replace=replace, say=self.stdout.write, keys=keys)
        except CannotStart as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"Not everything was restored: {error}. Run the command again with --replace."
            ) from error
        self.stdout.write(
            f"Restored the database and {copied.copied} files; {copied.kept} were here already."
        )
        for key in copied.damaged:
            self.stderr.write(f"Damaged in the backup (its SHA-256 is not its name): {key}")
        if copied.missing:
            for key in copied.missing:
                self.stderr.write(f"In neither the backup nor storage: {key}")
            raise CommandError(f"{len(copied.missing)} files are missing; the rest is restored.")
        self.stdout.write("Start everything with `make run`: it brings an older database up to date.")
