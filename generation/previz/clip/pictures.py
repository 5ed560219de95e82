"""Pictures to learn from: single frames of rendered scenes, worn as real ones are."""

import random
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz.world import rendering
from generation.previz.world.scenes import Scene

SIZE = 96
MEAN = (0.5, 0.5, 0.5)
STD = (0.25, 0.25, 0.25)
# Widths at a height of 96: square to 16:9. The encoder squeezes every picture to a square.
_WIDTHS = (96, 128, 171, 171)


def frames(scenes: Sequence[Scene], chance: random.Random, *, each: int) -> Tensor:
    """`each` frames of every scene, one after the other: [N * each, 3, SIZE, SIZE], normalised."""
    steps = chance.randint(max(2, each), 5)
    clips = rendering.render(scenes, frames=steps, height=SIZE, width=chance.choice(_WIDTHS))
    taken = torch.stack([clip[sorted(chance.sample(range(steps), each))] for clip in clips])
    pictures = taken.flatten(0, 1).permute(0, 3, 1, 2).float() / 255
    return normalise(wear(pictures, chance))


def wear(pictures: Tensor, chance: random.Random) -> Tensor:
    """Crop, mirror, blur, tint and add grain, one way for the batch; then squeeze to a square."""
    _, _, height, width = pictures.shape
    share = chance.uniform(0.86, 1.0)
    rows, columns = int(height * share), int(width * share)
    top, left = chance.randint(0, height - rows), chance.randint(0, width - columns)
    pictures = pictures[:, :, top : top + rows, left : left + columns]
    if chance.random() < 0.5:
        pictures = pictures.flip(-1)
    if chance.random() < 0.35:  # as soft as a small generator's clips
        small = chance.randint(36, 72)
        pictures = _resized(pictures, small)
    pictures = _resized(pictures, SIZE)
    gain = torch.tensor([chance.uniform(0.9, 1.1) for _ in range(3)]).view(1, 3, 1, 1) * chance.uniform(
        0.9, 1.1
    )
    return (pictures * gain + 0.02 * chance.random() * torch.randn_like(pictures)).clamp(0, 1)


def normalise(pictures: Tensor) -> Tensor:
    return (pictures - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


def _resized(pictures: Tensor, size: int) -> Tensor:
    return functional.interpolate(
        pictures, size=(size, size), mode="bilinear", antialias=True, align_corners=False
    )
