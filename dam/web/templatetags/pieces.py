"""Small pieces of a page that say one of a few things: written once for each, not once for each card."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template import loader
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def piece(name: str, **values: str | bool | None) -> SafeString:
    """{% piece "components/badge_ai.html" over=True %}: as `include` with these values and no others.

    For templates that depend on nothing else but the language: what they write is kept.
    """
    write = _write if settings.DEBUG else _written  # templates that are worked on are read anew
    return write(name, get_language(), tuple(sorted(values.items())))


@register.simple_tag
def jinja(name: str, **values: object) -> SafeString:
    """{% jinja "components/card.html" card=card brand=brand %}: a template of templates/jinja, with these
    values and no others.
    """
    return SafeString(loader.render_to_string(name, values, using="jinja"))


def _write(name: str, language: str | None, values: tuple[tuple[str, str | bool | None], ...]) -> SafeString:
    return SafeString(loader.get_template(name).render(dict(values)).strip())


_written = lru_cache(maxsize=2000)(_write)
