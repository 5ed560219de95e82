"""A small look at a picture, by which pictures are compared: for cuts, and for which frames to keep. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 128, 72  # whatever the picture's own shape: glances are only compared with one another
LUMA_BINS, CHROMA_BINS = 16, 12
BLANK = 0.03  # contrast (standard deviation of luma, of 1) below which there is nothing to see
PIXELS_FULL = 0.25  # a mean difference of pixels that counts as another picture altogether

Planes = NDArray[np.uint8]  # [3, HEIGHT, WIDTH]: luma and both chroma


@dataclass(frozen=True)
class Glance:
    small: NDArray[np.float32]  # [3, HEIGHT / 4, WIDTH / 4], of 1
    histogram: NDArray[np.float32]  # of luma, then of chroma; each adds up to 1/2
    contrast: float  # standard deviation of luma
    sharpness: float  # of edges beside that contrast

    @property
    def blank(self) -> bool:
        """Black, white, or any one colour."""
        return self.contrast < BLANK


def take(planes: Planes) -> Glance:
    luma = planes[0].astype(np.float32) / 255
    small = planes.reshape(3, HEIGHT // 4, 4, WIDTH // 4, 4).mean(axis=(2, 4), dtype=np.float32) / 255
    contrast = float(luma.std())
    edges = 4 * luma[1:-1, 1:-1] - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:]
    sharpness = float(np.abs(edges).mean()) / max(contrast, BLANK)
    return Glance(small, _histogram(planes, small), contrast, sharpness)


def difference(a: Glance, b: Glance) -> float:
    """0 for the same picture to 1 for an altogether different one."""
    return (pixels(a, b) + float(np.abs(a.histogram - b.histogram).sum()) / 2) / 2


def pixels(a: Glance, b: Glance) -> float:
    """The same by place alone: of how the colours are spread it knows nothing."""
    return min(1.0, float(np.abs(a.small - b.small).mean(axis=(1, 2)).sum()) / PIXELS_FULL)


def between(a: Glance, middle: Glance, b: Glance) -> float:
    """How far `middle` is from lying halfway between the others, beside how far these are apart.

    Near 0 in a fade or a dissolve, which blends one picture into another; half or more where things move.
    """
    apart = float(np.abs(a.small - b.small).mean())
    return float(np.abs(middle.small - (a.small + b.small) / 2).mean()) / max(apart, 1e-6)


def _histogram(planes: Planes, small: NDArray[np.float32]) -> NDArray[np.float32]:
    luma = np.bincount((planes[0] >> 4).ravel(), minlength=LUMA_BINS)
    # Chroma lies close to the middle, so its bins are fine there: a quarter to three quarters.
    places = np.clip((small[1:] - 0.25) * 2 * CHROMA_BINS, 0, CHROMA_BINS - 1).astype(np.int64)
    chroma = np.bincount((places[0] * CHROMA_BINS + places[1]).ravel(), minlength=CHROMA_BINS**2)
    counts = np.concatenate([luma / luma.sum(), chroma / chroma.sum()])
    return np.asarray(counts / 2, np.float32)
