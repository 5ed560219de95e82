"""The ledger of decisions from the command line: `manage.py ledger verify`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from dam.accounts.models import Brand
from dam.core import command
from provenance.manifests import timestamps, verify
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
        verify.add_argument(
            "--release",
            type=Path,
            metavar="FILE",
            help="a signed release: the ledger (--brand or --file) must have the entries that it names",
        )

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        self._json = options["json"]
        named = _named(options["release"]) if options["release"] else {}
        if options["file"]:
            if options["brand"] or options["export"]:
                raise CommandError("Check a file without --brand and --export.")
            verdicts = {options["file"].name: self._read(options["file"], named=named)}
        else:
            brands = self._brands(options["brand"], one=bool(options["export"] or options["release"]))
            verdicts = {brand.slug: ledger.verify(brand, named=named) for brand in brands}
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
            raise CommandError("An export or a release is of one brand: say which with --brand.")
        return brands

    def _read(self, path: Path, *, named: Mapping[int, str]) -> Verdict:
        try:
            with path.open(encoding="utf-8") as file:
                return ledger.verify_export(file, named=named)
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
                "timestamps_void": verdict.void,
                "stamped": verdict.stamped
                and {
                    "entries": verdict.stamped.entries,
                    "at": verdict.stamped.at.isoformat(),
                    "authority": verdict.stamped.authority,
                },
            }
            self.stdout.write(json.dumps(facts, sort_keys=True))
        elif verdict.holds:
            self.stdout.write(f"{name}: {verdict.entries} entries hold. Head {verdict.head}.")
            if stamped := verdict.stamped:
                when = stamped.at.strftime("%Y-%m-%d %H:%M:%S UTC")
                self.stdout.write(f"  {stamped.authority} stamped the first {stamped.entries} on {when}.")
            elif timestamps.is_configured() and verdict.entries:
                self.stdout.write("  No timestamp vouches for any of them.")
            if verdict.void:
                why = "don't hold, or their authority isn't on the list: they vouch for nothing"
                self.stderr.write(f"  {verdict.void} timestamps {why}.")
        else:
            self.stderr.write(f"{name}: {verdict.problem} {verdict.entries} entries before it hold.")


def _named(path: Path) -> dict[int, str]:
    """The entries that a release names, by number: their hashes. Its own signature must hold."""
    try:
        report = verify.check(path)
    except OSError as error:
        raise CommandError(f"{path} can't be opened: {error.strerror or error}.") from error
    if report.review is None or report.active is None or not report.active.proven:
        raise CommandError(f"{path} isn't a release that was signed here: {report.state}.")
    named = {
        stage["ledger_entry"]: str(stage.get("ledger_sha256", ""))
        for stage in report.review.stages
        if isinstance(stage.get("ledger_entry"), int)
    }
    if not named:
        raise CommandError(f"{path} names no entries of a ledger: it was released before releases did.")
    return named
