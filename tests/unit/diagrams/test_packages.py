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
    assert structure.layers[:3] == (("upper_.jobs",), ("lower_.web",), ("lower_.left", "lower_.right"))


def test_a_package_that_no_contract_names_lies_below_what_imports_it(structure: Structure) -> None:
    assert structure.layers[3:] == (("lower_.core",),)


def test_a_package_that_nothing_imports_lies_on_top() -> None:
    inside = {"a.web": ["a.jobs"], "a.jobs": [], "a.tour": ["a.jobs"]}
    assert packages._layers("a", ["web", "jobs"], inside) == [("a.web", "a.tour"), ("a.jobs",)]


def test_single_modules_are_told_from_packages(structure: Structure) -> None:
    assert "upper_.jobs" not in structure.packages
    assert "lower_.web" in structure.packages


def test_imports_are_those_of_the_code(structure: Structure) -> None:
    assert structure.imports["lower_.web"] == {"lower_.left", "lower_.right"}
    assert structure.imports["lower_.right"] == frozenset()


def test_what_frameworks_want_beside_the_packages_is_no_box(structure: Structure) -> None:
    assert structure.imports["upper_.jobs"] == {"lower_.web"}
    assert not any("models" in name for name in structure.imports)


def test_the_picture_has_a_box_for_each_package_and_an_arrow_for_each_import(structure: Structure) -> None:
    picture = packages.draw(structure)
    ElementTree.fromstring(picture)
    assert picture.count('class="box"') == len(structure.imports)
    assert picture.count('class="arrow"') == 4


def test_what_a_root_imports_of_another_is_one_arrow_each_for_the_whole_root() -> None:
    imports = {
        "up.a": frozenset({"low.x", "low.y"}),
        "up.b": frozenset({"low.x"}),
        "low.x": frozenset({"low.y"}),
        "low.y": frozenset[str](),
    }
    structure = Structure((("up.a", "up.b"), ("low.x",), ("low.y",)), frozenset(), imports)
    assert packages.arrows(structure) == [("low.x", "low.y"), ("up", "low.x")]


def test_what_the_root_between_imports_already_is_left_out() -> None:
    imports = {
        "top.a": frozenset({"mid.b", "low.x", "low.y"}),
        "mid.b": frozenset({"low.x"}),
        "low.x": frozenset[str](),
        "low.y": frozenset[str](),
    }
    structure = Structure((("top.a",), ("mid.b",), ("low.x", "low.y")), frozenset(), imports)
    assert packages.arrows(structure) == [("top", "low.y"), ("top", "mid.b"), ("mid", "low.x")]


def test_two_packages_of_one_layer_are_joined_from_side_to_side() -> None:
    picture = packages.draw(
        Structure((("a.x", "a.y"),), frozenset(), {"a.x": frozenset({"a.y"}), "a.y": frozenset()})
    )
    path = next(part for part in picture.split("<path") if 'class="arrow"' in part)
    begin, *_, end = path.partition('d="M')[2].partition('"')[0].replace("C", "").split()[1::2]
    assert begin == end


def test_an_import_that_points_up_is_drawn_upwards() -> None:
    layers = (("a.x",), ("a.y",), ("a.z",))
    imports = {"a.x": frozenset[str](), "a.y": frozenset[str](), "a.z": frozenset({"a.x"})}
    picture = packages.draw(Structure(layers, frozenset(), imports))
    path = next(part for part in picture.split("<path") if 'class="arrow"' in part)
    heights = path.partition('d="M')[2].partition('"')[0].replace("C", "").split()[1::2]
    assert float(heights[0]) > float(heights[-1])
