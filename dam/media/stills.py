"""Decoding of still pictures with Pillow. Runs in the decoder process alone (decoder_process.py)."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from dam.core.language import gettext as _
from dam.core.language import number
from dam.media import (
    budgets,
    drawings,
    metadata_extraction,
    png_texts,  # noqa: F401 - bounds what Pillow reads of any PNG
)
from dam.media.drawing_parts import Doubt
from dam.media.embedded_metadata import EmbeddedMetadata
from dam.media.errors import FileRefused, animated, require_size
from dam.media.probe import Kind, MediaInfo
from dam.media.sniffer import AVIF, SVG, TIFF, FileKind

# Nothing that runs a program, names another file or is a document.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF")
FOR_MARKS = ("JPEG", "PNG", "WEBP")  # all that browsers show; no drawing that could hold a script
GROUND = (255, 255, 255)  # under what is transparent: cut-out products mostly stand on white
STRIP = 256  # rows of a picture at a time
LOOKED_AT = (1024, 1024)  # pixels, of a JPEG that need not be decoded larger to know that it can be


def moves(path: Path, kind: FileKind) -> bool:
    """Whether a file of a kind that may move has a second picture."""
    try:
        with opened(path, (kind.decoder,)) as picture:
            return bool(getattr(picture, "is_animated", False))
    except FileRefused:
        return True  # what is wrong with it, whoever reads films says better


def read_info(path: Path, kind: FileKind) -> MediaInfo:
    """The facts about a picture file, which is decoded once: what can't be shown is not taken.

    Raises FileRefused.
    """
    if kind is SVG:
        return _read_drawing(path, kind)
    with opened(path, (kind.decoder,)) as picture:
        require_size(picture.width, picture.height)
        pages = getattr(picture, "n_frames", 1)
        if pages > 1 and kind is AVIF:
            raise animated(kind.label)
        across = picture.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
        width, height = (picture.height, picture.width) if across else picture.size
        mode = picture.mode
        picture.draft("RGB", LOOKED_AT)
        picture.load()
        warnings: tuple[str, ...] = ()
        if pages > 1 and kind is TIFF:
            warnings = (
                _("This file has %(pages)s images. Only the first is shown.") % {"pages": number(pages)},
            )
        return _info(
            kind,
            size=(width, height),
            mode=mode,
            warnings=warnings,
            transparent=is_transparent(picture),
            embedded=metadata_extraction.of_picture(picture),
        )


def read_embedded(path: Path, kind: FileKind) -> EmbeddedMetadata:
    """What a picture that moves says of itself, as far as that stands before its pictures."""
    try:
        with opened(path, (kind.decoder,)) as picture:
            return metadata_extraction.of_picture(picture)
    except FileRefused:
        return EmbeddedMetadata()  # whoever reads films has taken it, so Pillow knows less of it


def _read_drawing(path: Path, kind: FileKind) -> MediaInfo:
    drawing = drawings.read(path)
    size = max(1, round(drawing.width)), max(1, round(drawing.height))
    require_size(*size)
    picture = drawings.draw(drawing, max_side=LOOKED_AT[0])
    doubts = drawings.doubts(path)
    warnings = tuple(warning for doubt, warning in _doubted().items() if doubt in doubts)
    return _info(
        kind,
        size=size,
        mode="RGBA",
        warnings=warnings,
        transparent=is_transparent(picture),
        embedded=metadata_extraction.of_drawing(path),
    )


def _doubted() -> dict[Doubt, str]:
    return {
        Doubt.ACTIVE: _(
            "This SVG holds scripts, animation, styles that depend on the viewer, other files or parts that "
            "Reelproof doesn't know. Previews leave them out, and its release is a PNG."
        ),
        Doubt.TEXT: _(
            "The text in this SVG may look different from your design. Previews and its release, a PNG, show "
            "it in fonts of this server. To keep your own, turn the text into paths and upload it again."
        ),
    }


def _info(
    kind: FileKind,
    *,
    size: tuple[int, int],
    mode: str,
    warnings: tuple[str, ...],
    transparent: bool,
    embedded: EmbeddedMetadata | None = None,
) -> MediaInfo:
    return MediaInfo(
        container=kind.label,
        video_codec=kind.decoder.lower(),
        video_index=0,
        width=size[0],
        height=size[1],
        rotation=0,
        mirrored=False,
        pixel_aspect=Fraction(1),
        pixel_format=mode,
        transfer="sdr",
        interlaced=False,
        frame_rate=Fraction(1),
        variable_rate=False,
        frame_count=1,
        duration_ms=0,
        first_pts=Fraction(0),
        warnings=warnings,
        bit_depth=16 if mode.startswith("I;16") else 32 if mode in ("I", "F") else 8,
        transparent=transparent,
        kind=Kind.STILL,
        embedded=embedded or EmbeddedMetadata(),
    )


def read(
    path: Path, *, max_side: int, formats: tuple[str, ...] = FORMATS, grounded: bool = True
) -> NDArray[np.uint8]:
    """The picture (of a moving one the first), upright, in sRGB, [H, W, 3], no side longer than `max_side`.

    It stands on GROUND where it is transparent; not `grounded`, it is then [H, W, 4]. Raises FileRefused.
    """
    settled = _flat if grounded else _clear
    if formats == (SVG.decoder,):
        return np.asarray(settled(drawings.draw(drawings.read(path), max_side=max_side)), np.uint8)
    with opened(path, formats) as picture:
        if picture.width * picture.height > budgets.MAX_PIXELS:
            raise FileRefused("too_wide")
        picture.draft("RGB", (max_side, max_side))  # a JPEG is decoded as small as will do
        upright = ImageOps.exif_transpose(picture)
        whole = settled(in_srgb(_of_eight_bits(upright)))
        whole.thumbnail((max_side, max_side), Image.Resampling.BOX)
        return np.asarray(whole, np.uint8)


def decoded(path: Path, *, formats: tuple[str, ...] = FORMATS) -> str:
    """SHA-256 of the picture (of a moving one the first), as it is decoded: "RGB 640x400" or, where it isn't
    opaque, "RGBA 640x400", a line's end, and its values in 8 bits, row by row, neither turned nor brought
    into another colour space. It is the same once metadata was changed or taken out, or the picture saved
    anew without loss. Empty of what whoever shows it draws (SVG).

    Raises FileRefused.
    """
    if formats == (SVG.decoder,):
        return ""
    with opened(path, formats) as picture:
        if picture.width * picture.height > budgets.MAX_PIXELS:
            raise FileRefused("too_wide")
        mode = "RGBA" if is_transparent(picture) else "RGB"
        whole = _of_eight_bits(picture)
        found = hashlib.sha256(f"{mode} {picture.width}x{picture.height}\n".encode())
        for top in range(0, whole.height, STRIP):  # a copy of all of it in another mode would take its memory
            strip = whole.crop((0, top, whole.width, min(top + STRIP, whole.height)))
            found.update(strip.convert(mode).tobytes())
    return found.hexdigest()


def read_mark(path: Path, *, most_side: int, box: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture that stands on pages, [H, W, 4], without its transparent margin, as large as fits in `box`.

    Raises FileRefused.
    """
    with opened(path, FOR_MARKS) as picture:
        if max(picture.size) > most_side:
            raise FileRefused("too_wide")
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
        margin = upright.getchannel("A").getbbox()
        mark = upright.crop(margin) if margin else upright
        mark.thumbnail(box, Image.Resampling.LANCZOS)
        return np.asarray(mark, np.uint8)


