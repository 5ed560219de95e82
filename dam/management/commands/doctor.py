"""Examines the installation: `manage.py doctor`. Exit status 1 when something is wrong."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from dam.core import command
from dam.operations import doctor
from dam.operations.doctor import Finding, Level


class Command(command.Command):
    help = (
        "Say what is missing, misconfigured or unsafe, and how to fix it. Exit status 1 with an error, "
        "or with --strict with a warning."
    )
    requires_system_checks = ()  # what they would refuse is told of

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", dest="as_json", action="store_true", help="print one JSON list")
        parser.add_argument("--strict", action="store_true", help="count warnings as errors")

    def handle(self, *args: Any, as_json: bool, strict: bool, **options: Any) -> None:
        found = doctor.examine()
        if as_json:
            self.stdout.write(json.dumps([asdict(each) for each in found], ensure_ascii=False))
        else:
            self._tell(found)
        bad = {Level.ERROR, Level.WARNING} if strict else {Level.ERROR}
        if any(each.level in bad for each in found):
            raise SystemExit(1)

    def _tell(self, found: list[Finding]) -> None:
        for each in found:
            self.stdout.write(f"{each.level.upper():<8} {each.sentence}\n{'':<8} {each.mend}")
        if not found:
            self.stdout.write("Nothing is wrong.")
