"""A convolutional decoder: what the linear codec says of a clip, as a picture twice as large.

The codec thinks in blocks and tells each alone. The decoder looks across their borders, and across time as
far as the blocks before and after, so that edges meet and what rests does not flicker. It begins with frames
that the codec has cleaned, so that without any training it is as good as that.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from dam.core import dtypes
from generation.previz.refiner import Pointwise

OFFSETS = (0, -1, 1, -4, 4, -8, 8)
"""The frames that are looked at for one frame, itself first."""
ENLARGES = 2
BLOCK = 16
"""Pictures are cut on this lattice: within it the decoder knows where it is."""
_FOLD = 2
_STEP = 0.25
"""What is added is small. Without this, the last layer would learn too fast for the rest."""
_AT_ONCE = 7
"""Frames decoded together; bounds the memory that a long clip takes."""


class Decoder(nn.Module):
    """A U-Net of three levels. It predicts what a smoothly enlarged frame lacks."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.enter = nn.Conv2d(3 * _FOLD**2 * len(OFFSETS), fine, 3, padding=1)
        self.place = nn.Parameter(torch.zeros(fine, BLOCK // _FOLD, BLOCK // _FOLD))
        self.before = _layers(fine, 2)
        self.down = nn.Conv2d(fine, middle, 4, stride=2, padding=1)
        self.middle_before = _layers(middle, 2)
        self.down_again = nn.Conv2d(middle, coarse, 4, stride=2, padding=1)
        self.low = _layers(coarse, 4)
        self.up_again = Pointwise(coarse, 4 * middle, 1)
        self.middle_after = _layers(middle, 2)
        self.up = Pointwise(middle, 4 * fine, 1)
        self.after = _layers(fine, 2)
        self.leave = nn.Conv2d(fine, 3 * (_FOLD * ENLARGES) ** 2, 3, padding=1, bias=False)
        nn.init.zeros_(self.leave.weight)

    def forward(self, near: Tensor) -> Tensor:
        """Refined frames beside plain ones around them [N, 3 * offsets, H, W] in -1 to 1 to [N, 3, 2H, 2W].

        H and W are multiples of 16.
        """
        folded = functional.pixel_unshuffle(near, _FOLD).to(memory_format=torch.channels_last)
        rows, columns = (n // self.place.shape[-1] for n in folded.shape[2:])
        fine = _through(self.before, self.enter(folded) + self.place.repeat(1, rows, columns))
        middle = _through(self.middle_before, self.down(fine))
        coarse = _through(self.low, self.down_again(middle))
        middle = _through(self.middle_after, middle + functional.pixel_shuffle(self.up_again(coarse), 2))
        fine = _through(self.after, fine + functional.pixel_shuffle(self.up(middle), 2))
        lacking = functional.pixel_shuffle(self.leave(functional.silu(fine)), _FOLD * ENLARGES)
        found: Tensor = enlarged(near[:, :3]) + _STEP * lacking.float()
        return found

    @torch.no_grad()
    def decode(self, video: Tensor, refined: Tensor, *, loops: bool = False) -> Tensor:
        """A whole video [B, 3, T, H, W] in -1 to 1, plain and refined, enlarged: [B, 3, T, 2H, 2W].

        In a video that `loops` the last frames are beside the first.
        """
        return torch.stack([self._clip(*clip, loops=loops) for clip in zip(video, refined, strict=True)])

    def _clip(self, clip: Tensor, refined: Tensor, *, loops: bool) -> Tensor:
        """[3, T, H, W] to [3, T, 2H, 2W]"""
        frames = clip.shape[1]
        found = []
        with dtypes.autocast(clip.device):
            for first in range(0, frames, _AT_ONCE):
                times = range(first, min(first + _AT_ONCE, frames))
                found.append(
                    self(around(clip, times, refined[:, first : times.stop], loops=loops)).clamp(-1, 1)
                )
        return torch.cat(found).transpose(0, 1)


def enlarged(frames: Tensor) -> Tensor:
    """[N, 3, H, W] to [N, 3, 2H, 2W], smoothly."""
    return functional.interpolate(frames.float(), scale_factor=ENLARGES, mode="bicubic", align_corners=False)


def around(clip: Tensor, times: Sequence[int], refined: Tensor, *, loops: bool = False) -> Tensor:
    """Refined frames [3, N, H, W] beside their neighbours in a clip [3, T, H, W]: [N, 3 * offsets, H, W]."""
    frames = clip.shape[1]
    beside = [
        [(time + offset) % frames if loops else min(max(time + offset, 0), frames - 1) for time in times]
        for offset in OFFSETS[1:]
    ]
    near = torch.cat([refined, *(clip[:, places] for places in beside)])
    return near.transpose(0, 1)


def _layers(width: int, many: int) -> nn.ModuleList:
    return nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(many))


def _through(layers: nn.ModuleList, values: Tensor) -> Tensor:
    for layer in layers:
        values = values + layer(functional.silu(values))
    return values
