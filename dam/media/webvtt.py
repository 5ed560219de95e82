"""Seek-bar thumbnails as players read them: a WebVTT file whose cues name parts of the sprite. Pure."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

CONTENT_TYPE = "text/vtt; charset=utf-8"


def thumbnails(grid: Mapping[str, Any], *, frame_count: int, rate: Fraction, picture: str) -> str:
    """One cue for each tile of a sprite's grid (thumbnails.draw_sprite), end to end over the whole clip.

    `picture` is the sprite's address, as seen from the file's own. Frames have the tile that the player's
    seek bar shows for them (js/player/tiles.js).
    """
    width, height, columns = grid["tile_width"], grid["tile_height"], grid["columns"]
    starts = [*_starts(grid["frames"]), frame_count]
    cues = (
        f"{_clock(first, rate)} --> {_clock(end, rate)}\n"
        f"{picture}#xywh={place % columns * width},{place // columns * height},{width},{height}\n"
        for place, (first, end) in enumerate(pairwise(starts))
        if end > first
    )
    return "\n".join(("WEBVTT\n", *cues))


def _starts(frames: list[int]) -> list[int]:
    """From which frame on each tile stands: its own frame is in the middle of the part that it stands for."""
    gaps = [after - before for before, after in pairwise(frames)]
    half = min(gaps) // 2 if gaps else 0
    return [0, *(frame - half for frame in frames[1:])]


def _clock(frame: int, rate: Fraction) -> str:
    seconds, ms = divmod(round(frame / rate * 1000), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
