"""A brand's own fields: listed, written as JSON and read from it."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.core import command
from dam.custom_fields import adding_sets, exchange, schema
from dam.custom_fields.adding_sets import Planned

MOST_BYTES = 8 * 1024**2


class Command(command.Command):
    help = (
        "List a brand's own fields; export them as JSON to a FILE or the screen; import such a FILE, all or "
        "nothing; add a ready-made set of fields (without --set: list the sets). --dry-run says what an "
        "import or a set would change."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("list", "export", "import", "add"))
        parser.add_argument("brand", metavar="SLUG")
        parser.add_argument("file", nargs="?", help="'-' or none: standard output, or input")
        parser.add_argument("--set", dest="set", metavar="NAME", help="add: which ready-made set")
        parser.add_argument("--dry-run", action="store_true", help="import, add: try it, and keep nothing")
        parser.add_argument("--as", dest="email", help="import, add: who does it; else the first who may")

    def handle(self, *args: Any, **options: Any) -> None:
        brand = Brand.objects.filter(slug=options["brand"], deleted_at=None).first()
        if brand is None:
            raise CommandError(f"There is no brand {options['brand']!r}.")
        getattr(self, f"_{options['act']}")(brand, options)

    def _list(self, brand: Brand, options: dict[str, Any]) -> None:
        known = schema.read(brand.pk)
        for field in known.fields:
            facts = [field.kind.value]
            facts += ["required"] if field.required else []
            facts += [f"depends on {field.depends_on}"] if field.depends_on else []
            facts += [f"for {' and '.join(sorted(field.clip_kinds))} alone"] if field.clip_kinds else []
            facts += ["retired"] if field.retired else []
            self.stdout.write(f"{field.key}: {field.title} ({', '.join(facts)})")
            for option in field.options:
                tied = f" (with {', '.join(sorted(option.only_with))})" if option.only_with else ""
                self.stdout.write(
                    f"  {option.key}: {option.label}{tied}{' (retired)' if option.retired else ''}"
                )
        if not known:
            self.stdout.write("This brand has no fields yet.")

    def _export(self, brand: Brand, options: dict[str, Any]) -> None:
        text = json.dumps(exchange.exported(schema.read(brand.pk)), ensure_ascii=False, indent=2) + "\n"
        if options["file"] in (None, "-"):
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["file"]).write_text(text, encoding="utf-8")
        except OSError as problem:
            raise CommandError(f"{options['file']} can't be written: {problem.strerror}.") from problem

    def _import(self, brand: Brand, options: dict[str, Any]) -> None:
        data = self._read(options["file"])
        by = principals.acting(brand, Capability.MANAGE_FIELDS, email=options["email"])
        outcomes = exchange.bring_in(data, by=by, dry_run=options["dry_run"])
        for each in outcomes:
            self.stdout.write(f"{each.key}: {each.what}")
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was changed.")

    def _add(self, brand: Brand, options: dict[str, Any]) -> None:
        if not options["set"]:
            for offered, planned in adding_sets.plans(brand):
                fields = ", ".join(f"{each.field.key}{'' if each.is_new else ' (there)'}" for each in planned)
                self.stdout.write(f"{offered.name}: {offered.title} ({fields})")
            return
        wanted = adding_sets.found(options["set"])
        if options["dry_run"]:
            self._tell(adding_sets.plan(wanted, brand), made="would be made")
            self.stdout.write("This was a dry run: nothing was changed.")
            return
        by = principals.acting(brand, Capability.MANAGE_FIELDS, email=options["email"])
        self._tell(adding_sets.add(wanted, by=by), made="made")

    def _tell(self, planned: list[Planned], *, made: str) -> None:
        for each in planned:
            there = f"left alone, {each.there.key} is there" if each.there else made
            self.stdout.write(f"{each.field.key}: {each.field.title} ({there})")

    def _read(self, name: str | None) -> object:
        try:
            if name in (None, "-"):
                text = sys.stdin.read(MOST_BYTES + 1)
            else:
                with Path(str(name)).open(encoding="utf-8") as file:
                    text = file.read(MOST_BYTES + 1)
            if len(text) > MOST_BYTES:
                raise CommandError("This file is too large to be one of fields.")
            return json.loads(text)
        except OSError as problem:
            raise CommandError(f"{name} can't be read: {problem.strerror}.") from problem
        except (ValueError, RecursionError) as problem:
            raise CommandError(f"{name or 'Standard input'} isn't JSON.") from problem
