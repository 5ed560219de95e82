"""Prints the link to the set-up page: `manage.py setup_link`."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from dam.accounts import setup
from dam.core import command


class Command(command.Command):
    help = "Print a link to the page that sets up a new installation: it works once, for a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-needed", action="store_true", help="print nothing where there are people already"
        )

    def handle(self, *args: Any, if_needed: bool, **options: Any) -> None:
        if if_needed and not setup.is_needed():
            return
        self.stdout.write(setup.new_link(at=timezone.now()))
