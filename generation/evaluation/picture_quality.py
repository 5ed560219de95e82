"""What an eye sees first in a clip, whatever it shows: blocks, and soft edges. Pure."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from generation.generators.base import Frames

VIEWED = 288
"""Rows in which sharpness is compared: about what a page shows a clip in."""
_STEEPEST = 0.01
_SLIGHT = 0.03
"""Steps beyond this, in 0 to 1, are outlines of things and say no more than this one of blocks."""
MOMENTS = 5
"""Frames of a clip that are looked at for it."""


def blockiness(clip: Frames, *, block: int) -> float:
    """Steps from pixel to pixel across the borders of blocks, against all others: about 1 without blocks.

    What is drawn along a border by chance counts too: divide by the same of a clip without blocks that shows
    the same. `clip` is [T, H, W, 3], `block` the side of the blocks in pixels.
    """
    light = _light(clip)
    on, off = 0.0, 0.0
    for axis in (1, 2):
        steps = np.minimum(np.abs(np.diff(light, axis=axis)), _SLIGHT).mean(axis=(0, 3 - axis))
        border = (np.arange(len(steps)) + 1) % block == 0
        on += float(steps[border].mean())
        off += float(steps[~border].mean())
    return on / off if off else 1.0


def steepness(clip: Frames) -> float:
    """The steps of a clip's steepest hundredth of pixels, in 0 to 1, at the size in which it is viewed."""
    moments = clip[np.linspace(0, len(clip) - 1, min(MOMENTS, len(clip))).round().astype(int)]
    light = torch.from_numpy(_light(moments)).unsqueeze(1)
    high, wide = light.shape[-2:]
    if high != VIEWED:
        size = (VIEWED, round(wide * VIEWED / high))
        light = functional.interpolate(light, size, mode="bicubic", align_corners=False, antialias=True)
    down, across = light.diff(dim=-2)[..., :-1], light.diff(dim=-1)[..., :-1, :]
    steps = torch.hypot(down, across).flatten(1)
    return float(steps.topk(max(1, round(_STEEPEST * steps.shape[1])), dim=1).values.mean())


def _light(clip: Frames) -> NDArray[np.float32]:
    """[T, H, W] in 0 to 1"""
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32) / 255
    return (clip.astype(np.float32) @ weights).astype(np.float32)
