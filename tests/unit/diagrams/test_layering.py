"""Boxes in rows, and arrows that point down."""

import itertools

import pytest

from tests.diagrams import layering

DIAMOND = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}


def test_each_name_lies_above_what_it_points_to() -> None:
    assert layering.by_imports(DIAMOND) == [("a",), ("b", "c"), ("d",)]


def test_what_points_to_the_ground_lies_on_the_lowest_row_that_is_free() -> None:
    assert layering.by_imports({"a": ["b"], "b": [], "c": []}) == [("a",), ("b", "c")]


def test_a_target_outside_the_graph_counts_for_nothing() -> None:
    assert layering.by_imports({"a": ["elsewhere"]}) == [("a",)]


def test_a_circle_does_not_hang() -> None:
    assert {name for row in layering.by_imports({"a": ["b"], "b": ["a"]}) for name in row} == {"a", "b"}


def test_an_arrow_that_others_imply_is_left_out() -> None:
    graph = {"a": ["b", "c"], "b": ["c"], "c": []}
    assert layering.without_implied(graph) == [("a", "b"), ("b", "c")]


def test_two_ways_of_equal_length_both_stay() -> None:
    assert layering.without_implied(DIAMOND) == [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]


def test_a_circle_stays_within_reach_of_what_points_to_it() -> None:
    edges = layering.without_implied({"a": ["b", "c"], "b": ["c"], "c": ["b"]})
    assert len([target for name, target in edges if name == "a"]) == 1


def test_boxes_of_one_row_never_overlap() -> None:
    ranks = {"top": 0, **{f"n{number}": 1 for number in range(5)}}
    placed = layering.place(ranks, [("top", f"n{number}") for number in range(5)], width=100)
    row = sorted(placed.boxes[f"n{number}"] for number in range(5))
    assert all(right - left >= 100 for left, right in itertools.pairwise(row))


def test_a_box_lies_in_the_middle_above_its_two_targets() -> None:
    placed = layering.place({"a": 0, "b": 1, "c": 1}, [("a", "b"), ("a", "c")], width=100).boxes
    assert placed["a"] == pytest.approx((placed["b"] + placed["c"]) / 2, abs=1)


def test_a_long_arrow_bends_in_each_row_that_it_passes() -> None:
    placed = layering.place({"a": 0, "b": 1, "c": 2}, [("a", "b"), ("b", "c"), ("a", "c")], width=100)
    assert [rank for rank, _ in placed.bends["a", "c"]] == [1]
    assert placed.bends["a", "b"] == ()


def test_a_long_arrow_keeps_clear_of_the_box_beside_it() -> None:
    placed = layering.place({"a": 0, "b": 1, "c": 2}, [("a", "b"), ("b", "c"), ("a", "c")], width=100)
    [(_, x)] = placed.bends["a", "c"]
    assert abs(x - placed.boxes["b"]) > 50


def test_an_arrow_that_points_up_passes_its_rows_from_below() -> None:
    placed = layering.place({"a": 0, "b": 1, "c": 2, "d": 3}, [("d", "a")], width=100)
    assert [rank for rank, _ in placed.bends["d", "a"]] == [2, 1]


def test_the_same_graph_gives_the_same_places_in_whatever_order_it_is_told() -> None:
    ranks = {"a": 0, "b": 1, "c": 1, "d": 2}
    edges = layering.without_implied(DIAMOND)
    turned = dict(reversed(ranks.items()))
    assert layering.place(ranks, edges, width=90) == layering.place(turned, edges, width=90)
