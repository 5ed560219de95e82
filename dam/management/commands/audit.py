"""The activity log from the command line: `manage.py audit verify FILE`, `manage.py audit anchors FOLDER`."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dam.accounts.models import Brand
from dam.audit import anchors, export, trail
from dam.audit.models import Event
from dam.core import command


class Command(command.Command):
    help = "Verify an exported activity log, or copy the anchors of every brand's log to another place."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="check a file exported as JSON Lines")
        verify.add_argument("file", type=Path)
        copy = verbs.add_parser("anchors", help="bring the anchors in a folder up to date, losing none there")
        copy.add_argument("folder", type=Path)
        check = verbs.add_parser("check", help="check every brand's log against anchors kept elsewhere")
        check.add_argument("folder", type=Path)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "verify":
            self._verify(options["file"])
        elif verb == "anchors":
            added = anchors.copy_out(options["folder"])
            self.stdout.write(f"Added {added} anchors to {options['folder']}.")
        else:
            self._check(options["folder"])

    def _verify(self, path: Path) -> None:
        try:
            with path.open(encoding="utf-8") as file:
                found = export.verify(file)
        except trail.UnknownSeal as key:
            raise CommandError(
                f"The file was sealed with key {key}, which isn't here. Set AUDIT_KEY to it."
            ) from key
        except (OSError, UnicodeDecodeError, export.NotThisFile) as error:
            raise CommandError(str(error)) from error
        if found.problem:
            raise CommandError(f"{path.name} doesn't hold: {found.problem}")
        self.stdout.write(f"{path.name} holds: {found.events} events, each as it was sealed.")
        self.stdout.write(json.dumps(found.head, sort_keys=True))
        self._against_log(found.head)

    def _against_log(self, head: dict[str, Any]) -> None:
        """Whether the log of this installation still comes by the file's head."""
        here = Event.objects.filter(brand_id=head["brand"], sequence=head["sequence"]).first()
        if here is None:
            self.stdout.write("This installation's log has no such event: another one, or it was cut short.")
        elif here.hash != head["hash"]:
            raise CommandError(f"This installation's log says something else at event {head['sequence']}.")
        else:
            self.stdout.write("This installation's log comes by the same event.")

    def _check(self, folder: Path) -> None:
        broken = 0
        for brand in Brand.objects.order_by("pk").iterator():
            found = anchors.check_elsewhere(brand, folder)
            if found is None:
                continue
            broken += 1
            words = "events are missing from" if found.cut_off else "changed at"
            self.stderr.write(f"{brand.slug}: {words} #{found.sequence} on.")
        if broken:
            raise CommandError(f"{broken} activity logs don't match the anchors in {folder}.")
        self.stdout.write("Every activity log matches.")
