"""Laying an invisible watermark over a film while it is encoded, as FFmpeg filters. Pure but for `put_aside`.

The pattern is added LOUDEST times over, and each pixel is mixed of both pictures: more of that one where
there is texture, which hides it, and little where there is none. So much at most that the whole keeps 40 dB.
"""

from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np

from dam.media import invisible_watermark
from dam.media.invisible_watermark import Mark

PATTERN = "pattern.yuv"  # beside what is made
LOUDEST = 16  # levels of 255, of the pattern as it is laid out
# Of 255, how much of the picture with the pattern is mixed in: at least, at most, and for each level by which
# pixels differ from those around them.
LEAST, MOST, EACH = 16, 52, 10
FINE = 8  # steps of a level in which that is counted
# Pictures that are to be RGB, or full range, are marked as these before they become so.
_MARKED_AS = {"rgb24": "yuv444p", "yuvj420p": "yuv420p"}


def put_aside(folder: Path, mark: Mark, *, width: int, height: int) -> None:
    """Lay the pattern where `lay` reads it."""
    drawn = invisible_watermark.pattern(mark.key, mark.identifier, width=width, height=height)
    levels = np.clip(np.rint(128 + LOUDEST * drawn), 0, 255).astype(np.uint8)
    grey = bytes([128]) * (2 * (-(-width // 2)) * (-(-height // 2)))
    laid = folder / PATTERN
    laid.write_bytes(levels.tobytes() + grey)
    laid.chmod(0o644)  # nobody reads it


def lay(picture: Any, *, width: int, height: int, pixels: str) -> Any:
    """The picture of that size with the pattern of PATTERN, which lies in the working folder."""
    pixels = _MARKED_AS.get(pixels, pixels)
    pattern = ffmpeg.input(
        PATTERN, f="rawvideo", pix_fmt="yuv420p", s=f"{width}x{height}", protocol_whitelist="file"
    )
    film = picture.filter("format", pixels).filter_multi_output("split", 3)
    loud = _blended(film[1], pattern["v:0"].filter("format", pixels), "grainmerge")
    texture = _texture(film[2], width=width, height=height, depth=10 if "10" in pixels else 8)
    return ffmpeg.filter([film[0], loud, texture], "maskedmerge", planes=1)


def _texture(picture: Any, *, width: int, height: int, depth: int) -> Any:
    """How much is mixed in, as brightness: what differs from its surroundings, smoothed."""
    across, down = (max(2, round(side)) for side in invisible_watermark.chips(width, height))
    both = picture.filter_multi_output("split")
    around = both[1].filter("boxblur", luma_radius=2, chroma_radius=0)
    more = 1 << (depth - 8)
    counted = _blended(both[0], around, "difference").filter("lutyuv", y=f"min({256 * more - 1},val*{FINE})")
    smooth = counted.filter("scale", across, down, flags="area")
    smooth = smooth.filter("boxblur", luma_radius=1, chroma_radius=0)
    mixed = smooth.filter("lutyuv", y=f"min({MOST * more},{LEAST * more}+val*{EACH}/{FINE})")
    return mixed.filter("scale", width, height, flags="bilinear").filter("setsar", "1")


def _blended(one: Any, other: Any, mode: str) -> Any:
    """The brightness of both, with the colours of the first."""
    return ffmpeg.filter([one, other], "blend", c0_mode=mode, c1_mode="normal", c2_mode="normal")
