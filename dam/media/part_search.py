"""Where in a picture is another one, and how large? Pure.

A part of any size and place is found by correlation at some sizes, and made exact by climbing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dam.media.fingerprints import Grey

Sides = tuple[float, float, float, float]

TEMPLATES, LOOKED_IN = 6, 30  # frames that are searched for, and in how many
SIDE = 80  # pixels of the longer side
LARGEST, SMALLEST, STEP = 1.0, 0.33, 0.93  # of the side that a part may have
FOUND, FOUND_STILL = 0.8, 0.88  # correlation
TOGETHER = 0.08  # of a side: places that are one
STEPS = (0.04, 0.02, 0.01, 0.005)
MOST_CUT = 0.75
CLIMBED = (48, 48)


@dataclass(frozen=True)
class There:
    """`pairs` are places in what was looked in, and of what was looked for."""

    score: float
    cut: Sides
    pairs: list[tuple[int, int]]


def find(outer: Sequence[Grey], inner: Sequence[Grey], *, least: int) -> There | None:
    """The part of `outer` that frames of `inner` show, the same in at least so many of them."""
    wanted, within = _spread(len(inner), TEMPLATES), _spread(len(outer), LOOKED_IN)
    height, width = _fit(outer[0].shape)
    ground = np.stack([_small(outer[place], (width, height)) for place in within])
    length = (_even(2 * height), _even(2 * width))
    waves = np.fft.rfft2(ground, s=length)
    threshold = FOUND_STILL if least == 1 else FOUND
    best: There | None = None
    share = LARGEST
    aspect = inner[0].shape[0] / inner[0].shape[1]
    while share >= SMALLEST:
        # The larger of its sides takes this share of the picture's.
        across = min(width * share, height * share / aspect)
        size = max(4, round(across)), max(4, round(across * aspect))
        share *= STEP
        spread = _spread_of(ground, size)
        found = []
        for place in wanted:
            template = _small(inner[place], size)
            template = template - template.mean()
            template /= np.linalg.norm(template) or 1.0
            alike = np.fft.irfft2(waves * np.conj(np.fft.rfft2(template, s=length)), s=length)
            alike = alike[:, : height - size[1] + 1, : width - size[0] + 1] / spread
            at = np.unravel_index(int(alike.argmax()), alike.shape)
            found.append((float(alike[at]), int(at[0]), int(at[1]), int(at[2]), place))
        there = _agreed(found, size, (width, height), threshold=threshold, least=least)
        if there is not None and (best is None or there.score > best.score):
            best = There(there.score, there.cut, [(within[at], place) for at, place in there.pairs])
    return best


def climb(outer: Sequence[Grey], inner: Sequence[Grey], cut: Sides) -> tuple[float, Sides]:
    """What to cut off these frames, one by one, so that they show most of what `inner` do; how alike then."""
    wanted = unit(np.stack([small(picture, (0.0, 0.0, 0.0, 0.0), CLIMBED).ravel() for picture in inner]))

    def height(sides: Sides) -> float:
        shown = unit(np.stack([small(picture, sides, CLIMBED).ravel() for picture in outer]))
        return float(np.median((shown * wanted).sum(axis=1)))

    best = height(cut)
    for step in STEPS:
        better = True
        while better:
            better = False
            for move in _MOVES:
                tried = _moved(cut, move, step)
                if tried is not None and tried != cut and (score := height(tried)) > best + 1e-5:
                    best, cut, better = score, tried, True
    return best, cut


_MOVES = (
    (1, 0, 0, 0), (-1, 0, 0, 0), (0, 1, 0, 0), (0, -1, 0, 0),
    (0, 0, 1, 0), (0, 0, -1, 0), (0, 0, 0, 1), (0, 0, 0, -1),
    (1, 0, -1, 0), (-1, 0, 1, 0), (0, 1, 0, -1), (0, -1, 0, 1),
    (1, 0, 1, 0), (-1, 0, -1, 0), (0, 1, 0, 1), (0, -1, 0, -1),
    (1, 1, 1, 1), (-1, -1, -1, -1),
)  # fmt: skip


def _moved(cut: Sides, move: tuple[int, int, int, int], step: float) -> Sides | None:
    left, top, right, bottom = (max(0.0, side + way * step) for side, way in zip(cut, move, strict=True))
    return (left, top, right, bottom) if max(left + right, top + bottom) <= MOST_CUT else None


def small(picture: Grey, cut: Sides, size: tuple[int, int]) -> Grey:
    """Without what is cut off, of this width and height."""
    return np.asarray(
        Image.fromarray(picture).resize(size, Image.Resampling.BOX, _box(picture, cut)), np.float32
    )


def small_rgb(picture: NDArray[np.uint8], cut: Sides, size: tuple[int, int]) -> NDArray[np.float64]:
    made = Image.fromarray(picture).resize(size, Image.Resampling.BOX, _box(picture, cut))
    return np.asarray(made, np.float64)


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row without its mean, of length 1: what two of them have in common is their product."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    made: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return made


def _box(picture: NDArray[np.generic], cut: Sides) -> tuple[float, float, float, float]:
    height, width = picture.shape[:2]
    left, top, right, bottom = cut
    return left * width, top * height, (1 - right) * width, (1 - bottom) * height


def _agreed(
    found: Sequence[tuple[float, int, int, int, int]],
    size: tuple[int, int],
    whole: tuple[int, int],
    *,
    threshold: float,
    least: int,
) -> There | None:
    """Of what was found, that which lies in one place."""
    sure = [each for each in found if each[0] >= threshold]
    if not sure:
        return None
    width, height = whole
    best = max(sure)
    together = [
        each
        for each in sure
        if abs(each[2] - best[2]) <= TOGETHER * height and abs(each[3] - best[3]) <= TOGETHER * width
    ]
    if len(together) < max(least, min(2, len(found))) and len(found) > 1:
        return None
    top, left = (float(np.median([each[axis] for each in together])) for axis in (2, 3))
    cut = (
        left / width,
        top / height,
        max(0.0, 1 - (left + size[0]) / width),
        max(0.0, 1 - (top + size[1]) / height),
    )
    score = float(np.mean([each[0] for each in together])) * len(together) / len(found)
    return There(score, cut, [(each[1], each[4]) for each in together])


def _spread_of(ground: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float64]:
    """Of each place in each picture, how much what is in a window of that size differs from its mean."""
    width, height = size
    sums = []
    for values in (ground.astype(np.float64), ground.astype(np.float64) ** 2):
        added = np.pad(values.cumsum(axis=1).cumsum(axis=2), ((0, 0), (1, 0), (1, 0)))
        sums.append(
            added[:, height:, width:] - added[:, :-height, width:] - added[:, height:, :-width]
            + added[:, :-height, :-width]
        )  # fmt: skip
    variance = np.maximum(sums[1] - sums[0] ** 2 / (width * height), 0)
    least = width * height * 16.0  # what is blank is like nothing
    return np.asarray(np.sqrt(np.maximum(variance, least)))


def _small(picture: Grey, size: tuple[int, int]) -> Grey:
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX), np.float32)


def _fit(shape: tuple[int, ...]) -> tuple[int, int]:
    scale = SIDE / max(shape)
    return max(8, round(shape[0] * scale)), max(8, round(shape[1] * scale))


def _even(value: int) -> int:
    return value + value % 2


def _spread(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(count))
    return [(2 * place + 1) * count // (2 * most) for place in range(most)]
