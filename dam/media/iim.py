"""IPTC-IIM, what pictures said of themselves before there was XMP. Pure, in the decoder process alone.

A row of data sets: 0x1C, record, number, a length of two bytes, or of more where its highest bit is set.
"""

from collections.abc import Iterator

MOST_BYTES = 4 * 1024 * 1024
UTF8 = b"\x1b%G"  # what data set 1:90 says for it
NAMES = {5: "title", 25: "keywords", 80: "creator", 110: "credit", 116: "copyright", 120: "description"}


class Unreadable(ValueError):
    """It is no IIM, damaged or too large."""


def read(block: bytes) -> dict[str, list[str]]:
    """The values of each property by its name, as dam.media.xmp.read gives them. Raises Unreadable.

    In UTF-8 where the block says so, or where that can be read; else in Latin-1, as most were written.
    """
    if len(block) > MOST_BYTES:
        raise Unreadable("The block is too large.")
    found: dict[str, list[str]] = {}
    unicode = False
    for record, number, value in _sets(block):
        if (record, number) == (1, 90):
            unicode = value == UTF8
        elif record == 2 and number in NAMES:
            found.setdefault(NAMES[number], []).append(_decoded(value, unicode=unicode))
    return found


def _sets(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    place = 0
    while place + 5 <= len(block) and block[place] == 0x1C:
        record, number = block[place + 1], block[place + 2]
        length = int.from_bytes(block[place + 3 : place + 5])
        place += 5
        if length & 0x8000:
            of_length = length & 0x7FFF
            if of_length > 4:
                raise Unreadable("A data set has an impossible length.")
            length = int.from_bytes(block[place : place + of_length])
            place += of_length
        if place + length > len(block):
            raise Unreadable("A data set reaches beyond the block.")
        yield record, number, block[place : place + length]
        place += length
    if block[place:].strip(b"\0"):  # some pad it
        raise Unreadable("There is something between the data sets.")


def _decoded(value: bytes, *, unicode: bool) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("utf-8", "replace") if unicode else value.decode("latin-1")
