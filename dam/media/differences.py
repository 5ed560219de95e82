"""Where two clips show something else: told by the small pictures of their sprites. Pure."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 64  # pixels: what re-encoding changes is smaller
NOTICED = 6.0  # of 255, on average over a picture's most changed tenth


@dataclass(frozen=True)
class Tile:
    time_ms: int
    pixels: NDArray[np.float32]  # [SIDE, SIDE, 3]


@dataclass(frozen=True)
class Stretch:
    """A time of the first clip in which the other one looks different."""

    start_ms: int
    end_ms: int


def tiles(sprite: bytes, grid: Mapping[str, Any], *, rate: Fraction) -> list[Tile]:
    """The pictures of a sprite that we made (dam.media.thumbnails), with their times."""
    width, height = int(grid["tile_width"]), int(grid["tile_height"])
    with Image.open(io.BytesIO(sprite), formats=("WEBP",)) as sheet:
        whole = sheet.convert("RGB")
    found = []
    for place, frame in enumerate(grid["frames"]):
        left, top = place % grid["columns"] * width, place // grid["columns"] * height
        tile = whole.crop((left, top, left + width, top + height)).resize((SIDE, SIDE), Image.Resampling.BOX)
        found.append(Tile(round(frame / rate * 1000), np.asarray(tile, np.float32)))
    return found


def between(one: Sequence[Tile], other: Sequence[Tile], *, until_ms: int) -> list[Stretch]:
    """The stretches of `one`, which lasts `until_ms`, in which the nearest pictures of `other` differ."""
    if not one or not other:
        return []
    found: list[Stretch] = []
    for place, tile in enumerate(one):
        nearest = min(other, key=lambda each: abs(each.time_ms - tile.time_ms))
        if amount(tile.pixels, nearest.pixels) < NOTICED:
            continue
        end = one[place + 1].time_ms if place + 1 < len(one) else until_ms
        if found and found[-1].end_ms == tile.time_ms:
            found[-1] = Stretch(found[-1].start_ms, end)
        else:
            found.append(Stretch(tile.time_ms, end))
    return found


def amount(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """How much two pictures differ where they differ most: a new logo in a corner counts, noise doesn't."""
    apart = np.sort(np.abs(one - other).mean(axis=2), axis=None)
    return float(apart[-max(1, apart.size // 10) :].mean())
