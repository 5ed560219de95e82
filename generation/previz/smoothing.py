"""Decoded clips without what a codec of blocks leaves: steps between blocks, soft outlines, unrest.

Only slight steps are taken for the codec's: an object's outline is a large one, and what moves changes much.
"""

import torch
from torch import Tensor
from torch.nn import functional

_SLIGHT_STEP = 0.16
"""Between two blocks, of values in -1 to 1: up to this a step goes wholly, from twice this on it stays."""
_ALONG = 5
"""Pixels along a border over which a step is averaged: steps of blocks are even."""
_STEEPER = 1.0
_REACH = 8
"""Frames before and after over which what rests is averaged."""
_SLIGHT_CHANGE = 0.04
"""Mean change of a neighbourhood, in -1 to 1, that is the codec's and no motion."""
_NEAR = 7
"""Sides of a neighbourhood in pixels."""


def even_blocks(video: Tensor, *, block: int) -> Tensor:
    """Spread slight steps across the borders of blocks over half a block on each side: [B, 3, T, H, W]."""
    across = _even(video, block=block)
    return _even(across.transpose(-1, -2), block=block).transpose(-1, -2)


def _even(video: Tensor, *, block: int) -> Tensor:
    """The same, across vertical borders alone."""
    columns = video.shape[-1] // block
    if columns < 2:
        return video
    cut = video.unflatten(-1, (columns, block))
    left, right = cut[..., :-1, :], cut[..., 1:, :]
    slope = (left[..., -1] - left[..., -2] + right[..., 1] - right[..., 0]) / 2
    step = right[..., 0] - left[..., -1] - slope
    # Along the border, rows are the last axis but one: [..., H, columns - 1].
    flat = step.transpose(-1, -2).flatten(0, -2).unsqueeze(1)
    evened = functional.avg_pool1d(flat, _ALONG, 1, _ALONG // 2, count_include_pad=False)
    step = evened.view(*step.shape[:-2], step.shape[-1], step.shape[-2]).transpose(-1, -2)
    slight = (2 - step.abs() / _SLIGHT_STEP).clamp(0, 1)
    half = block // 2
    ramp = (1 - (torch.arange(half, device=video.device) + 0.5) / half) / 2
    moved = (step * slight).unsqueeze(-1) * ramp
    found = cut.clone()
    found[..., :-1, block - half :] += moved.flip(-1)
    found[..., 1:, :half] -= moved
    whole: Tensor = found.flatten(-2)
    return whole


def sharpen(video: Tensor) -> Tensor:
    """Steeper outlines, without halos: nothing becomes brighter or darker than what is beside it."""
    frames = video.transpose(1, 2).flatten(0, 1)
    weights = torch.tensor([0.25, 0.5, 0.25], device=video.device)
    kernel = (weights.view(-1, 1) * weights).expand(frames.shape[1], 1, 3, 3)
    wide = functional.pad(frames, (1, 1, 1, 1), mode="replicate")
    soft = functional.conv2d(wide, kernel, groups=frames.shape[1])
    brightest, darkest = functional.max_pool2d(wide, 3, 1), -functional.max_pool2d(-wide, 3, 1)
    steeper = torch.minimum(torch.maximum(frames + _STEEPER * (frames - soft), darkest), brightest)
    clips: Tensor = steeper.unflatten(0, (len(video), -1)).transpose(1, 2)
    return clips


def rest(video: Tensor, *, loops: bool = False) -> Tensor:
    """What hardly changes from frame to frame becomes the mean of its frames: [B, 3, T, H, W].

    In a clip that `loops` the last frames are beside the first.
    """
    frames = video.shape[2]
    if loops and frames > _REACH:
        around = torch.cat([video[:, :, -_REACH:], video, video[:, :, :_REACH]], dim=2)
        return rest(around)[:, :, _REACH : _REACH + frames]
    total, weights = video.clone(), torch.ones_like(video[:, :1])
    for offset in range(1, min(_REACH, frames - 1) + 1):
        first, second = video[:, :, :-offset], video[:, :, offset:]
        change = (first - second).abs().mean(1).flatten(0, 1).unsqueeze(1)
        near = functional.avg_pool2d(change, _NEAR, 1, _NEAR // 2, count_include_pad=False)
        alike = torch.exp(-(near / _SLIGHT_CHANGE).square()).view(len(video), 1, -1, *video.shape[3:])
        total[:, :, :-offset] += alike * second
        total[:, :, offset:] += alike * first
        weights[:, :, :-offset] += alike
        weights[:, :, offset:] += alike
    return total / weights
