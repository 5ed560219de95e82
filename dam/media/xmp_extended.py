"""What a JPEG has of XMP beyond the 64 KiB of one segment (XMP specification part 3, 1.1.3.1). Pure.

The packet names a GUID, the MD5 of the rest in hexadecimal digits; each further segment says that GUID, how
long the rest is, and where its own piece of it begins.
"""

import hashlib
import struct
from collections.abc import Iterable

from dam.media import xmp

MARK = b"http://ns.adobe.com/xmp/extension/\0"
_HEAD = struct.Struct(">32sII")  # GUID, length of the whole, place of this piece


def joined(segments: Iterable[bytes], guid: str) -> bytes:
    """The rest of this GUID, of the contents of APP1 segments, in which pieces may stand in any order.

    Raises xmp.Unreadable where a piece is missing, is there twice or differs in what it says of the whole,
    where the whole has another MD5, or more than xmp.MOST_BYTES.
    """
    wanted = guid.strip().upper().encode("ascii", "replace")
    whole, pieces = -1, dict[int, bytes]()
    for segment in segments:
        if not segment.startswith(MARK) or len(segment) < len(MARK) + _HEAD.size:
            continue
        named, length, place = _HEAD.unpack_from(segment, len(MARK))
        if named.upper() != wanted:
            continue
        if length > xmp.MOST_BYTES or whole not in (-1, length) or place in pieces:
            raise xmp.Unreadable("The pieces of the packet contradict each other, or it is too large.")
        whole, pieces[place] = length, segment[len(MARK) + _HEAD.size :]
    found = bytearray()
    for place in sorted(pieces):
        if place != len(found):
            raise xmp.Unreadable("A piece of the packet is missing.")
        found += pieces[place]
    if (
        len(found) != whole
        or hashlib.md5(found, usedforsecurity=False).hexdigest().upper().encode() != wanted
    ):
        raise xmp.Unreadable("The pieces of the packet aren't the whole.")
    return bytes(found)
