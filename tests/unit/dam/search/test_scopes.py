"""Blocks of neighbours in time."""

from dam.search import scopes
from dam.search.scopes import FIRST_PLACE, Level


def test_no_two_blocks_share_a_number() -> None:
    places = range(FIRST_PLACE - 200_000, FIRST_PLACE + 200_000, 4096)
    keys = [
        scopes.key(brand, level=Level.SMALL, place=place, released=released)
        for brand in (1, 2)
        for place in places
        for released in (False, True)
    ]
    assert len(set(keys)) == len(keys)
    assert scopes.key(1, level=Level.LARGE, place=FIRST_PLACE, released=False) not in keys


def test_the_newest_blocks_come_first_and_end_with_the_oldest() -> None:
    places = (FIRST_PLACE, FIRST_PLACE + 5000)
    blocks = scopes.newest(1, level=Level.SMALL, places=places, released=True, count=9)
    assert blocks == [
        scopes.key(1, level=Level.SMALL, place=place, released=True) for place in reversed(places)
    ]
