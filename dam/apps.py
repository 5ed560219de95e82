from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DamConfig(AppConfig):
    name = "dam"
    verbose_name = "The library"

    def ready(self) -> None:
        from dam.core import roles
        from dam.notifications import unsubscribing

        unsubscribing.register()
        post_migrate.connect(roles.grant, sender=self)
