"""The base of the product's commands."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dam.core.errors import Refused


class Command(BaseCommand):
    """What is refused ends a command with the sentence that pages show, and no trace."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except Refused as refused:
            raise CommandError(refused.message) from refused
