"""Wan's transformer, told where in the picture and in the clip each patch is.

Wan's own knows where patches are from each other (rotary embedding) and nothing else: of a clip that is still
all noise it cannot say which patch is the sky's and which the floor's but from traces at the picture's edges.
Large models learn to read those; a small one spends its training on it. So patches get their place as well.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from generation.diffusers_compat import diffusers

# diffusers loads a class of another library if that class's module knows the loader by this very name.
ModelMixin: Any = diffusers.ModelMixin
_Transformer: Any = diffusers.WanTransformer3DModel
_OCTAVES = 6
_CLIP = 7
"""Latent frames of a usual clip."""
_STRIDE = 1.17
"""How far things go in a clip that cross the picture, in shorter sides: one, from the first frame's middle to
the last one's."""
_MEASURES = 7


@dataclass(frozen=True, slots=True)
class Shown:
    """What part of a clip is shown: to each of a batch its own [N, ...], or to all the same [1, ...]."""

    times: Tensor
    """Latent frames [N, T]."""
    top: Tensor
    left: Tensor
    """The first row and column [N], in patches."""
    rows: int
    columns: int
    """Of the whole picture, in patches."""


class PlacedPatches(nn.Conv3d):
    """Wan's patch embedding [B, C, T, H, W] to [B, d, T, h, w], plus an embedding of each patch's place.

    A place is the latent frame, how far right of and down from the picture's centre it is, in shorter sides,
    and where that is for someone who crosses the picture, in each of four directions. Without the last a
    thing that moves left and one that moves right are told apart by time, place and word together alone,
    which no two of the three give a hint of.
    """

    def __init__(self, channels: int, width: int, patch: Sequence[int]) -> None:
        frames, rows, columns = patch
        super().__init__(channels, width, (frames, rows, columns), (frames, rows, columns))
        self.place = nn.Sequential(
            nn.Linear(_MEASURES * 2 * _OCTAVES, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.shown: Shown | None = None
        """What is shown; None for whole clips."""

    def forward(self, latents: Tensor) -> Tensor:
        patches = super().forward(latents)
        frames, rows, columns = patches.shape[2:]
        shown = self.shown or Shown(
            times=torch.arange(frames).view(1, -1),
            top=torch.zeros(1),
            left=torch.zeros(1),
            rows=rows,
            columns=columns,
        )
        device = patches.device
        top, left, times = (t.to(device) for t in (shown.top, shown.left, shown.times))
        shorter = min(shown.rows, shown.columns)
        down = (top.view(-1, 1) + torch.arange(rows, device=device) + 0.5 - shown.rows / 2) / shorter
        right = (left.view(-1, 1) + torch.arange(columns, device=device) + 0.5 - shown.columns / 2) / shorter
        when = (times / _CLIP)[:, :, None, None]
        crossing = (when - 0.5 + 0.5 / _CLIP) * _STRIDE
        down, right = down[:, None, :, None], right[:, None, None]
        measures = (when, down, right, down - crossing, down + crossing, right - crossing, right + crossing)
        known = torch.cat([_waves(m).expand(-1, frames, rows, columns, -1) for m in measures], dim=-1)
        placed: Tensor = self.place(known.to(self.weight.dtype))
        return patches + placed.permute(0, 4, 1, 2, 3)


def _waves(values: Tensor) -> Tensor:
    """[..., 2 * _OCTAVES] of values that are about 1 at most."""
    angles = values.unsqueeze(-1) * math.pi * 2.0 ** torch.arange(_OCTAVES, device=values.device)
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


class PlacedTransformer(_Transformer):  # type: ignore[misc]
    """WanTransformer3DModel with `PlacedPatches`; takes and keeps the same settings."""

    @functools.wraps(_Transformer.__init__)  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.config
        self.patch_embedding = PlacedPatches(
            known.in_channels, known.num_attention_heads * known.attention_head_dim, known.patch_size
        )
