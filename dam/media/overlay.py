"""Words drawn into the picture, as a file of Advanced SubStation Alpha: labels, captions. Pure.

Nothing that somebody typed is a command in it: braces and backslashes stay what they look like.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

LAST_MS = 9 * 3_600_000
Cue = tuple[int, int, str]  # from and to in milliseconds, and what is said

# The bundled fonts (dam.media.letters), and which of them draws what Inter doesn't have.
LATIN, FURTHER = "Inter", "Reelproof Labels"
FIRST_FURTHER = 0x1100  # Hangul, then Chinese
# A font's size over the height of its capitals, in both fonts.
_SIZE = 2


@dataclass(frozen=True)
class Notice:
    """Words at the top right, as a rule asks for them: from the start `until_ms`, None: throughout.

    `height` of a capital in thousandths of the picture's shorter side; `key` is what a file then carries.
    """

    key: str
    words: str
    until_ms: int | None
    height: int

    @property
    def font(self) -> str:
        return FURTHER if any(ord(each) >= FIRST_FURTHER for each in self.words) else LATIN

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Notice":
        return cls(**{name: data[name] for name in ("key", "words", "until_ms", "height")})


_HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 0
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
MarginR, MarginV, Encoding
Style: Label,Inter,{label},{colours},0,0,0,0,100,100,0,0,3,{pad},0,7,{edge},{edge},{edge},1
{notices}Style: Caption,Inter,{caption},{colours},0,0,0,0,100,100,0,0,3,{pad},0,2,{edge},{edge},{low},1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
# White on black, of which two thirds are seen.
_COLOURS = "&H00FFFFFF,&H00FFFFFF,&H55000000,&H55000000"


_NOTICE = (
    "Style: Notice{number},{font},{size},{colours},0,0,0,0,100,100,0,0,3,{pad},0,9,{edge},{edge},{edge},1\n"
)


def script(
    *,
    width: int,
    height: int,
    label: str = "",
    notices: Sequence[Notice] = (),
    captions: Iterable[Cue] = (),
) -> str:
    """All as one script for a picture of this size. Of several notices each stands below the one before."""
    short = min(width, height)
    pad, edge = max(2, short // 120), max(6, short // 30)
    styles = "".join(
        _NOTICE.format(
            number=number,
            font=notice.font,
            size=_size(notice, width, height),
            colours=_COLOURS,
            pad=pad,
            edge=edge,
        )
        for number, notice in enumerate(notices)
    )
    head = _HEAD.format(
        width=width,
        height=height,
        colours=_COLOURS,
        label=max(10, short // 28),
        caption=max(12, short // 18),
        pad=pad,
        edge=edge,
        notices=styles,
        low=max(8, height // 14),
    )
    lines = [_line(0, LAST_MS, "Label", label)] if label else []
    lines += [
        _line(0, LAST_MS if notice.until_ms is None else notice.until_ms, f"Notice{number}", notice.words)
        for number, notice in enumerate(notices)
    ]
    lines += [_line(start, end, "Caption", text) for start, end, text in captions]
    return head + "".join(lines)


def _size(notice: Notice, width: int, height: int) -> int:
    """Never below what is asked for; rounded up, and at least readable."""
    return max(14, ceil(min(width, height) * notice.height / 1000 * _SIZE))


def _line(start: int, end: int, style: str, text: str) -> str:
    return f"Dialogue: 0,{clock(start)},{clock(end)},{style},,0,0,0,,{plain(text)}\n"


def plain(text: str) -> str:
    """A word joiner after each backslash, so that none begins a command; braces escaped."""
    text = text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")
    return "\\N".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


def clock(ms: int) -> str:
    hundredths = max(0, ms) // 10
    seconds, rest = divmod(hundredths, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:02}"
