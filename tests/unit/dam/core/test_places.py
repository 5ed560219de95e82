"""One place up or down in an order that people change by hand."""

import pytest

from dam.core import places


class Row:
    def __init__(self, pk: str, position: int) -> None:
        self.pk, self.position = pk, position


@pytest.mark.parametrize(
    ("key", "up", "after"),
    [
        ("b", True, "bac"),
        ("b", False, "acb"),
        ("a", True, "abc"),
        ("c", False, "abc"),
        ("x", True, "abc"),
    ],
)
def test_one_moves_and_the_ends_hold(key: str, up: bool, after: str) -> None:
    assert "".join(places.moved("abc", key, up=up)) == after


@pytest.mark.parametrize(
    ("key", "up", "after"), [("c", True, "acb"), ("a", True, "abc"), ("x", False, "abc")]
)
def test_rows_are_numbered_in_their_new_order_whatever_their_numbers_were(
    key: str, up: bool, after: str
) -> None:
    rows = places.renumbered([Row("a", 3), Row("b", 3), Row("c", 9)], key, up=up)
    assert [(row.pk, row.position) for row in rows] == list(zip(after, range(3), strict=True))
