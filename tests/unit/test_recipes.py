"""What docs/recipes.md names is there."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent.parent
RECIPES = (BASE_DIR / "docs/recipes.md").read_text(encoding="utf-8")
FILES = sorted(set(re.findall(r"`([\w.]+/[\w./]*(?:\.\w+|/))`", RECIPES)))
NAMES = sorted(set(re.findall(r"`((?:dam|provenance|generation)\.[\w.]+)`", RECIPES)))
TESTS = sorted(set(re.findall(r"`(test_\w+)` in\s+`([\w/.]+)`", RECIPES)))


@pytest.mark.parametrize("path", FILES)
def test_every_file_exists(path: str) -> None:
    assert (BASE_DIR / path).exists()


@pytest.mark.parametrize("name", NAMES)
def test_every_name_exists(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(import_module(module), attribute) or find_spec(name)


@pytest.mark.parametrize(("name", "path"), TESTS)
def test_every_test_that_is_to_fail_exists(name: str, path: str) -> None:
    assert f"def {name}(" in (BASE_DIR / path).read_text()


def test_there_is_something_to_look_for() -> None:
    assert len(FILES) > 10
    assert len(NAMES) > 5
    assert len(TESTS) > 2
