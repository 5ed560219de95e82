"""Which colours a picture mostly has, by the names that people search for. Pure."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import numpy as np

MOST = 3  # names of one clip
LEAST_SHARE = 0.12  # of the pixels that a colour must have
PIXELS = 64  # looked at along each side of a frame
# Below this a pixel is black, and with so little colour it is black, grey or white.
DARK, LIGHT, PALE = 0.18, 0.85, 0.16


class Colour(StrEnum):
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BROWN = "brown"
    BLACK = "black"
    GREY = "grey"
    WHITE = "white"


# Where each hue ends, in degrees.
_HUES = (
    (15, Colour.RED),
    (42, Colour.ORANGE),
    (68, Colour.YELLOW),
    (160, Colour.GREEN),
    (195, Colour.TEAL),
    (255, Colour.BLUE),
    (295, Colour.PURPLE),
    (340, Colour.PINK),
    (361, Colour.RED),
)
_NAMES = tuple(Colour)
NOTHING = np.zeros(len(_NAMES))


def of(frames: Sequence[Any]) -> tuple[Colour, ...]:
    """The main colours of frames (height x width x 3, uint8, sRGB), the most frequent first."""
    return named(counted(frames))


def counted(frames: Iterable[Any]) -> Any:
    """What `named` reads; that of several lots of frames may be added up."""
    counts = NOTHING
    for frame in frames:
        rows, columns = (max(1, side // PIXELS) for side in frame.shape[:2])
        counts = counts + _counted(frame[::rows, ::columns])
    return counts


def named(counts: Any) -> tuple[Colour, ...]:
    shares = counts / max(1.0, counts.sum())
    order = np.argsort(-shares, kind="stable")[:MOST]
    return tuple(_NAMES[place] for place in order if shares[place] >= LEAST_SHARE)


def _counted(frame: Any) -> Any:
    """How many of the pixels have each name, each frame counting alike."""
    rgb = frame.reshape(-1, 3).astype(np.float32) / 255
    value, low = rgb.max(axis=1), rgb.min(axis=1)
    spread = value - low
    hue = _hue(rgb, value, spread)
    ends = [end for end, _ in _HUES]
    hues = np.array([_NAMES.index(name) for _, name in _HUES])
    named = hues[np.searchsorted(ends, hue, side="right")]
    saturation = spread / np.maximum(value, 1e-6)
    named[(named == _NAMES.index(Colour.ORANGE)) & (value < 0.62)] = _NAMES.index(Colour.BROWN)
    # A light red is what people call pink.
    named[(named == _NAMES.index(Colour.RED)) & (value > 0.75) & (saturation < 0.5)] = _NAMES.index(
        Colour.PINK
    )
    pale = saturation < PALE
    named[pale] = _NAMES.index(Colour.GREY)
    named[pale & (value > LIGHT)] = _NAMES.index(Colour.WHITE)
    named[value < DARK] = _NAMES.index(Colour.BLACK)
    return np.bincount(named, minlength=len(_NAMES)) / max(1, len(named))


def _hue(rgb: Any, value: Any, spread: Any) -> Any:
    """In degrees; 0 where there is none."""
    red, green, blue = rgb.T
    safe = np.maximum(spread, 1e-6)
    hue = np.where(
        value == red,
        (green - blue) / safe % 6,
        np.where(value == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    return np.where(spread < 1e-6, 0.0, hue * 60)
