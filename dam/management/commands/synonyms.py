"""A brand's own words for its tags."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from dam.accounts.models import Brand
from dam.catalog.tags import TagRefused
from dam.core import command
from dam.search import synonyms
from dam.search.models import TagSynonym


class Command(command.Command):
    help = (
        "Make WORDS the synonyms of a tag, in place of those it has; without a tag, list those of the brand."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("brand", metavar="SLUG")
        parser.add_argument("tag", nargs="?")
        parser.add_argument("words", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand {options['brand']!r}.")
        if options["tag"] is None:
            for row in TagSynonym.objects.filter(brand=brand).order_by("tag", "word"):
                self.stdout.write(f"{row.tag}: {row.word}")
            return
        try:
            kept = synonyms.assign(brand, options["tag"], options["words"])
        except TagRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{options['tag']}: {', '.join(kept) or 'no synonyms'}")
