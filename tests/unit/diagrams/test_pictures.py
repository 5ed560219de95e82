"""The pictures in docs/ show the code as it is."""

import re
from pathlib import Path

from tests.diagrams import packages, tables
from tests.diagrams.pictures import BASE_DIR, PICTURES

HOW = "docs/ shows an earlier state of the code: `make pictures` draws it anew, then commit what changed."


def names(path: Path) -> set[str]:
    """The words in bold: tables, packages."""
    return set(re.findall(r'class="name"[^>]*>([^<]+)<', path.read_text(encoding="utf-8")))


def test_every_picture_is_there() -> None:
    assert all(path.exists() for path in PICTURES), HOW


def test_the_data_model_shows_every_table() -> None:
    assert names(BASE_DIR / "docs/datamodel.svg") == {table.name for table in tables.read()}, HOW


def test_the_architecture_shows_every_package() -> None:
    structure = packages.read(BASE_DIR)
    shown = {name.partition(".")[2] for name in structure.packages}
    assert names(BASE_DIR / "docs/architecture.svg") >= shown, HOW
