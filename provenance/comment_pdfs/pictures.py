"""Drawings laid over the picture of their frame, in coordinates of that picture. Pure but for fonts."""

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from provenance.comment_pdfs import letters
from provenance.review.drawings import COLOURS, Drawing, Kind

Pixels = NDArray[np.uint8]  # [H, W, 3]
FINER = 2  # drawn so many times as large, then made smaller: smooth lines
QUALITY = 85  # of a JPEG
LEAST_LETTER = 4  # pixels


def with_drawing(rgb: Pixels, drawing: Drawing | None) -> Image.Image:
    """The picture, [H, W, 3], with the shapes over it; what is drawn across its edge ends there."""
    picture = Image.fromarray(rgb)
    if drawing is None:
        return picture
    width, height = picture.width * FINER, picture.height * FINER
    layer = Image.new("RGBA", (width, height))
    pen = ImageDraw.Draw(layer)
    for shape in drawing["shapes"]:
        _draw(pen, shape, width, height)
    layer = layer.resize(picture.size, Image.Resampling.LANCZOS)
    picture.paste(layer, mask=layer)
    return picture


def _draw(pen: ImageDraw.ImageDraw, shape: dict[str, object], width: int, height: int) -> None:
    sent: Sequence[Sequence[float]] = shape["points"]  # type: ignore[assignment]
    points = [(x * width, y * height) for x, y, *_pressure in sent]
    colour, line = COLOURS[str(shape["colour"])], max(1.0, float(str(shape["width"])) * height)
    (left, right), (top, bottom) = ((sorted((points[0][n], points[-1][n]))) for n in (0, 1))
    match shape["kind"]:
        case Kind.TEXT:
            words = str(shape.get("text", ""))
            font = ImageFont.truetype(letters.best(words), max(LEAST_LETTER, round(line)))
            pen.text(points[0], words, fill=colour, font=font, anchor="la")
        case Kind.RECTANGLE:
            corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
            _stroke(pen, corners, [line] * len(corners), colour)
        case Kind.ELLIPSE:
            around = list(_ellipse(left, top, right, bottom))
            _stroke(pen, around, [line] * len(around), colour)
        case Kind.ARROW:
            start, end = points[0], points[-1]
            for part in ([start, end], *([tip, end] for tip in _tips(start, end, line))):
                _stroke(pen, part, [line] * 2, colour)
        case _:
            # As wide as it was pressed, as pages draw it (static/dam/js/drawing/shapes.js).
            wide = [2 * line * (0.5 + (each[2] if len(each) > 2 else 0.5)) for each in sent]
            _stroke(pen, points, wide, colour)


def _stroke(
    pen: ImageDraw.ImageDraw,
    points: Sequence[tuple[float, float]],
    widths: Sequence[float],
    colour: str,
) -> None:
    """A line with round ends and corners, as wide at each of its points as `widths` says, in pixels."""
    for (x, y), wide in zip(points, widths, strict=True):
        radius = wide / 2
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    for (start, end), wide in zip(itertools.pairwise(points), widths, strict=False):
        pen.line([start, end], fill=colour, width=max(1, round(wide)))


def _ellipse(left: float, top: float, right: float, bottom: float) -> Iterator[tuple[float, float]]:
    for step in range(97):
        turn = 2 * math.pi * step / 96
        yield (
            (left + right) / 2 + (right - left) / 2 * math.cos(turn),
            (top + bottom) / 2 + (bottom - top) / 2 * math.sin(turn),
        )


def _tips(start: tuple[float, float], end: tuple[float, float], line: float) -> list[tuple[float, float]]:
    """Where the two strokes of an arrow's head begin (provenance.review.drawings draws the same)."""
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    length = max(4 * line, 0.12 * math.dist(start, end))
    return [
        (end[0] - length * math.cos(angle + turn), end[1] - length * math.sin(angle + turn))
        for turn in (0.45, -0.45)
    ]
