"""Few requests for a page: one style sheet, and every module named at once."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage, Storage
from django.template import engines

from dam.web import static


def sources(**sheets: str) -> static.Sources:
    storage = InMemoryStorage()
    for name, text in sheets.items():
        storage.save(name, ContentFile(text.encode()))
    return {name: (storage, name) for name in sheets}


def test_an_imported_sheet_stands_in_the_place_of_its_import_with_addresses_that_fit() -> None:
    sheets = {
        "css/main.css": '@layer a;\n@import url("parts/form.css");\nb {}\n',
        "css/parts/form.css": 'a { background: url("../../img/chevron.svg"); }\n',
    }
    bundled = static.bundle("css/main.css", sources=sources(**sheets))
    assert "@import" not in bundled
    assert 'url("../img/chevron.svg")' in bundled
    assert bundled.index("@layer a;") < bundled.index("a {") < bundled.index("b {}")


def test_our_own_sheet_imports_nothing_more_once_bundled_and_names_files_that_exist() -> None:
    root = Path(str(finders.find(static.SHEET))).parents[2]
    storage = FileSystemStorage(root)
    ours: dict[str, tuple[Storage, str]] = {
        str(path.relative_to(root)): (storage, str(path.relative_to(root))) for path in root.rglob("*.css")
    }
    bundled = static.bundle(static.SHEET, sources=ours)
    assert "@import" not in bundled
    assert ".toast" in bundled
    for address in re.findall(r'url\("([^"]+)"\)', bundled):
        assert (root / "dam/css" / address).resolve().is_file()


def test_a_page_names_every_module_that_its_script_needs() -> None:
    found = static.imports("dam/js/main.js")
    assert {"dam/js/toast.js", "dam/js/player/clock.js", "dam/js/keys.js"} <= set(found)
    assert len(found) == len(set(found))


def test_the_tag_writes_the_script_and_its_preloads() -> None:
    page = engines["django"].from_string('{% load ui_tags %}{% module "dam/js/selection.js" %}').render({})
    assert re.search(r'rel="modulepreload" href="[^"]*dam/js/keys', page)
    assert page.count("<script") == 1


def test_a_module_that_is_not_there_is_told() -> None:
    with pytest.raises(FileNotFoundError):
        static.imports("dam/js/nowhere.js")
