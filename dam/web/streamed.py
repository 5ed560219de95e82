"""Files that are made while they are sent: each piece is read as the one before is on its way."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async

from dam.core import database


async def sent(pieces: Iterator[str] | Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, text in UTF-8; the database is free in between."""
    while True:
        piece = await sync_to_async(_next)(pieces)
        if piece is None:
            return
        yield piece.encode() if isinstance(piece, str) else piece


def _next(pieces: Iterator[str] | Iterator[bytes]) -> str | bytes | None:
    try:
        return next(pieces, None)
    finally:
        database.release()
