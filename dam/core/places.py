"""An order that people change by hand, one place at a time."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def moved(keys: Sequence[T], key: T, *, up: bool) -> list[T]:
    """The keys with one of them a place further up or down; as they are where it can't go there or is none.

    >>> moved("abc", "c", up=True), moved("abc", "c", up=False), moved("abc", "x", up=True)
    (['a', 'c', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c'])
    """
    after = list(keys)
    if key in after:
        here = after.index(key)
        there = here - 1 if up else here + 1
        if 0 <= there < len(after):
            after[here], after[there] = after[there], after[here]
    return after
