"""Django's migrate, as the role that owns the tables of the embedded database."""

from typing import Any

from django.core.management.commands import migrate

from dam.core import roles


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        roles.as_owner()
        super().handle(*args, **options)

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Processes of the release before go on, and new triggers have them write into new tables as
        the application's role: it may as soon as these are there, however long the next migration takes.
        """
        super().migration_progress_callback(action, migration, fake)
        if action == "apply_success":
            roles.grant()
