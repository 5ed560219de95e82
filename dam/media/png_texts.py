"""The words of PNG's text chunks (tEXt, zTXt, iTXt), read with Pillow. In the decoder process alone.

Pillow refuses a picture whose compressed text grows beyond a mebibyte, or whose texts have more than 64
together. A picture isn't refused for what it says of itself: such a chunk is passed over, and told.
"""

from collections.abc import Callable
from typing import Any

from PIL import Image, PngImagePlugin

UNREAD = "unread text"  # among what Pillow knows of a picture; no chunk is called so, for a text is no bool

_Reader = Callable[[PngImagePlugin.PngStream, int, int], bytes]


def of(picture: Image.Image) -> dict[str, str]:
    """The texts read so far by their keywords: those behind the pixels once these are decoded."""
    if not isinstance(picture, PngImagePlugin.PngImageFile):
        return {}
    return {str(key): _meant(text) for key, text in picture.info.items() if isinstance(text, str)}


def unread(picture: Image.Image) -> bool:
    """Whether there was text that was too large."""
    return picture.info.get(UNREAD) is True


def _meant(text: str) -> str:
    """What is Latin-1 by the standard many write in UTF-8."""
    if isinstance(text, PngImagePlugin.iTXt):
        return str(text)
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _bounded(read: _Reader) -> _Reader:
    def passed(stream: PngImagePlugin.PngStream, pos: int, length: int) -> bytes:
        try:
            return read(stream, pos, length)
        except ValueError:
            assert stream.fp is not None
            stream.im_info[UNREAD] = True
            stream.fp.seek(pos)  # its checksum is looked at all the same
            return stream.fp.read(length)

    return passed


def _bound(stream: Any) -> None:
    for kind in ("tEXt", "zTXt", "iTXt"):
        setattr(stream, f"chunk_{kind}", _bounded(getattr(stream, f"chunk_{kind}")))


_bound(PngImagePlugin.PngStream)
