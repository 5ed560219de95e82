"""SubRip: reading it, as FFmpeg writes it of any subtitles that are text, and writing it. Pure."""

import re
from collections.abc import Iterable

from dam.media import caption_files

_TIMES = re.compile(r"(\d{1,6}):(\d\d):(\d\d)[,.](\d{3})\s*-->\s*(\d{1,6}):(\d\d):(\d\d)[,.](\d{3})")
_MARKUP = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")
MOST = 20_000  # lines


def read(text: str, *, first_ms: int = 0) -> list[tuple[int, int, str]]:
    """Start, end and text of each, in ms from `first_ms` on their clock, without markup; at most MOST."""
    found = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))[:MOST]:
        times = _TIMES.search(block)
        if times is None:
            continue
        words = " ".join(_MARKUP.sub("", block[times.end() :]).split())
        start, end = (max(0, _ms(times.groups()[at : at + 4]) - first_ms) for at in (0, 4))
        if words and end > start:
            found.append((start, end, words))
    return found


def write(cues: Iterable[tuple[int, int, str]]) -> str:
    """Start and end in ms, and text of each, on one line, as SubRip."""
    return caption_files.write(
        ((start, end, " ".join(text.split())) for start, end, text in cues), caption_files.Format.SRT
    )


def _ms(parts: tuple[str, ...]) -> int:
    hours, minutes, seconds, milliseconds = map(int, parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
