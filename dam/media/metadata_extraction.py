"""Finding what a file says of itself. Runs in the decoder process alone (decoder_process.py).

Never a reason to refuse a file: what can't be read is told, and the file taken without it.
"""

import struct
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image, TiffImagePlugin

from dam.media import boxes, iim, xmp
from dam.media.embedded_metadata import CONTAINER, IIM, XMP, EmbeddedMetadata, merge

IIM_IN_PHOTOSHOP = 0x0404  # the number of its resource
IIM_IN_TIFF = 33723
MOST_UNREADABLE = 3  # packets that are tried
# What containers call it, FFmpeg's names; the longer ones are QuickTime's own.
NAMES = {
    **{name: name for name in ("title", "description", "comment", "copyright", "keywords")},
    **dict.fromkeys(("artist", "author"), "creator"),
}
QUICKTIME = "com.apple.quicktime."

Found = tuple[str, Mapping[str, Iterable[str]]]


def of_picture(picture: Image.Image) -> EmbeddedMetadata:
    """What an opened picture says; some of it is there only once it is decoded."""
    found: list[Found] = []
    unread: list[str] = []
    packet = picture.info.get("xmp")
    if isinstance(packet, bytes | str) and packet:
        _read_xmp([packet if isinstance(packet, bytes) else packet.encode("utf-8", "replace")], found, unread)
    try:
        if block := _block(picture):
            found.append((IIM, iim.read(block)))
    except (iim.Unreadable, struct.error, OSError, TypeError, LookupError):  # TIFF's tags are read only now
        unread.append(IIM)
    return merge(found, unread=unread)


def of_film(path: Path, *, in_boxes: bool, tags: Mapping[str, Any]) -> EmbeddedMetadata:
    """What a film or sound says: in XMP where it is made of boxes, and in the container's own tags."""
    found: list[Found] = []
    unread: list[str] = []
    if in_boxes:
        _read_xmp(boxes.xmp(path, most=xmp.MOST_BYTES), found, unread)
    said: dict[str, list[str]] = {}
    for key, value in tags.items():
        name = NAMES.get(str(key).lower().removeprefix(QUICKTIME), "")
        if name and str(value).strip():
            said.setdefault(name, []).append(str(value))
    return merge([*found, (CONTAINER, said)], unread=unread)


def _read_xmp(packets: Iterable[bytes], found: list[Found], unread: list[str]) -> None:
    """The first packet that can be read: a file has one. After some that can't be none is looked for."""
    for packet in islice(packets, MOST_UNREADABLE):
        try:
            said = xmp.read(packet)
        except xmp.Unreadable:
            unread.append(XMP)
        else:
            if said.pop(xmp.EXTENDED, None):
                unread.append(XMP)
            found.append((XMP, said))
            return


def _block(picture: Image.Image) -> bytes:
    """IPTC-IIM as the picture has it: in a resource of Photoshop's, or in a tag of TIFF's."""
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        # As it stands in the file: many programs say that it is numbers of four bytes, and Pillow, asked for
        # the tag itself, gives the first of them.
        value = picture.tag_v2._tagdata.get(IIM_IN_TIFF)
    else:
        resources = picture.info.get("photoshop")
        value = resources.get(IIM_IN_PHOTOSHOP) if isinstance(resources, dict) else None
    return value if isinstance(value, bytes) else b""
