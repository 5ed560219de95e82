"""Still pictures from decoded frames: which one is the poster, and the sprite's grid. Pure."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from dam.media.frames import Frame
from dam.media.specs import Poster, Sprite


def choose_poster(candidates: Sequence[Frame]) -> Frame:
    """The frame with the most to see: neither black nor blank, nor near the very ends."""
    return max(candidates, key=lambda frame: float(frame.rgb.mean(axis=2).std()))


def draw_poster(frame: Frame, spec: Poster) -> Image.Image:
    """The frame as a picture; a tiny one is enlarged, so that it can stand in a grid."""
    picture = Image.fromarray(frame.rgb)
    if picture.width < spec.least_width:
        scale = min(spec.least_width / picture.width, 4 * spec.least_width / picture.height)
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return picture


def draw_sprite(frames: Sequence[Frame], spec: Sprite) -> tuple[Image.Image, dict[str, Any]]:
    """The grid, row by row, and what a page needs to show a tile of it.

    {"columns", "rows", "tile_width", "tile_height" (pixels), "frames": their numbers}
    """
    height, width = frames[0].rgb.shape[:2]
    columns = min(spec.columns, len(frames))
    rows = math.ceil(len(frames) / columns)
    grid = np.zeros((rows * height, columns * width, 3), np.uint8)
    for place, frame in enumerate(frames):
        top, left = place // columns * height, place % columns * width
        grid[top : top + height, left : left + width] = frame.rgb
    details = {
        "columns": columns,
        "rows": rows,
        "tile_width": width,
        "tile_height": height,
        "frames": [frame.index for frame in frames],
    }
    return Image.fromarray(grid), details
