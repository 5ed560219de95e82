"""Blocks of neighbours in time: how the newest matches of a million documents are found. Pure.

An index of words gives all documents with a word, in no order. So each document also carries the numbers
of the blocks it lies in, small and large ones: asked for a word within the newest blocks, the index reads
no more than these. The trigger of the documents computes the same numbers (dam_document_facts).
"""

from collections.abc import Sequence
from enum import IntEnum

FIRST_PLACE = 1 << 32  # of a brand's first document; newer ones lie above, older ones below
BLOCK_BITS = {1: 16, 2: 12}


class Level(IntEnum):
    BRAND = 0  # all documents of the brand
    LARGE = 1  # 65,536 places
    SMALL = 2  # 4,096 places


def key(brand: int, *, level: Level, place: int, released: bool) -> int:
    """The number of the block at this level in which the place lies."""
    block = 0 if level is Level.BRAND else place >> BLOCK_BITS[level]
    return (brand << 30) | (block << 3) | (level << 1) | int(released)


def newest(brand: int, *, level: Level, places: tuple[int, int], released: bool, count: int) -> Sequence[int]:
    """The newest `count` blocks between the places of the oldest and the newest document."""
    if level is Level.BRAND:
        return [key(brand, level=level, place=0, released=released)]
    bits = BLOCK_BITS[level]
    oldest, last = (place >> bits for place in places)
    blocks = range(last, max(oldest - 1, last - count), -1)
    return [key(brand, level=level, place=block << bits, released=released) for block in blocks]
