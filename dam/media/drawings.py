"""SVG: what it is, without running or loading anything that it names.

A drawing is a program of a kind: it may hold scripts, and name other files and addresses. The master stays as
it came and is only ever downloaded; what pages show is a picture made of it in the decoder process, where
there is no network, nor any file but this one and fonts.
"""

import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from dam.core.language import gettext as _
from dam.media import drawing_parts
from dam.media.drawing_parts import Doubt
from dam.media.errors import FileRefused

MOST_BYTES = 16 * 1024**2  # of text; a drawing of that size takes seconds
DRAWN_SIDE = 2048  # pixels that a small drawing is drawn at: it has no pixels of its own
PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
FONT = Path(__file__).parent / "fonts" / "Inter.ttf"
FAMILY = "Inter"

_HREF = re.compile(r"""((?:[\w.-]+:)?(?:href|src)\s*=\s*)(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HARMLESS = re.compile(r"\s*(#|data:image/(png|jpeg|gif|webp)[;,]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Drawing:
    """A drawing and its size in pixels, as it says."""

    text: str
    width: float
    height: float


def read(path: Path) -> Drawing:
    """Raises FileRefused for what is no drawing, or has no size."""
    if path.stat().st_size > MOST_BYTES:
        raise FileRefused("too_costly")
    try:
        data = path.read_bytes()
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            # What looks for scripts and addresses reads UTF-8 alone.
            raise FileRefused("not_a_picture", _("This SVG is stored as UTF-16. Save it as UTF-8."))
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FileRefused("not_a_picture") from problem
    try:
        root = drawing_parts.root(text.encode())
    except ValueError as problem:
        raise FileRefused("not_a_picture") from problem
    width, height = _size(root)
    return Drawing(text, width, height)


def draw(drawing: Drawing, *, max_side: int) -> Image.Image:
    """As a picture with transparency, no side longer than `max_side`. Raises FileRefused.

    What names another file, or an address, is left out. Text stands in the fonts of this machine, and in
    Inter where it asks for one that isn't here.
    """
    import resvg_py  # workers alone have it

    scale = min(max_side, max(DRAWN_SIDE, drawing.width, drawing.height)) / max(drawing.width, drawing.height)
    width, height = (max(1, round(side * scale)) for side in (drawing.width, drawing.height))
    try:
        drawn = resvg_py.svg_to_bytes(
            svg_string=alone(drawing.text),
            dpi=96,
            width=width,
            height=height,
            font_files=[str(FONT)],
            font_family=FAMILY,
            serif_family=FAMILY,
            sans_serif_family=FAMILY,
            cursive_family=FAMILY,
            fantasy_family=FAMILY,
            monospace_family=FAMILY,
        )
    except ValueError as problem:
        raise FileRefused("damaged") from problem
    picture = Image.open(io.BytesIO(drawn), formats=("PNG",))
    picture.load()
    return picture


def alone(text: str) -> str:
    """The drawing without what it names of other files and addresses."""

    def kept(found: re.Match[str]) -> str:
        named = found[2] if found[2] is not None else found[3]
        return found[0] if _HARMLESS.match(named) else f'{found[1]}""'

    return _HREF.sub(kept, text)


def doubts(path: Path) -> frozenset[Doubt]:
    """Why the file itself may be other things to whoever opens it than what is drawn of it here."""
    if path.stat().st_size > MOST_BYTES:
        return frozenset({Doubt.ACTIVE})
    return drawing_parts.doubts(path.read_bytes())


def is_inert(path: Path) -> bool:
    """Whether whoever opens it sees what is drawn of it here, and nothing is run or loaded."""
    return not doubts(path)


def _size(root: Mapping[str, str]) -> tuple[float, float]:
    """In pixels, by its width and height, else by its view box. Raises FileRefused."""
    numbers = [_number(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    across, down = (numbers[2], numbers[3]) if len(numbers) == 4 else (None, None)
    width, height = _length(root, "width"), _length(root, "height")
    if across and down:
        if width is None and height is None:
            width, height = across, down
        width = width if width is not None else (height or down) * across / down
        height = height if height is not None else width * down / across
    if not width or not height or not math.isfinite(width * height):
        raise FileRefused("not_a_picture")
    return width, height


def _length(root: Mapping[str, str], name: str) -> float | None:
    """A percentage is of the page that it stands in: none."""
    found = re.fullmatch(r"\s*([0-9.eE+-]+?)\s*([a-z]*)\s*", root.get(name, ""))
    if found is None or found[2] not in PIXELS:
        return None
    value = _number(found[1])
    return value * PIXELS[found[2]] if value is not None and value > 0 else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
