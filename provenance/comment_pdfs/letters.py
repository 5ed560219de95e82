"""The fonts that stand in a PDF, and what they can't draw. Pure but for reading the fonts."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from dam.core import foreign_text

FONTS = Path(__file__).parents[2] / "dam" / "media" / "fonts"
INTER = FONTS / "Inter.ttf"
DEJAVU = FONTS / "DejaVuSans.ttf"  # what Inter lacks: Hebrew, Arabic, Armenian, Georgian, signs
INSTEAD = "□"
# Ask for another form of what stands before them, or join it to what follows: nothing to draw by themselves.
_SILENT = frozenset(map(chr, [0x200C, 0x200D, *range(0xFE00, 0xFE10), *range(0xE0020, 0xE0080)]))


@dataclass(frozen=True)
class Drawable:
    """A text with INSTEAD in the place of what no font here can draw, and those letters in order."""

    text: str
    undrawn: tuple[str, ...]


def drawable(text: str) -> Drawable:
    """Without what nobody sees and what turns the reading direction, too (dam.core.foreign_text).

    >>> drawable("a \\u4e2d")
    Drawable(text='a □', undrawn=('中',))
    """
    known = _known(INTER) | _known(DEJAVU)
    drawn: list[str] = []
    undrawn: list[str] = []
    for letter in foreign_text.neutral(text).expandtabs(4):
        if letter == "\n" or letter in known:
            drawn.append(letter)
        elif letter not in _SILENT:
            drawn.append(INSTEAD)
            undrawn.append(letter)
    return Drawable("".join(drawn), tuple(undrawn))


def best(text: str) -> Path:
    """Of both fonts the one that draws more of it; Inter where they draw as much."""
    has = {font: sum(letter in _known(font) for letter in text) for font in (INTER, DEJAVU)}
    return INTER if has[INTER] >= has[DEJAVU] else DEJAVU


@cache
def _known(font: Path) -> frozenset[str]:
    with TTFont(font, lazy=True) as read:
        return frozenset(map(chr, read.getBestCmap()))
