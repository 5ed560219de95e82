"""Makes a brand: `manage.py brand northwind "Northwind Drinks"`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from dam.accounts.models import Brand
from dam.core import command


class Command(command.Command):
    help = "Create a brand, the workspace for clips and people. Add people with `manage.py member`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="name in URLs: lowercase letters, digits and dashes")
        parser.add_argument("name", help="name shown on pages")

    def handle(self, *args: Any, slug: str, name: str, **options: Any) -> None:
        brand = Brand(slug=slug, name=name)
        try:
            brand.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        brand.save()
        self.stdout.write(f"{brand} is ready. Add people: manage.py member EMAIL --brand {slug} --role admin")
