"""Makes a brand: `manage.py brand northwind "Northwind Drinks"`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from dam.accounts.models import Brand
from dam.core import command


class Command(command.Command):
    help = "Make a brand, the workspace that holds assets and people. `manage.py member` lets people in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="its name in addresses: small letters, digits and dashes")
        parser.add_argument("name", help="its name on the pages")

    def handle(self, *args: Any, slug: str, name: str, **options: Any) -> None:
        brand = Brand(slug=slug, name=name)
        try:
            brand.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        brand.save()
        self.stdout.write(
            f"{brand} is there. Let people in: manage.py member EMAIL --brand {slug} --role admin"
        )