@contextmanager
def opened(path: Path, formats: tuple[str, ...]) -> Iterator[Image.Image]:
    """The picture, not decoded yet. What goes wrong with it is a FileRefused."""
    Image.MAX_IMAGE_PIXELS = None  # told before anything is decoded, and in our words
    try:
        with Image.open(path, formats=formats) as picture:
            yield picture
    except UnidentifiedImageError as problem:
        raise FileRefused("not_a_picture") from problem
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError) as problem:
        # What Pillow raises on damaged files.
        raise FileRefused("truncated" if "truncated" in str(problem) else "damaged") from problem


def is_transparent(picture: Image.Image) -> bool:
    """Whether anything of it is: many pictures have a channel for that which says nothing."""
    if not picture.has_transparency_data:
        return False
    least = picture.convert("RGBA").getchannel("A").getextrema()[0]
    return bool(int(least) < 255)  # type: ignore[arg-type]  # of one channel it is a number


def _of_eight_bits(picture: Image.Image) -> Image.Image:
    """Pillow cuts off what is brighter than 255 in pictures of more bits."""
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode == "I":
        values = np.asarray(picture)
        return Image.fromarray(
            (np.clip(values, 0, 65535) // (257 if values.max() > 255 else 1)).astype(np.uint8)
        )
    if picture.mode == "F":
        return Image.fromarray((np.clip(np.nan_to_num(np.asarray(picture)), 0, 1) * 255).astype(np.uint8))
    return picture


def in_srgb(picture: Image.Image) -> Image.Image:
    """As its own colour profile means it; a profile that can't be read is passed over, as browsers do."""
    profile = picture.info.get("icc_profile")
    into = {"RGB": "RGB", "RGBA": "RGBA", "L": "RGB", "CMYK": "RGB"}.get(picture.mode)
    if not profile or into is None:
        return picture
    try:
        own, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, own, srgb, outputMode=into) or picture
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture


def _flat(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, (*GROUND, 255))
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert("RGB")


def _clear(picture: Image.Image) -> Image.Image:
    return picture.convert("RGBA" if is_transparent(picture) else "RGB")
