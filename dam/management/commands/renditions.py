"""Has missing renditions made: of clips that came before there were streams, say."""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from dam.accounts.models import Brand
from dam.core import command
from dam.ingest import missing
from dam.media.errors import FileRefused
from dam.media.specs import RenditionSpec

LOOKED_EVERY = 5.0  # seconds, for room in the queue
SAID_EVERY = 50


class Command(command.Command):
    help = (
        "Have renditions made that clips lack, those of --kind or of all kinds: adaptive streams of clips "
        "that came before there were any, say. Workers make them, a few at a time, while the queue has "
        "nothing else in it. May be stopped and started again at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = [spec.kind for spec in missing.kinds()]
        parser.add_argument("--kind", metavar="KIND", action="append", help=f"one of {', '.join(kinds)}")
        parser.add_argument("--brand", metavar="SLUG", help="of this brand alone")
        parser.add_argument("--most", type=int, metavar="N", help="ask for no more than N, then end")
        parser.add_argument(
            "--dry-run", action="store_true", help="say how many are missing and what they take at most"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [missing.find(kind) for kind in options["kind"] or []] or list(missing.kinds())
        brand = None
        if options["brand"]:
            brand = Brand.objects.filter(slug=options["brand"], deleted_at=None).first()
            if brand is None:
                raise CommandError(f"There is no brand {options['brand']!r}.")
        if options["dry_run"]:
            self._count(chosen, brand)
            return
        left = options["most"]
        for spec in chosen:
            asked = self._make(spec, brand, most=left)
            left = None if left is None else left - asked

    def _count(self, chosen: list[RenditionSpec], brand: Brand | None) -> None:
        for spec in chosen:
            lacking = missing.count(spec, brand)
            room = f", at most {_size(lacking.bytes)}" if lacking.versions else ""
            self.stdout.write(f"{spec.kind}: {lacking.versions:,} missing{room}")
        self.stdout.write("This was a dry run: nothing was made.")

    def _make(self, spec: RenditionSpec, brand: Brand | None, *, most: int | None) -> int:
        """Ask for those of a kind, each when there is room for it; how many."""
        asked = 0
        for version in missing.each(spec, brand):
            if most is not None and asked >= most:
                break
            while not missing.has_room(spec):
                time.sleep(LOOKED_EVERY)
            try:
                asked += missing.ask(spec, version)
            except FileRefused as refused:
                raise CommandError(
                    f"{refused} {asked:,} were asked for; run this again when there is room."
                ) from refused
            if asked and asked % SAID_EVERY == 0:
                self.stdout.write(f"{spec.kind}: {asked:,} asked for")
        self.stdout.write(f"{spec.kind}: {asked:,} asked for in all")
        return asked


def _size(count: int) -> str:
    return filesizeformat(count).replace("\xa0", " ")
