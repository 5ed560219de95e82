"""A timestamp put into a signature that is there already. Pure, but for the file that `Place` points into.

The C2PA library asks an authority by itself only: from the process that signs, which here has no network.
But it leaves room beside the signature, in the part that isn't signed, so that the token of an authority can
be put there afterwards without moving a byte. The names are those of RFC 9052 (COSE) and of C2PA's `sigTst2`.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BYTES, TEXT, ARRAY, MAP = 2, 3, 4, 5  # CBOR's major types
NOTHING = b"\xf6"
PNG, CHUNK = b"\x89PNG\r\n\x1a\n", b"caBX"
WINDOW = 1024 * 1024
LARGEST_ROOM = 64 * 1024  # more is no room that the library leaves


class NoRoom(Exception):
    """The signature stands where no token can be put beside it: in pieces, or too little is free."""


@dataclass(frozen=True)
class Place:
    """The part of a file that isn't signed, beside its signature, and what it holds."""

    start: int
    held: bytes


def message(to_be_signed: bytes, signature: bytes) -> bytes:
    """What an authority puts its time to, of a signature over the structure `to_be_signed`."""
    _kind, _count, start = _head(to_be_signed, 0)
    _kind, length, start = _head(to_be_signed, start)  # its context
    protected = start + length
    _kind, length, start = _head(to_be_signed, protected)
    return stamped(to_be_signed[start : start + length], signature)


def stamped(protected: bytes, signature: bytes) -> bytes:
    """The same, of a signature with these protected headers."""
    context = b"CounterSignature"
    return b"".join(
        (
            _of(ARRAY, 4),
            _of(TEXT, len(context)) + context,
            _bytes(protected),
            _bytes(b""),
            _bytes(_bytes(signature)),
        )
    )


def find(path: Path, signature: bytes) -> Place:
    """The room beside this signature, which the file has once, in one piece. Raises NoRoom."""
    found = only(path, NOTHING + _bytes(signature))
    with path.open("rb") as file:
        before = max(0, found - LARGEST_ROOM)
        file.seek(before)
        lead = file.read(found - before)
    free = len(lead) - len(lead.rstrip(b"\0"))
    # The last zero bytes of its length may belong to what is counted.
    for room in range(free, max(free - 9, 0), -1):
        held = _of(MAP, 1) + _padding(room)
        if lead.endswith(held):
            return Place(start=found - len(held), held=held)
    raise NoRoom


def with_token(place: Place, token: bytes) -> bytes:
    """What takes the place: the token, and as much less room. Raises NoRoom."""
    stamp = _text("sigTst2") + _of(MAP, 1) + _text("tstTokens")
    stamp += _of(ARRAY, 1) + _of(MAP, 1) + _text("val") + _bytes(token)
    rest = len(place.held) - 1 - len(stamp)
    for room in range(max(0, rest - 16), rest):
        padding = _padding(room)
        if len(padding) == rest:
            return _of(MAP, 2) + stamp + padding
    raise NoRoom


def only(path: Path, wanted: bytes) -> int:
    """Where the file holds these bytes, which it has once. Raises NoRoom."""
    found = list(_all(path, wanted))
    if len(found) != 1:
        raise NoRoom
    return found[0]


def sign_anew(path: Path, *, before: bytes, after: bytes) -> None:
    """Put another signature of the same length in the place of one. Raises NoRoom."""
    if len(before) != len(after):
        raise NoRoom
    held = _bytes(before)
    write(path, Place(start=only(path, held), held=held), _bytes(after))


def head_of_bytes(count: int) -> bytes:
    return _of(BYTES, count)


def head_of_text(count: int) -> bytes:
    return _of(TEXT, count)


def write(path: Path, place: Place, content: bytes) -> None:
    """Put it there; a PNG's check sum of the chunk is made anew."""
    with path.open("r+b") as file:
        file.seek(place.start)
        file.write(content)
        file.seek(0)
        if file.read(len(PNG)) == PNG:
            _check_anew(path)


def _check_anew(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(len(PNG))
        while len(head := file.read(8)) == 8:
            length = int.from_bytes(head[:4])
            if head[4:] != CHUNK:
                file.seek(length + 4, 1)
                continue
            content = file.read(length)
            file.seek(0, 1)  # between reading and writing
            file.write(zlib.crc32(CHUNK + content).to_bytes(4))


def _all(path: Path, wanted: bytes) -> Iterator[int]:
    """Where the file holds these bytes, with little memory."""
    overlap, at, kept = len(wanted) - 1, 0, b""
    with path.open("rb") as file:
        while more := file.read(WINDOW):
            window, start = kept + more, at - len(kept)
            place = window.find(wanted)
            while place >= 0:
                yield start + place
                place = window.find(wanted, place + 1)
            at += len(more)
            kept = window[-overlap:]


def _padding(room: int) -> bytes:
    return _text("pad") + _bytes(bytes(room))


def _bytes(content: bytes) -> bytes:
    return _of(BYTES, len(content)) + content


def _text(words: str) -> bytes:
    return _of(TEXT, len(words)) + words.encode()


def _of(kind: int, count: int) -> bytes:
    """The head of an item: its type, and how long it is."""
    if count < 24:
        return bytes([kind << 5 | count])
    width = next(each for each in (1, 2, 4, 8) if count < 256**each)
    return bytes([kind << 5 | 24 + width.bit_length() - 1]) + count.to_bytes(width)


def _head(content: bytes, at: int) -> tuple[int, int, int]:
    """(type, length, where it begins) of the item at this place."""
    kind, count = content[at] >> 5, content[at] & 31
    if count < 24:
        return kind, count, at + 1
    width = 1 << (count - 24)
    return kind, int.from_bytes(content[at + 1 : at + 1 + width]), at + 1 + width
