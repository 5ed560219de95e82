"""Decoding of still pictures with Pillow. Runs in the decoder process alone (decoder_process.py)."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from dam.media import budgets
from dam.media.errors import FileRefused

# Nothing that runs a program, names another file or is a document.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF")
FOR_MARKS = ("JPEG", "PNG", "WEBP")  # all that browsers show; no drawing that could hold a script
GROUND = (255, 255, 255)  # under what is transparent: cut-out products mostly stand on white


def read(path: Path, *, max_side: int) -> NDArray[np.uint8]:
    """The picture (of a moving one the first), upright, [H, W, 3], no side longer than `max_side`.

    Raises FileRefused.
    """
    Image.MAX_IMAGE_PIXELS = None  # told before anything is decoded, and in our words
    try:
        with Image.open(path, formats=FORMATS) as picture:
            if picture.width * picture.height > budgets.MAX_PIXELS:
                raise FileRefused("too_wide")
            picture.draft("RGB", (max_side, max_side))  # a JPEG is decoded as small as will do
            upright = ImageOps.exif_transpose(picture)
            flat = _flat(upright)
            flat.thumbnail((max_side, max_side), Image.Resampling.BOX)
            return np.asarray(flat, np.uint8)
    except UnidentifiedImageError as problem:
        raise FileRefused("not_a_picture") from problem
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError) as problem:
        raise FileRefused("damaged") from problem  # what Pillow raises on damaged files


def read_mark(path: Path, *, most_side: int, box: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture that stands on pages, [H, W, 4], without its transparent margin, as large as fits in `box`.

    Raises FileRefused.
    """
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(path, formats=FOR_MARKS) as picture:
            if max(picture.size) > most_side:
                raise FileRefused("too_wide")
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
            margin = upright.getchannel("A").getbbox()
            mark = upright.crop(margin) if margin else upright
            mark.thumbnail(box, Image.Resampling.LANCZOS)
            return np.asarray(mark, np.uint8)
    except UnidentifiedImageError as problem:
        raise FileRefused("not_a_picture") from problem
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError) as problem:
        raise FileRefused("damaged") from problem


def _flat(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, (*GROUND, 255))
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert("RGB")
