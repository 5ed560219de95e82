"""Whole numbers as an address, a form or a header says them. Pure."""

from collections.abc import Iterable


def read(text: str, *, digits: int = 18) -> int | None:
    """None for what is none, or has more digits: 18 are those of any key that the database can have.

    >>> read("17"), read("-1"), read("٣"), read("1" * 19), read("100", digits=2)
    (17, None, None, None, None)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def read_all(texts: Iterable[str]) -> list[int]:
    """Those of them that are numbers."""
    return [number for number in map(read, texts) if number is not None]
