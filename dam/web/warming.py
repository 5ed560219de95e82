"""What a web process does before it takes the first request, so that no visitor waits for it."""

from pathlib import Path

from django.conf import settings
from django.template import loader
from django.urls import get_resolver, reverse
from django.utils import translation

from dam.web import icons

# Every page has the frame, and a library is what most ask for first.
TEMPLATES = ("base.html", "components", "library", "notifications", "saved", "suggest")


def warm() -> None:
    """Addresses and catalogues of each language, pictures, and the templates of the library."""
    get_resolver().url_patterns  # noqa: B018  the views are read
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Library")
            reverse("account_login")
    icons.load()
    if not settings.DEBUG:  # then each page reads its templates anew
        for name in _templates():
            loader.get_template(name)
        folder = settings.BASE_DIR / "templates" / "jinja"
        for path in _inside(folder):
            loader.get_template(path.relative_to(folder).as_posix(), using="jinja")


def _templates() -> list[str]:
    folder = settings.BASE_DIR / "templates"
    named = [folder / each for each in TEMPLATES]
    files = [path for each in named for path in (_inside(each) if each.is_dir() else [each])]
    return [path.relative_to(folder).as_posix() for path in files]


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))
