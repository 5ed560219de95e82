"""Finding what a file says of itself. Runs in the decoder process alone (decoder_process.py).

Never a reason to refuse a file: what can't be read is told, and the file taken without it.
"""

import os
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dam.media import boxes, iim, xmp, xmp_extended
from dam.media.embedded_metadata import CONTAINER, IIM, XMP, EmbeddedMetadata, merge
from dam.media.sniffer import AVIF_SEQUENCE, MP3, WAV, FileKind
from dam.media.xmp_files import avif, gif, mp3, wav

if TYPE_CHECKING:  # of a film nothing here asks Pillow, which takes a while to load
    from PIL import Image

IIM_IN_PHOTOSHOP = 0x0404  # the number of its resource
IIM_IN_TIFF = 33723
MOST_UNREADABLE = 3  # packets that are tried
# What containers call it, FFmpeg's names, and PNG; the longer ones are QuickTime's own.
NAMES = {
    **{name: name for name in ("title", "description", "comment", "copyright", "keywords")},
    **dict.fromkeys(("artist", "author"), "creator"),
}
READERS: dict[FileKind, Callable[[Path], Iterator[bytes]]] = {
    WAV: wav.read,
    MP3: mp3.read,
    AVIF_SEQUENCE: avif.read,
}
PARAMETERS = {"parameters": "ai_prompt"}  # in PNG, how generators write what they were asked for
QUICKTIME = "com.apple.quicktime."

Found = tuple[str, Mapping[str, Iterable[str]]]


def of_picture(picture: "Image.Image") -> EmbeddedMetadata:
    """What an opened picture says; some of it is there only once it is decoded."""
    from PIL import GifImagePlugin

    from dam.media import png_texts

    found: list[Found] = []
    unread: list[str] = []
    packet = picture.info.get("xmp")
    if isinstance(packet, bytes | str) and packet:
        packet = packet if isinstance(packet, bytes) else packet.encode("utf-8", "replace")
        _read_xmp([packet], found, unread, segments=_segments(picture))
    elif isinstance(picture, GifImagePlugin.GifImageFile):  # of which Pillow reads none
        _read_xmp(gif.read(Path(os.fsdecode(picture.filename))), found, unread)
    try:
        if block := _block(picture):
            found.append((IIM, iim.read(block)))
    except (iim.Unreadable, struct.error, OSError, TypeError, LookupError):  # TIFF's tags are read only now
        unread.append(IIM)
    found.append((CONTAINER, _named(png_texts.of(picture), NAMES | PARAMETERS)))
    if png_texts.unread(picture):
        unread.append(CONTAINER)
    return merge(found, unread=unread)


def of_drawing(path: Path) -> EmbeddedMetadata:
    """What an SVG says in XMP."""
    from dam.media.xmp_files import svg

    found: list[Found] = []
    unread: list[str] = []
    _read_xmp(svg.read(path), found, unread)
    return merge(found, unread=unread)


def of_film(path: Path, kind: FileKind, *, tags: Mapping[str, Any]) -> EmbeddedMetadata:
    """What a film or sound says: in XMP where its kind has a place for it, and in the container's tags."""
    found: list[Found] = []
    unread: list[str] = []
    if kind in READERS:
        _read_xmp(READERS[kind](path), found, unread)
    elif kind.boxes:
        _read_xmp(boxes.xmp(path, most=xmp.MOST_BYTES), found, unread)
    return merge([*found, (CONTAINER, _named(tags, NAMES))], unread=unread)


def _named(tags: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, list[str]]:
    """What tags say, by our names of them."""
    said: dict[str, list[str]] = {}
    for key, value in tags.items():
        name = names.get(str(key).lower().removeprefix(QUICKTIME), "")
        if name and str(value).strip():
            said.setdefault(name, []).append(str(value))
    return said


def _segments(picture: "Image.Image") -> list[bytes]:
    """A JPEG's segments for applications, which Pillow keeps while it reads the header."""
    return [content for kind, content in getattr(picture, "applist", ()) if kind == "APP1"]


def _read_xmp(
    packets: Iterable[bytes], found: list[Found], unread: list[str], *, segments: Sequence[bytes] = ()
) -> None:
    """The first packet that can be read: a file has one. After some that can't be none is looked for.

    Of a JPEG what it has in further `segments` too, as far as the packet itself doesn't say it.
    """
    for packet in islice(packets, MOST_UNREADABLE):
        try:
            said = xmp.read(packet)
        except xmp.Unreadable:
            unread.append(XMP)
        else:
            more = said.pop(xmp.EXTENDED, None)
            found.append((XMP, said))
            if more:
                _read_extended(more[0], segments, found, unread)
            return


def _read_extended(guid: str, segments: Sequence[bytes], found: list[Found], unread: list[str]) -> None:
    try:
        said = xmp.read(xmp_extended.joined(segments, guid))
    except xmp.Unreadable:
        unread.append(XMP)
    else:
        said.pop(xmp.EXTENDED, None)
        found.append((XMP, said))


def _block(picture: "Image.Image") -> bytes:
    """IPTC-IIM as the picture has it: in a resource of Photoshop's, or in a tag of TIFF's."""
    from PIL import TiffImagePlugin

    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        # As it stands in the file: many programs say that it is numbers of four bytes, and Pillow, asked for
        # the tag itself, gives the first of them.
        value = picture.tag_v2._tagdata.get(IIM_IN_TIFF)
    else:
        resources = picture.info.get("photoshop")
        value = resources.get(IIM_IN_PHOTOSHOP) if isinstance(resources, dict) else None
    return value if isinstance(value, bytes) else b""
