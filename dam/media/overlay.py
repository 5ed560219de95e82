"""Words drawn into the picture, as a file of Advanced SubStation Alpha: a label, captions. Pure.

Nothing that somebody typed is a command in it: braces and backslashes stay what they look like.
"""

from collections.abc import Iterable

LAST_MS = 9 * 3_600_000
Cue = tuple[int, int, str]  # from and to in milliseconds, and what is said

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
Style: Caption,Inter,{caption},{colours},0,0,0,0,100,100,0,0,3,{pad},0,2,{edge},{edge},{low},1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
# White on black, of which two thirds are seen.
_COLOURS = "&H00FFFFFF,&H00FFFFFF,&H55000000,&H55000000"


def script(*, width: int, height: int, label: str = "", captions: Iterable[Cue] = ()) -> str:
    """Both as one script for a picture of this size."""
    short = min(width, height)
    head = _HEAD.format(
        width=width,
        height=height,
        colours=_COLOURS,
        label=max(10, short // 28),
        caption=max(12, short // 18),
        pad=max(2, short // 120),
        edge=max(6, short // 30),
        low=max(8, height // 14),
    )
    lines = [_line(0, LAST_MS, "Label", label)] if label else []
    lines += [_line(start, end, "Caption", text) for start, end, text in captions]
    return head + "".join(lines)


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
