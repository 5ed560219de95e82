"""A mark in the pictures of a video or an image that isn't seen, and is found again in copies. Pure.

A keyed pattern of small squares ("chips") lies over each picture, brighter and darker by a few levels,
stronger where there is texture. A quarter of the chips is the same in all marks of a key: by it a copy's
place and size are found. The others carry an identifier (dam.media.watermark_code), each bit by dozens of
chips all over the picture, so that any part of it has them all. It stands still, so that nothing flickers,
and so that over many frames what moves averages out and the mark doesn't. What is made from marked pictures
is marked by another key, for two marks of one key hide each other.

Chips are square, as many as a picture of its area has room for CHIPS of: a copy of another size shows the
same, and one that was cropped shows fewer, in another place.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dam.media import copy_detection, watermark_code
from dam.media.watermark_code import CODED

CHIPS = 14_400  # in a picture: 160 × 90 of 16:9
PLANE = 256  # chips, each way: the pattern begins anew after so many
GROUP = 4 * CODED // 3  # chips of which each coded bit has one, and the rest is known
EVEN = 0.8  # of what neighbours have in common is taken out: larger patches are seen sooner
LEAST_SIDE, LONGEST = 64, 4  # pixels; times as long as wide: in other pictures nothing is put
# How much of a copy is left, as the side of a square: all of it, down to 9:16 of 16:9; or more, with borders.
LARGEST, SMALLEST, STEP = 1.10, 0.54, 0.008
SAMPLES = 2  # for each chip, when it is looked for
SIDE = 320  # pixels of the longer side of frames to look at
FRAMES = 64  # that are looked at, at most
TRIED = 3  # places and sizes in which it may be
SURE = 0.62  # agreement with the identifier; by chance it is about 0.58

Grey = NDArray[np.float32]  # [height, width], 0 to 255
"""Brightness."""


@dataclass(frozen=True)
class Mark:
    """What to put in: the identifier, and the installation's secret."""

    key: bytes = field(repr=False)
    identifier: int


@dataclass(frozen=True)
class Found:
    """`agreement` is how well the picture goes with it, SURE to 1; `shown` how much of the side is left."""

    identifier: int
    agreement: float
    shown: float = 1.0
    mirrored: bool = False


def can_hold(width: int, height: int) -> bool:
    """Whether a mark is put into pictures of that size."""
    return min(width, height) >= LEAST_SIDE and max(width, height) <= LONGEST * min(width, height)


def pattern(key: bytes, identifier: int, *, width: int, height: int) -> Grey:
    """[height, width], about -1 to 1: what is added to the brightness, times the strength."""
    signs, roles = _plane(key)
    sent = np.ones(GROUP, np.float32)
    sent[:CODED] = watermark_code.encode(identifier)
    return _drawn(signs * sent[roles], width, height)


def find(frames: Iterable[Grey], keys: Sequence[bytes]) -> list[Found]:
    """The marks of these keys in the frames of one video, or in the one of an image; the surest first.

    All frames are of one size; black bars are taken off. Without a mark it takes some tenths of a second for
    each key.
    """
    seen = gathered(copy_detection.without_borders(list(frames)))
    if seen is None:
        return []
    for mirrored in (False, True):
        shown = np.ascontiguousarray(seen[:, ::-1]) if mirrored else seen
        found = [each for key in keys if (each := _found(shown, key)) is not None]
        if found:
            found = [replace(each, mirrored=mirrored) for each in found]
            return sorted(found, key=lambda each: -each.agreement)
    return []


def gathered(frames: Iterable[Grey]) -> Grey | None:
    """What is the same in all of them, where it stands out from its surroundings."""
    total: Grey | None = None
    for grey in frames:
        if total is not None and grey.shape != total.shape:
            continue
        stands_out = _whitened(grey)
        total = stands_out if total is None else total + stands_out
    return None if total is None or min(total.shape) < LEAST_SIDE // 2 else _levelled(total)


def _whitened(grey: Grey) -> Grey:
    """Each pixel by how much it differs from its surroundings, beside what is usual there."""
    rest = grey - _blurred(grey, 3)
    spread = np.sqrt(np.maximum(_blurred(rest * rest, 2), 0)) + 0.05 * float(rest.std()) + 1e-3
    return np.clip(rest / spread, -2.5, 2.5).astype(np.float32)


def _levelled(grey: Grey) -> Grey:
    """With as much of all frequencies: a picture has more of some, the pattern of none."""
    waves = np.fft.rfft2(_whitened(grey))
    usual = np.sqrt(_blurred((np.abs(waves) ** 2).astype(np.float32), 4)) + 1e-6
    return np.asarray(np.fft.irfft2(waves / usual, s=grey.shape), np.float32)


