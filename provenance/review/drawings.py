"""Drawings on a frame: shapes in coordinates of the picture, so that they fit it at any size. Pure.

A drawing is JSON: `{"v": 1, "shapes": [{"kind", "colour", "width", "points", "text"}, …]}`. Points are
[x, y] from 0 to 1 across and down the picture, [x, y, pressure] for a pencil; width is a share of the
picture's height, for text the height of its letters.
"""

import json
import math
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from dam.core import errors
from dam.core.foreign_text import neutral
from dam.core.language import number
from dam.core.lazily import lazy

VERSION = 1
MOST_SHAPES = 200
MOST_POINTS = 5_000
LONGEST_TEXT = 200
MOST_CHARACTERS = 256 * 1024  # of the JSON that is read
LEAST_WIDTH, MOST_WIDTH = 0.001, 0.2
# How far beyond the picture a line may run that was drawn across its edge.
MARGIN = 0.25
# Of a pencil's line that is drawn without script, as many points as a small picture can show.
SHOWN_POINTS = 48
PLACES = 4  # decimals that are kept: a tenth of a pixel in 1,000


class Kind(StrEnum):
    PENCIL = "pencil"
    ARROW = "arrow"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    TEXT = "text"


COLOURS = {
    "red": "#ff453a",
    "yellow": "#ffd60a",
    "green": "#32d74b",
    "blue": "#0a84ff",
    "white": "#ffffff",
    "black": "#000000",
}

Drawing = dict[str, Any]


class DrawingRefused(errors.Refused):
    """What was sent is no drawing that can be kept."""

    code = "drawing"
    message = lazy("The drawing can't be read. Draw it again, or send your comment without it.")


def read(text: str) -> Drawing | None:
    """The drawing that a form sends, with nothing in it that isn't known; None for an empty one.

    Raises DrawingRefused for what is no drawing, or a larger one than is kept.
    """
    if not text.strip():
        return None
    if len(text) > MOST_CHARACTERS:
        raise DrawingRefused(_too_much())
    try:
        sent = json.loads(text, parse_constant=_no_number)
        shapes = [_shape(each) for each in _list(sent["shapes"])]
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError) as wrong:
        raise DrawingRefused from wrong
    if len(shapes) > MOST_SHAPES or sum(len(each["points"]) for each in shapes) > MOST_POINTS:
        raise DrawingRefused(_too_much())
    return {"v": VERSION, "shapes": shapes} if shapes else None


def words(drawing: Drawing | None) -> str:
    """What is written in it, a line each."""
    shapes = drawing["shapes"] if drawing else ()
    return "\n".join(shape["text"] for shape in shapes if shape.get("text"))


def elements(drawing: Drawing, *, width: int, height: int) -> list[dict[str, Any]]:
    """Its shapes as elements of SVG in a viewBox of these pixels: a name, attributes and text each.

    Of a pencil's line the middle: scripts draw it as wide as it was pressed.
    """
    return [_element(shape, width, height) for shape in drawing["shapes"]]


