"""Static files named by their content, so that browsers may keep them for ever, in as few requests as go.

`collectstatic` does it all; a browser in front of the sources gets them one by one.
"""

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_, IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]
SHEET = "dam/css/main.css"  # imports the others
CSS_IMPORT = re.compile(r'@import url\("([^"]+)"\);\n?')
CSS_URL = re.compile(r'url\("(?!data:|/)([^"#]+)"\)')
JS_IMPORT = re.compile(r'^(?:import|export)\b[^";]*"(\.{1,2}/[^"]+)";', re.MULTILINE)

Sources = dict[str, tuple[Storage, str]]


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites the imports inside our ES modules too: a module must not import an older one from a cache.

    Django's own switch for this reads every script, and those of other packages import what they don't bring.
    """

    patterns = (*HashedFilesMixin.patterns, ("dam/js/*.js", IMPORTS))

    def post_process(self, paths: Sources, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """With one style sheet in the place of those that it imports, which a browser asks for in turn."""
        if SHEET in paths:
            memory = InMemoryStorage()
            memory.save(SHEET, ContentFile(bundle(SHEET, sources=paths).encode()))
            paths = paths | {SHEET: (memory, SHEET)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def bundle(path: str, *, sources: Sources) -> str:
    """The style sheet with what it imports in the place of each import, addresses made to fit."""
    storage, name = sources[path]
    with storage.open(name) as file:
        text = file.read().decode()
    folder = posixpath.dirname(path)

    def imported(found: re.Match[str]) -> str:
        other = posixpath.normpath(posixpath.join(folder, found[1]))
        inner, there = bundle(other, sources=sources), posixpath.dirname(other)
        return CSS_URL.sub(lambda url: f'url("{_moved(url[1], there, folder)}")', inner) + "\n"

    return CSS_IMPORT.sub(imported, text)


def _moved(address: str, source: str, target: str) -> str:
    """A relative address as it reads from another folder."""
    return posixpath.relpath(posixpath.join(source, address), target)


@cache
def imports(module: str) -> tuple[str, ...]:
    """Every module that this one needs, so that a browser can ask for all of them at once."""
    found: dict[str, None] = {}
    waiting = [module]
    while waiting:
        source = finders.find(waiting[0])
        if not isinstance(source, str):
            raise FileNotFoundError(f"There is no module {waiting[0]}.")
        folder = posixpath.dirname(waiting.pop(0))
        for other in JS_IMPORT.findall(Path(source).read_text(encoding="utf-8")):
            path = posixpath.normpath(posixpath.join(folder, other))
            if path not in found:
                found[path] = None
                waiting.append(path)
    return tuple(found)