def _blurred(grey: Grey, reach: int) -> Grey:
    """The mean of the square that reaches so far around each pixel."""
    for axis in (0, 1):
        padded = np.pad(grey, [(reach + 1, reach) if each == axis else (0, 0) for each in (0, 1)], "edge")
        sums = np.cumsum(padded, axis=axis, dtype=np.float64)
        many = 2 * reach + 1
        upper = np.take(sums, range(many, sums.shape[axis]), axis=axis)
        lower = np.take(sums, range(sums.shape[axis] - many), axis=axis)
        grey = ((upper - lower) / many).astype(np.float32)
    return grey


def _found(seen: Grey, key: bytes) -> Found | None:
    places = sorted(_looked_for(seen, key), reverse=True)[:TRIED]
    for _height, shown in places:
        around = [shown * (1 + part * STEP) for part in (-0.5, -0.25, 0.0, 0.25, 0.5)]
        _height, best, down, across = max(_peak(seen, key, each) for each in around)
        soft = _soft(seen, key, best, down, across)
        identifier = watermark_code.decode(soft)
        if identifier is not None:
            agreement = watermark_code.agreement(soft, identifier)
            if agreement >= SURE:
                return Found(identifier, agreement, best)
    return None


def _looked_for(seen: Grey, key: bytes) -> Iterator[tuple[float, float]]:
    shown = LARGEST
    while shown >= SMALLEST:
        height, *_rest = _peak(seen, key, shown)
        yield height, shown
        shown *= 1 - STEP


def _peak(seen: Grey, key: bytes, shown: float) -> tuple[float, float, int, int]:
    """How far the best place stands out, with so much of the side left; and that place."""
    laid = _laid(seen, shown)
    length = PLANE * SAMPLES
    alike = np.fft.irfft2(np.fft.rfft2(laid, s=(length, length)) * _known(key), s=(length, length))
    place = int(alike.argmax())
    height = float(alike.flat[place]) / (float(np.linalg.norm(laid)) or 1.0)
    return height, shown, place // length, place % length


def _laid(seen: Grey, shown: float) -> Grey:
    """At SAMPLES for each chip, if so much of the side is left."""
    size = chips(seen.shape[1], seen.shape[0])
    width, height = (min(PLANE * SAMPLES, max(1, round(side * shown * SAMPLES))) for side in size)
    return np.asarray(Image.fromarray(seen).resize((width, height), Image.Resampling.BICUBIC), np.float32)


def _soft(seen: Grey, key: bytes, shown: float, down: int, across: int) -> watermark_code.Soft:
    laid = _laid(seen, shown)
    length = PLANE * SAMPLES
    whole = np.zeros((length, length), np.float32)
    whole[: laid.shape[0], : laid.shape[1]] = laid
    whole = np.roll(whole, (-down, -across), (0, 1))
    each = whole.reshape(PLANE, SAMPLES, PLANE, SAMPLES).mean(axis=(1, 3))
    signs, roles = _plane(key)
    return np.bincount(roles.ravel(), (each * signs).ravel(), GROUP)[:CODED].astype(np.float32)


def chips(width: int, height: int) -> tuple[float, float]:
    """How many chips lie across and down a picture of that size."""
    side = sqrt(width * height / CHIPS)
    return width / side, height / side


def _drawn(plane: Grey, width: int, height: int) -> Grey:
    across, down = chips(width, height)
    rounds = ceil(max(across, down) / PLANE) + 1
    near = sum(np.roll(plane, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)) / 9
    tiled = np.tile((plane - EVEN * near).astype(np.float32), (rounds, rounds))
    middle = PLANE * rounds / 2
    box = (middle - across / 2, middle - down / 2, middle + across / 2, middle + down / 2)
    drawn = Image.fromarray(tiled).resize((width, height), Image.Resampling.BICUBIC, box=box)
    return np.asarray(drawn, np.float32)


@lru_cache(maxsize=8)
def _plane(key: bytes) -> tuple[Grey, NDArray[np.int64]]:
    """Of each chip its sign, and which coded bit it carries; from CODED on none."""
    many = PLANE * PLANE
    drawn = hashlib.shake_256(b"reelproof watermark 1\0" + key).digest(5 * many)
    signs = np.where(np.frombuffer(drawn, np.uint8, many) & 1, 1.0, -1.0).astype(np.float32)
    order = np.argsort(np.frombuffer(drawn, np.dtype("<u4"), many, many), kind="stable")
    roles = np.empty(many, np.int64)
    roles[order] = np.arange(many) % GROUP
    return signs.reshape(PLANE, PLANE), roles.reshape(PLANE, PLANE)


@lru_cache(maxsize=8)
def _known(key: bytes) -> NDArray[np.complex64]:
    """The chips that are the same in all marks, as _peak wants them."""
    signs, roles = _plane(key)
    alone = np.where(roles >= CODED, signs, 0)
    fine = np.kron(alone, np.ones((SAMPLES, SAMPLES), np.float32)) / sqrt(
        SAMPLES**2 * (GROUP - CODED) / GROUP
    )
    return np.conj(np.fft.rfft2(fine))
