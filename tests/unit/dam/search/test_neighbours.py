"""Whether the graph or a comparison with all is the shorter road."""

import pytest

from dam.search import neighbours


@pytest.mark.parametrize(("few", "depth"), [(900_000, 150), (100_000, 100), (60_000, 60), (10_000, 60)])
def test_a_filter_that_few_pass_is_worth_a_page_of_candidates(few: int, depth: int) -> None:
    assert neighbours.worth_finding(few, 1_000_000, limit=150) == depth


@pytest.mark.parametrize(
    ("few", "all_of_them", "follow"),
    [
        (900_000, 1_000_000, True),  # nearly everything may be seen
        (50_000, 1_000_000, True),  # a filter that one in twenty passes
        (3_000, 1_000_000, False),  # fewer than the graph would lead past
        (100_000, 0, False),  # no graph
        (0, 1_000_000, False),
    ],
)
def test_the_graph_is_followed_where_that_looks_at_fewer(few: int, all_of_them: int, follow: bool) -> None:
    assert neighbours.is_quicker_to_follow(few, all_of_them, limit=150) is follow
