from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils import translation


class DamConfig(AppConfig):
    name = "dam"
    verbose_name = "The library"

    def ready(self) -> None:
        from django.utils import formats

        from dam.core import language, roles
        from dam.notifications import unsubscribing

        language.install(
            gettext=translation.gettext,
            ngettext=translation.ngettext,
            language=translation.get_language,
            day=lambda moment: formats.date_format(moment, "DATE_FORMAT"),
            month=lambda moment: formats.date_format(moment, "YEAR_MONTH_FORMAT"),
            number=lambda value: formats.number_format(value, force_grouping=True),
            figure=lambda digits: digits.replace(".", formats.get_format("DECIMAL_SEPARATOR")),
            in_every=_in_every,
        )

        unsubscribing.register()
        post_migrate.connect(roles.grant, sender=self)


def _in_every(lazy: str) -> tuple[str, ...]:
    said = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said.append(str(lazy))
    return tuple(said)
