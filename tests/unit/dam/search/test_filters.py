"""Filters: values by the name of their field."""

import pytest

from dam.search.query import Filters


def test_a_field_without_values_has_none_and_is_not_there() -> None:
    filters = Filters(state=["draft"], tag=[])
    assert (filters["tag"], filters["by"]) == ((), ())
    assert list(filters) == ["state"]
    assert "tag" not in filters


def test_no_filters_are_false() -> None:
    assert not Filters(tag=[])
    assert Filters(tag=["a"])


def test_equal_filters_hash_alike_in_whatever_order() -> None:
    first, second = Filters(state=["draft"], tag=["a"]), Filters(tag=["a"], state=["draft"])
    assert first == second
    assert len({first, second}) == 1


def test_filters_never_change() -> None:
    with pytest.raises(TypeError):
        Filters()["tag"] = ("a",)  # type: ignore[index]
    with pytest.raises(AttributeError):
        Filters().tag = ("a",)  # type: ignore[attr-defined]


def test_merged_filters_hold_each_value_once() -> None:
    merged = Filters(tag=["a", "b"]).merged(Filters({"tag": ["b", "c"], "-tag": ["d"]}))
    assert merged == Filters({"tag": ["a", "b", "c"], "-tag": ["d"]})


def test_a_value_is_put_in_and_taken_out_again() -> None:
    filters = Filters(tag=["a"])
    assert filters.toggled("tag", "b") == Filters(tag=["a", "b"])
    assert filters.toggled("tag", "b").toggled("tag", "b") == filters


def test_a_field_is_left_out() -> None:
    assert Filters(tag=["a"], state=["draft"]).without("tag") == Filters(state=["draft"])
