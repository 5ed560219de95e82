"""What the modules beside this one share: the refusal, and copying in constant memory."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO

Values = Mapping[str, str | Sequence[str]]  # by the names of dam.media.xmp_packet

PIECE = 1024**2  # bytes copied at once


class NoPlace(Exception):
    """There is no place for a packet in this file: of its kind, or as it is built. Its words say why."""


def exactly(file: BinaryIO, size: int) -> bytes:
    """So many bytes. Raises NoPlace where there are fewer."""
    content = file.read(size)
    if len(content) != size:
        raise NoPlace("The file is cut off.")
    return content


def copy(source: BinaryIO, out: BinaryIO, size: int) -> None:
    """So many bytes from where the source stands. Raises NoPlace where there are fewer."""
    while size > 0:
        out.write(piece := exactly(source, min(size, PIECE)))
        size -= len(piece)
