"""An order that people change by hand, one place at a time."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Placed(Protocol):
    """A row whose `position` says where it stands, from 0."""

    pk: Any
    position: int


Row = TypeVar("Row", bound=Placed)


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


def renumbered(rows: Iterable[Row], key: object, *, up: bool) -> list[Row]:
    """The rows as `moved` orders them, each with its `position` in that order; nothing is saved."""
    by_key = {row.pk: row for row in rows}
    after = [by_key[each] for each in moved(list(by_key), key, up=up)]
    for place, row in enumerate(after):
        row.position = place
    return after
