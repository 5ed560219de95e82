"""One place up or down in an order that people change by hand."""

import pytest

from dam.core import places


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
