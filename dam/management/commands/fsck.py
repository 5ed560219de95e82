"""Checks every stored file: `manage.py fsck`. Exit status 1 while something is wrong."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dam.backups.backup import FILES
from dam.core import command
from dam.operations.fsck import looking, repairing
from dam.operations.models import Problem, Repair, StorageCheck, StorageFinding
from dam.rights import consents, ends, making

MOST_TOLD = 20  # versions that are named


class Command(command.Command):
    help = (
        "Find stored files that are missing or altered, and with --repair put right what can be. A check "
        "that was interrupted continues where it stopped. Exit status 1 while something is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="put right what can be")
        parser.add_argument(
            "--backup",
            type=Path,
            metavar="FOLDER",
            help="with --repair: take lost files back from this backup (manage.py backup FOLDER)",
        )
        parser.add_argument(
            "--restart", action="store_true", help="check everything again after an interrupted check"
        )
        parser.add_argument("--json", dest="as_json", action="store_true", help="print one JSON object")

    def handle(
        self,
        *args: Any,
        repair: bool,
        restart: bool,
        as_json: bool,
        backup: Path | None = None,
        **options: Any,
    ) -> None:
        if not repair and backup is not None:
            raise CommandError("--backup says how to repair: add --repair.")
        copies = backup.resolve() / FILES if backup is not None else None
        if copies is not None and not copies.is_dir():
            raise CommandError(f"{backup} holds no backup: it has no folder named {FILES}.")
        check = looking.begin(again=restart)
        if check.files and not as_json:
            self.stdout.write(f"Continuing the check of {check.started_at:%Y-%m-%d %H:%M} ...")
        try:
            with looking.held(check):
                looking.run(check)
                if repair:
                    repairing.run(check, copies=copies)
        except OSError as problem:  # storage is away, or a disk is full
            raise CommandError(f"{problem} Run the command again to continue.") from problem
        else:
            looking.end(check)
        finally:
            looking.let_go(check)
        if as_json:
            self._print_json(check)
        else:
            self._tell(check, repaired=repair)
        wrong = self._rights(repair=repair, quiet=as_json)
        if check.left or (wrong and not repair):
            raise SystemExit(1)

    def _rights(self, *, repair: bool, quiet: bool) -> int:
        """Compare what is kept of inherited rights with the policy; how many versions were wrong."""
        consented = list(consents.wrongly_kept())
        if consented and repair:
            consents.keep_anew(consented)
        inherited, ending = list(making.wrongly_kept()), list(ends.wrongly_kept())
        wrong = list(dict.fromkeys([*consented, *inherited, *ending]))
        if inherited and repair:
            making.keep_anew(inherited)
        if wrong and repair:
            ends.keep_anew(wrong)
        if wrong:
            versions = "1 version" if len(wrong) == 1 else f"{len(wrong)} versions"
            done = "Their rows were written again." if repair else "Run with --repair to write them again."
            told = self.stderr if quiet else self.stdout
            told.write(
                f"The terms that {versions} inherit, or their ends, are not what the policy says. {done}"
            )
            for key in wrong[:MOST_TOLD]:
                told.write(f"rights   {key}")
        return len(wrong)

    def _tell(self, check: StorageCheck, *, repaired: bool) -> None:
        for finding in _found(check):
            how = f" ({Repair(finding.repair).label.lower()})" if finding.repair or repaired else ""
            size = ""
            if finding.problem == Problem.ALTERED and finding.size != finding.found_size:
                size = f" [{finding.found_size} bytes instead of {finding.size}]"
            self.stdout.write(f"{Problem(finding.problem).label:<8} {finding.key}{size}{how}")
        files = "1 file" if check.files == 1 else f"{check.files} files"
        self.stdout.write(
            f"Checked {files}, {check.bytes / 1e6:.1f} MB of them to the last byte: "
            f"{check.missing} missing, {check.altered} altered"
            + (f", {check.repaired} repaired." if repaired else ".")
        )
        if check.orphaned:
            belong = "1 file belongs" if check.orphaned == 1 else f"{check.orphaned} files belong"
            self.stdout.write(
                f"{belong} to nothing. The sweep of the workers, every 15 minutes, removes such."
            )

    def _print_json(self, check: StorageCheck) -> None:
        """Piece by piece: a million findings are too many to hold."""
        facts = {name: getattr(check, name) for name in _COUNTS}
        times = {"started_at": check.started_at, "ended_at": check.ended_at}
        head = json.dumps({**{name: at and at.isoformat() for name, at in times.items()}, **facts})
        self.stdout.write(head[:-1] + ', "findings": [', ending="")
        for number, finding in enumerate(_found(check)):
            row = {
                "key": finding.key,
                "brand": finding.brand_id,
                "problem": finding.problem,
                "size": finding.size,
                "found_size": finding.found_size,
                "repair": finding.repair,
            }
            self.stdout.write((",\n" if number else "\n") + json.dumps(row), ending="")
        self.stdout.write("]}")


_COUNTS = ("files", "bytes", "missing", "altered", "orphaned", "repaired", "left")


def _found(check: StorageCheck) -> Iterator[StorageFinding]:
    return check.findings.order_by("problem", "key").iterator()
