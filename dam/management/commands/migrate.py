"""Django's migrate, as the role that owns the tables of the embedded database."""

import gc
from typing import Any

from django.core.management.commands import migrate

from dam.core import roles

# Django makes the models anew for each migration, all in cycles that refer to one another: the collector
# looks through them again and again, a fifth of the time that an empty database takes. With these it needs
# 380 MB instead of 170.
SELDOM = (50_000, 20, 100)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        roles.as_owner()
        before = gc.get_threshold()
        gc.set_threshold(*SELDOM)
        try:
            super().handle(*args, **options)
        finally:
            gc.set_threshold(*before)

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Processes of the release before go on, and new triggers have them write into new tables as
        the application's role: it may as soon as these are there, however long the next migration takes.
        """
        super().migration_progress_callback(action, migration, fake)
        if action == "apply_success":
            roles.grant()
