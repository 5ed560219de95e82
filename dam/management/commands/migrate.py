"""Django's migrate, as the role that owns the tables of the embedded database."""

from typing import Any

from django.core.management.commands import migrate

from dam.core import roles


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        roles.as_owner()
        super().handle(*args, **options)
