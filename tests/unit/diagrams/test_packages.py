"""The picture of what imports what."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.diagrams import packages
from tests.diagrams.packages import Structure

CONTRACTS = """
[tool.importlinter]
root_packages = ["upper_", "lower_"]
[[tool.importlinter.contracts]]
type = "layers"
layers = ["upper_", "lower_"]
[[tool.importlinter.contracts]]
type = "layers"
containers = ["lower_"]
layers = ["web", "left | right"]
"""
CODE = {
    "upper_/__init__.py": "",
    "upper_/jobs.py": "import lower_.web.pages",
    "upper_/models.py": "import lower_.core.words",
    "lower_/__init__.py": "",
    "lower_/web/__init__.py": "",
    "lower_/web/pages.py": "import lower_.left.words, lower_.right.words",
    "lower_/left/__init__.py": "",
    "lower_/left/words.py": "import lower_.core.words",
    "lower_/right/__init__.py": "",
    "lower_/right/words.py": "",
    "lower_/core/__init__.py": "",
    "lower_/core/words.py": "",
}


@pytest.fixture
def structure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Structure:
    for name, source in {"pyproject.toml": CONTRACTS, **CODE}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    return packages.read(tmp_path)


def test_layers_are_those_of_the_contracts(structure: Structure) -> None:
    assert structure.layers[:3] == (("upper_.*",), ("lower_.web",), ("lower_.left", "lower_.right"))


def test_a_package_that_no_contract_names_is_shown_too(structure: Structure) -> None:
    assert structure.layers[3:] == (("lower_.core",),)


def test_imports_are_those_of_the_code(structure: Structure) -> None:
    assert structure.imports["lower_.web"] == {"lower_.left", "lower_.right"}
    assert structure.imports["lower_.right"] == frozenset()


def test_what_frameworks_want_beside_the_packages_is_no_box(structure: Structure) -> None:
    assert structure.imports["upper_.*"] == {"lower_.web"}
    assert not any("models" in name for name in structure.imports)


def test_the_picture_has_a_box_for_each_package_and_an_arrow_for_each_import(structure: Structure) -> None:
    picture = packages.draw(structure)
    ElementTree.fromstring(picture)
    assert picture.count('class="box"') == len(structure.imports)
    assert picture.count('class="arrow"') == 4


def test_two_packages_of_one_layer_are_joined_from_side_to_side() -> None:
    picture = packages.draw(Structure((("a.x", "a.y"),), {"a.x": frozenset({"a.y"}), "a.y": frozenset()}))
    path = next(part for part in picture.split("<path") if 'class="arrow"' in part)
    begin, *_, end = path.partition('d="M')[2].partition('"')[0].replace("C", "").split()[1::2]
    assert begin == end
