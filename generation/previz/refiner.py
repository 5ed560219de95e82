"""A small network that cleans decoded frames: the codec's blocks and ghosts become edges again."""

import torch
from torch import Tensor, nn
from torch.nn import functional

_NEIGHBOURS = 3
"""A frame, the one before and the one after: in this order."""
_AT_ONCE = 8
"""Frames cleaned together; bounds the memory that a long clip takes."""


class Pointwise(nn.Conv2d):
    """A 1x1 convolution that gives the same for any number of threads.

    oneDNN's own rounds differently with another number on processors without AVX-512.
    """

    def forward(self, frames: Tensor) -> Tensor:
        """[N, in, H, W] to [N, out, H, W]"""
        return functional.linear(frames.movedim(1, -1), self.weight.flatten(1), self.bias).movedim(-1, 1)


class Refiner(nn.Module):
    """A two-level U-Net over three neighbouring frames at half resolution; it predicts what to add."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(3 * 4 * _NEIGHBOURS, width, 3, padding=1)
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.down = nn.Conv2d(width, 2 * width, 4, stride=2, padding=1)
        self.low = nn.ModuleList(nn.Conv2d(2 * width, 2 * width, 3, padding=1) for _ in range(4))
        self.up = Pointwise(2 * width, 4 * width, 1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.leave = nn.Conv2d(width, 12, 3, padding=1, bias=False)
        nn.init.zeros_(self.leave.weight)

    def forward(self, frames: Tensor) -> Tensor:
        """Triples of frames [N, 9, H, W] in -1 to 1 to what the first of each lacks [N, 3, H, W]."""
        fine = functional.silu(self.enter(functional.pixel_unshuffle(frames, 2)))
        fine = fine + functional.silu(self.first(fine))
        coarse = functional.silu(self.down(fine))
        for layer in self.low:
            coarse = coarse + functional.silu(layer(coarse))
        fine = fine + functional.pixel_shuffle(self.up(coarse), 2)
        fine = fine + functional.silu(self.second(fine))
        return functional.pixel_shuffle(self.leave(fine), 2)

    @torch.no_grad()
    def refine(self, video: Tensor) -> Tensor:
        """Clean a whole video [B, 3, T, H, W] in -1 to 1."""
        before = torch.cat([video[:, :, :1], video[:, :, :-1]], dim=2)
        after = torch.cat([video[:, :, 1:], video[:, :, -1:]], dim=2)
        near = torch.cat([video, before, after], dim=1).transpose(1, 2).flatten(0, 1)
        added = torch.cat([self(part) for part in near.split(_AT_ONCE)])
        batch, _, frames = video.shape[:3]
        added = added.view(batch, frames, *added.shape[1:]).transpose(1, 2)
        return (video + added).clamp(-1, 1)
