"""The picture of the data model."""

from xml.etree import ElementTree

import pytest

from tests.diagrams import datamodel, tables
from tests.diagrams.tables import FieldRow, Table


def table(name: str, group: str, *targets: str) -> Table:
    return Table(
        name, group, (FieldRow("name", "text"), *(FieldRow(to.lower(), f"→ {to}", to) for to in targets))
    )


def test_tables_lie_to_the_right_of_those_they_point_to() -> None:
    groups = {"a": [table("A", "a")], "b": [table("B", "b", "A")], "c": [table("C", "c", "B", "A")]}
    assert datamodel._columns(groups) == [["a"], ["b"], ["c"]]


def test_packages_that_point_to_each_other_are_drawn_all_the_same() -> None:
    picture = datamodel.draw([table("A", "a", "B"), table("B", "b", "A")])
    assert picture.count('class="arrow"') == 2


def test_a_column_that_would_grow_too_tall_is_split() -> None:
    groups = {f"g{number}": [table(f"T{number}", f"g{number}")] for number in range(40)}
    columns = datamodel._columns(groups)
    assert len(columns) > 1
    assert sorted(group for column in columns for group in column) == sorted(groups)


@pytest.mark.parametrize(("group", "arrows"), [("dam.catalog", 1), (datamodel.UNDRAWN, 0)])
def test_arrows_to_brands_and_people_are_left_out(group: str, arrows: int) -> None:
    picture = datamodel.draw([table("A", group), table("B", "dam.other", "A")])
    assert picture.count('class="arrow"') == arrows


def test_an_arrow_across_a_column_passes_between_its_tables() -> None:
    shown = [table("A", "a"), table("B1", "b", "A"), table("B2", "b", "A"), table("C", "c", "A", "B1")]
    ElementTree.fromstring(datamodel.draw(shown))
    assert datamodel.draw(shown).count('class="arrow"') == 4


def test_arrows_that_pass_the_same_gap_do_not_lie_on_each_other() -> None:
    shown = [table("A", "a"), table("B", "b", "A"), table("C", "c", "B", "A"), table("D", "c", "B", "A")]
    paths = [part for part in datamodel.draw(shown).split("<path") if 'class="arrow"' in part]
    assert len(paths) == len(set(paths)) == 5


def test_the_same_tables_give_the_same_picture() -> None:
    assert datamodel.draw(tables.read()) == datamodel.draw(tables.read())
