"""The ledger of decisions from the command line: `manage.py ledger verify`."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from dam.accounts.models import Brand
from dam.core import command
from provenance.review import ledger
from provenance.review.ledger import Verdict


class Command(command.Command):
    help = "Check the ledger of decisions: of every brand, of one, or in an export, which needs no database."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="find the first entry that doesn't hold")
        verify.add_argument("--brand", help="only this one, by the word in its addresses")
        verify.add_argument("--json", action="store_true", help="print one JSON object for each ledger")
        verify.add_argument(
            "--export", type=Path, metavar="FILE", help="write the ledger of --brand to a file, once it holds"
        )
        verify.add_argument("--file", type=Path, help="check an export in the place of the database")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        self._json = options["json"]
        if options["file"]:
            if options["brand"] or options["export"]:
                raise CommandError("Check a file without --brand and --export.")
            verdicts = {options["file"].name: self._read(options["file"])}
        else:
            brands = self._brands(options["brand"], one=bool(options["export"]))
            verdicts = {brand.slug: ledger.verify(brand) for brand in brands}
        for name, verdict in verdicts.items():
            self._tell(name, verdict)
        broken = [name for name, verdict in verdicts.items() if not verdict.holds]
        if broken:
            raise CommandError(f"{', '.join(broken)}: the ledger doesn't hold.")
        if options["export"]:
            self._write(brands[0], options["export"])

    def _brands(self, slug: str | None, *, one: bool) -> list[Brand]:
        rows = Brand.objects.order_by("pk")
        brands = list(rows.filter(slug=slug) if slug else rows)
        if slug and not brands:
            raise CommandError(f"There is no brand “{slug}”.")
        if one and len(brands) != 1:
            raise CommandError("An export is of one brand: say which with --brand.")
        return brands

    def _read(self, path: Path) -> Verdict:
        try:
            with path.open(encoding="utf-8") as file:
                return ledger.verify_export(file)
        except (OSError, UnicodeDecodeError, ledger.NotALedger) as error:
            raise CommandError(str(error)) from error

    def _write(self, brand: Brand, path: Path) -> None:
        try:
            with path.open("x", encoding="utf-8") as file:
                written = ledger.export(brand, file, at=timezone.now())
        except FileExistsError as error:
            raise CommandError(f"{path} is there already. Choose another name.") from error
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}.") from error
        if not self._json:
            self.stdout.write(f"Wrote {written.entries} entries to {path}.")

    def _tell(self, name: str, verdict: Verdict) -> None:
        if self._json:
            facts = {
                "ledger": name,
                "holds": verdict.holds,
                "entries": verdict.entries,
                "head": verdict.head,
                "broken_at": verdict.broken_at,
                "problem": verdict.problem,
            }
            self.stdout.write(json.dumps(facts, sort_keys=True))
        elif verdict.holds:
            self.stdout.write(f"{name}: {verdict.entries} entries hold. Head {verdict.head}.")
        else:
            self.stderr.write(f"{name}: {verdict.problem} {verdict.entries} entries before it hold.")
