"""A whole number that an address or a form says."""


def read(text: str, *, digits: int = 18) -> int | None:
    """None for what is none, or has more digits: 18 are those of any key that the database can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
