"""What a web process has done before it takes the first request."""

from typing import Any

from django.template import engines
from django.urls import get_resolver
from django.utils import translation

from dam.web import icons, warming


def test_the_library_is_ready_in_each_language() -> None:
    engine: Any = engines["django"]
    loader = engine.engine.template_loaders[0]
    loader.reset()
    jinja: Any = engines["jinja"]
    jinja.env.cache.clear()
    icons._archive.cache_clear()
    resolver: Any = get_resolver()
    resolver._reverse_dict.clear()
    warming.warm()
    kept = set(loader.get_template_cache)
    assert {"base.html", "library/library.html", "library/_cards.html"} <= kept
    assert {"components/card.html", "library/facet_values.html"} <= {name for _, name in jinja.env.cache}
    assert set(resolver._reverse_dict) == {"en", "de", "fr"}
    assert icons._archive.cache_info().currsize == 1
    assert translation.get_language() == "en"


def test_every_template_it_names_is_there() -> None:
    names = warming._templates()
    assert {each.split("/")[0] for each in names} == set(warming.TEMPLATES)
