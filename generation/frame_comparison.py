"""How alike two clips of one request are: the hash of their frames, and figures of their pictures. Pure."""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

# What every frame must reach to look the same; what people can tell apart side by side begins below.
SAME_PSNR = 40.0  # dB
SAME_SSIM = 0.98
BLOCK = 8  # pixels: the side of the windows of SSIM
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # BT.709


class Outcome(StrEnum):
    """What a reproduction found."""

    IDENTICAL = "identical"
    SAME = "same"  # to the eye
    DIFFERENT = "different"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Figures:
    """How two clips compare. Without any differing frame `psnr` is None, for it is infinite."""

    frames: int  # of the longer one
    differing: int
    psnr: float | None  # dB, of the worst frame that both have
    ssim: float | None  # -1 to 1, of the worst frame that both have; 1 is alike
    longer: int = 0  # by how many frames the clips' lengths differ

    @property
    def look_the_same(self) -> bool:
        if self.longer:
            return False
        return self.differing == 0 or (
            self.psnr is not None
            and self.ssim is not None
            and self.psnr >= SAME_PSNR
            and self.ssim >= SAME_SSIM
        )


def digest(frames: NDArray[np.uint8]) -> str:
    """SHA-256 in hex over the bytes of frames [T, H, W, 3], frame by frame, row by row."""
    whole = hashlib.sha256()
    for frame in frames:
        whole.update(np.ascontiguousarray(frame).data)
    return whole.hexdigest()


def compare(then: Iterable[NDArray[np.uint8]], now: Iterable[NDArray[np.uint8]]) -> Figures:
    """Compare two clips frame by frame, [H, W, 3] each; holds two frames at a time."""
    frames = differing = longer = 0
    worst_psnr: float | None = None
    worst_ssim: float | None = None
    for one, other in zip_longest(then, now):
        frames += 1
        if one is None or other is None:
            longer += 1
            differing += 1
        elif one.shape != other.shape:
            raise ValueError(f"Frames of {one.shape} can't be compared with ones of {other.shape}.")
        elif np.array_equal(one, other):
            worst_ssim = 1.0 if worst_ssim is None else worst_ssim
        else:
            differing += 1
            worst_psnr = min(_psnr(one, other), worst_psnr or math.inf)
            ssim = _ssim(one, other)
            worst_ssim = ssim if worst_ssim is None else min(worst_ssim, ssim)
    return Figures(
        frames=frames,
        differing=differing,
        psnr=None if worst_psnr is None else round(worst_psnr, 2),
        ssim=None if worst_ssim is None else round(worst_ssim, 5),
        longer=longer,
    )


def judge(*, sha256_then: str, sha256_now: str, figures: Figures) -> Outcome:
    """What to call it. `sha256_then` is empty for a take whose frames' hash was not kept.

    The hashes are of the frames before encoding, the figures of the pictures in the files. Where a clip's
    file shows something else than what was recorded, the recorded hash doesn't save it.
    """
    if not figures.look_the_same:
        return Outcome.DIFFERENT
    exact = sha256_then == sha256_now if sha256_then else figures.differing == 0
    return Outcome.IDENTICAL if exact else Outcome.SAME


def _psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Peak signal-to-noise ratio in dB, over all three colours, of frames that differ."""
    error = float(np.mean((one.astype(np.float32) - other) ** 2, dtype=np.float64))
    return 10 * math.log10(255**2 / error)


def _ssim(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean structural similarity of luma over windows of 8×8 pixels that don't overlap."""
    a, b = _windows(one), _windows(other)
    mean_a, mean_b = a.mean(-1), b.mean(-1)
    var_a, var_b = a.var(-1), b.var(-1)
    both = ((a - mean_a[:, None]) * (b - mean_b[:, None])).mean(-1)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = ((2 * mean_a * mean_b + c1) * (2 * both + c2)) / (
        (mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)
    )
    return float(values.mean())


def _windows(frame: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Luma [H, W] as windows [n, 64]; rows and columns that fill no window are left out."""
    luma = (frame.astype(np.float32) @ _LUMA).astype(np.float64)
    if min(luma.shape) < BLOCK:
        return luma.reshape(1, -1)
    height, width = (side // BLOCK * BLOCK for side in luma.shape)
    blocks = luma[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).swapaxes(1, 2)
    return blocks.reshape(-1, BLOCK * BLOCK)
