"""Whom a copy was made for, drawn all over its picture, as a file of Advanced SubStation Alpha. Pure.

The words stand in slanting rows across the whole picture and drift, so that neither a crop nor a patch over
one place takes them off. They are faint enough to judge the picture through.
"""

from collections.abc import Iterator, Sequence
from math import ceil

from dam.core import foreign_text
from dam.media import overlay

LONGEST = 64  # characters of a line
DRIFT_MS = 16_000  # in which a row moves on by the distance of its words
SLANT = 20  # degrees

_HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
MarginR, MarginV, Encoding
Style: Mark,Inter,{size},&HA8FFFFFF,&HA8FFFFFF,&HB8000000,&HFF000000,0,0,0,0,100,100,0,{slant},1,\
{outline},0,5,0,0,0,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def script(lines: Sequence[str], *, width: int, height: int, duration_ms: int) -> str:
    """These lines again and again over a picture of this size, for a little longer than it lasts."""
    words = [foreign_text.line(line, longest=LONGEST) for line in lines]
    words = [line for line in words if line] or ["–"]
    longest = max(map(len, words))
    across = max(width / 2, height / 1.5)  # from one to the next in a row
    size = max(9, min(round(min(width, height) / 18), round(across / (0.62 * longest + 2))))
    down = max(height / 4, size * (len(words) + 2))
    text = "\\N".join(overlay.plain(line) for line in words)
    head = _HEAD.format(width=width, height=height, size=size, slant=SLANT, outline=max(1, size // 16))
    moments = range(0, duration_ms + DRIFT_MS, DRIFT_MS)
    return head + "".join(
        f"Dialogue: 0,{overlay.clock(start)},{overlay.clock(start + DRIFT_MS)},Mark,,0,0,0,,{place}{text}\n"
        for start in moments
        for place in _places(width, height, across=across, down=down)
    )


def _places(width: int, height: int, *, across: float, down: float) -> Iterator[str]:
    """Each where its words begin, and that they move on to where those beside them began."""
    for row in range(ceil(height / down) + 1):
        begin = -across + (across / 2 if row % 2 else 0)
        y = round(row * down + down / 4)
        for column in range(ceil(width / across) + 2):
            x = begin + column * across
            yield f"{{\\move({round(x)},{y},{round(x + across)},{y})}}"
