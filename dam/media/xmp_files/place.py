"""What the modules beside this one share: the refusal, and copying in constant memory."""

import struct
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


def close_box(file: BinaryIO, start: int, length: int) -> None:
    """Say how long a file's last box is where it says “to the end of the file”, as another will follow."""
    file.seek(start)
    if exactly(file, 4) != bytes(4):
        return
    if length >= 1 << 32:
        raise NoPlace("The last part of the file runs to its end and is too long.")
    file.seek(start)
    file.write(struct.pack(">I", length))