def _element(shape: Mapping[str, Any], width: int, height: int) -> dict[str, Any]:
    points = [(_pixels(x * width), _pixels(y * height)) for x, y, *_pressure in shape["points"]]
    colour, line = COLOURS[shape["colour"]], _pixels(shape["width"] * height)
    (left, top), (right, bottom) = points[0], points[-1]
    drawn = {"fill": "none", "stroke": colour, "stroke-width": line}
    round_ends = {"stroke-linecap": "round", "stroke-linejoin": "round"}
    match shape["kind"]:
        case Kind.TEXT:
            place = {"x": left, "y": top, "dominant-baseline": "hanging"}
            attributes = {**place, "fill": colour, "font-size": line}
            return {"name": "text", "attributes": attributes, "text": shape["text"]}
        case Kind.RECTANGLE:
            box = {"x": min(left, right), "y": min(top, bottom)}
            box |= {"width": _pixels(abs(right - left)), "height": _pixels(abs(bottom - top))}
            return {"name": "rect", "attributes": {**box, **drawn, **round_ends}}
        case Kind.ELLIPSE:
            box = {"cx": _pixels((left + right) / 2), "cy": _pixels((top + bottom) / 2)}
            box |= {"rx": _pixels(abs(right - left) / 2), "ry": _pixels(abs(bottom - top) / 2)}
            return {"name": "ellipse", "attributes": {**box, **drawn}}
        case Kind.ARROW:
            path = " ".join([_path(points), *_head(points[0], points[-1], line)])
        case _:
            path = _path([*points[:: 1 + len(points) // SHOWN_POINTS], points[-1]])
    return {"name": "path", "attributes": {"d": path, **drawn, **round_ends}}


def _path(points: Iterable[tuple[float, float]]) -> str:
    first, *rest = points
    # A point alone is a line to itself, whose round ends are a dot.
    return f"M{first[0]} {first[1]}" + "".join(f"L{x} {y}" for x, y in rest or [first])


def _head(start: tuple[float, float], end: tuple[float, float], line: float) -> list[str]:
    """The two strokes of an arrow's head, at its end."""
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    length = max(4 * line, 0.12 * math.dist(start, end))
    tips = [
        (_pixels(end[0] - length * math.cos(angle + turn)), _pixels(end[1] - length * math.sin(angle + turn)))
        for turn in (0.45, -0.45)
    ]
    return [f"M{x} {y}L{end[0]} {end[1]}" for x, y in tips]


def _pixels(value: float) -> float:
    return round(value, 1)


def _shape(sent: Any) -> dict[str, Any]:
    kind = Kind(sent["kind"])
    if sent["colour"] not in COLOURS:
        raise ValueError(sent["colour"])
    least = 1 if kind in (Kind.PENCIL, Kind.TEXT) else 2
    points = [_point(each, pressed=kind is Kind.PENCIL) for each in _list(sent["points"])]
    if len(points) < least or (kind is not Kind.PENCIL and len(points) > least):
        raise ValueError(kind)
    width = min(max(_real(sent["width"]), LEAST_WIDTH), MOST_WIDTH)
    shape = {"kind": kind.value, "colour": sent["colour"], "width": round(width, PLACES), "points": points}
    if kind is Kind.TEXT:
        text = " ".join(neutral(str(sent["text"])).split())
        if not text or len(text) > LONGEST_TEXT:
            raise ValueError(kind)
        shape["text"] = text
    if not _is_seen(points, is_text=kind is Kind.TEXT):
        raise ValueError(points)
    return shape


def _is_seen(points: list[list[float]], *, is_text: bool) -> bool:
    """Whether any of it lies in the picture; text goes on to the right of its point, and down."""
    for axis in (0, 1):
        least, most = (end(point[axis] for point in points) for end in (min, max))
        if least > 1 or (most < 0 and not is_text):
            return False
    return True


def _point(sent: Any, *, pressed: bool) -> list[float]:
    x, y, *pressure = (_real(each) for each in _list(sent))
    place = [round(min(max(each, -MARGIN), 1 + MARGIN), PLACES) for each in (x, y)]
    if not pressed:
        return place
    return [*place, round(min(max(pressure[0] if pressure else 0.5, 0.0), 1.0), 2)]


def _real(sent: Any) -> float:
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        raise TypeError(sent)
    value = float(sent)
    if not math.isfinite(value):
        raise ValueError(sent)
    return value


def _list(sent: Any) -> list[Any]:
    if not isinstance(sent, list):
        raise TypeError(sent)
    return sent


def _no_number(name: str) -> float:
    raise ValueError(name)


def _too_much() -> str:
    return _("A drawing can have up to %(shapes)s shapes and %(points)s points. Undo some of it.") % {
        "shapes": number(MOST_SHAPES),
        "points": number(MOST_POINTS),
    }
