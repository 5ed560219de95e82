"""What the FFmpeg of this machine can do, asked once: not every one has every encoder and filter."""

from functools import lru_cache

from dam.core import sandbox
from dam.core.sandbox import Limits
from dam.media import ffmpeg, presets
from dam.media.presets import FORMATS, Captions, Format, Recipe

LIMITS = Limits(wall_seconds=20, cpu_seconds=10, memory_bytes=4 * 1024**3, file_bytes=1024**2)


def missing(recipe: Recipe) -> tuple[str, ...]:
    """What FFmpeg would need for it and hasn't; empty where it can be made."""
    wanted = list(_needs(recipe.format))
    if recipe.label or recipe.notices or recipe.captions is Captions.BURNT_IN:
        wanted.append(presets.TEXT_FILTER)
    if recipe.captions is Captions.TRACK:
        wanted.append("mov_text")
    if recipe.loudness is not None:
        wanted.append(presets.LOUDNESS_FILTER)
    have = _have(ffmpeg.binary())
    return tuple(each for each in wanted if each not in have)


def of_formats() -> dict[Format, tuple[str, ...]]:
    """What each format lacks here."""
    have = _have(ffmpeg.binary())
    return {format: tuple(each for each in _needs(format) if each not in have) for format in FORMATS}


def version() -> str:
    """As FFmpeg says it itself: "n7.1-…"."""
    words = _told(ffmpeg.binary(), "-version").split()
    return words[2] if len(words) > 2 else ""


def has(name: str) -> bool:
    return name in _have(ffmpeg.binary())


def _needs(format: Format) -> tuple[str, ...]:
    spec = FORMATS[format]
    return (spec.encoder, *spec.needs, *([str(spec.alpha["c:v:1"])] if spec.alpha else []))


@lru_cache(maxsize=2)
def _have(binary: str) -> frozenset[str]:
    """The names in the second column of its lists, whatever the first one says of each."""
    lists = (_told(binary, "-hide_banner", which) for which in ("-encoders", "-filters"))
    rows = (line.split() for text in lists for line in text.splitlines())
    return frozenset(row[1] for row in rows if len(row) > 2 and row[1] != "=")


@lru_cache(maxsize=8)
def _told(binary: str, *arguments: str) -> str:
    return sandbox.run([binary, *arguments], limits=LIMITS).stdout.decode(errors="replace")
