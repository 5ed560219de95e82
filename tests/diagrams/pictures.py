"""Which pictures there are, and what draws each."""

from collections.abc import Callable
from pathlib import Path

from tests.diagrams import datamodel, packages, tables

BASE_DIR = Path(__file__).resolve().parents[2]
PICTURES: dict[Path, Callable[[], str]] = {
    BASE_DIR / "docs/datamodel.svg": lambda: datamodel.draw(tables.read()),
    BASE_DIR / "docs/architecture.svg": lambda: packages.draw(packages.read(BASE_DIR)),
}
