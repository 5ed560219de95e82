"""Places in an order by hand."""

import doctest
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.collections import places


def test_the_examples_hold() -> None:
    assert doctest.testmod(places).failed == 0


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_whatever_stands_where_there_is_a_place_beside_it(choices: list[int]) -> None:
    order = [places.between(None, None)]
    for choice in choices:
        index = choice % (len(order) + 1)
        low = order[index - 1] if index else None
        order.insert(index, places.between(low, order[index] if index < len(order) else None))
    assert order == sorted(order)
    assert len(set(order)) == len(order)
    assert all(map(places.is_place, order))


@given(st.integers(1, 300), st.booleans(), st.booleans())
def test_those_that_are_spread_stand_in_order_between_the_two(count: int, bounded: bool, ends: bool) -> None:
    low, high = ("V1", "V12") if bounded else (None, "01" if ends else None)
    found = places.spread(low, high, count)
    edges = [*([low] if low else []), *found, *([high] if high else [])]
    assert len(found) == count
    assert all(one < other for one, other in itertools.pairwise(edges))


def test_adding_at_the_end_a_hundred_thousand_times_keeps_places_short() -> None:
    last: str | None = None
    for _ in range(100):
        many = places.after(last, 1_000)
        assert (last or "") < many[0]
        assert many == sorted(many)
        last = many[-1]
    assert last is not None
    assert len(last) <= 8


def test_there_is_room_before_the_first_and_after_the_last() -> None:
    first = last = places.between(None, None)
    for _ in range(5_000):
        assert places.before(first) < first
        first, last = places.before(first), places.after(last, 1)[0]
    assert len(first) <= 8
    assert len(last) <= 8
    assert places.before("01") < "01"
    assert places.between("zzzzzzzz", None) > "zzzzzzzz"


def test_a_place_always_put_at_the_same_spot_grows_slowly() -> None:
    low, high = places.after(None, 2)
    for _ in range(100):
        high = places.between(low, high)
    assert len(high) <= places.LONGEST


@pytest.mark.parametrize("text", ["", "0", "V0", "V-", "Ä", "V" * 65])
def test_no_place_is_read_from_other_text(text: str) -> None:
    assert not places.is_place(text)


def test_between_two_that_stand_the_wrong_way_round_is_no_place() -> None:
    with pytest.raises(ValueError, match="isn't before"):
        places.between("W", "V")
