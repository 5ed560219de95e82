"""Pictures to learn from: single frames of rendered scenes, worn as real ones are."""

import math
import random
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz.world import rendering
from generation.previz.world.scenes import Scene

MEAN = (0.5, 0.5, 0.5)
STD = (0.25, 0.25, 0.25)
# Widths in heights. The encoder squeezes every picture to a square.
_ASPECTS = (16 / 9, 4 / 3, 16 / 9, 1.0)


def frames(scenes: Sequence[Scene], chance: random.Random, *, each: int, size: int) -> Tensor:
    """`each` frames of every scene, one after the other: [N * each, 3, size, size], normalised.

    Four groups are drawn and worn each its own way, so that a batch is as varied as all batches are:
    its statistics are then those that the finished model normalises by.
    """
    share = math.ceil(len(scenes) / len(_ASPECTS))
    groups = [
        _group(scenes[place * share : (place + 1) * share], chance, each=each, size=size, aspect=aspect)
        for place, aspect in enumerate(_ASPECTS)
        if scenes[place * share :]
    ]
    return normalise(torch.cat(groups))


def _group(scenes: Sequence[Scene], chance: random.Random, *, each: int, size: int, aspect: float) -> Tensor:
    steps = chance.randint(max(2, each), 5)
    clips = rendering.render(scenes, frames=steps, height=size, width=round(size * aspect))
    taken = torch.stack([clip[sorted(chance.sample(range(steps), each))] for clip in clips])
    return _wear(taken.flatten(0, 1).permute(0, 3, 1, 2).float() / 255, chance, size=size)


def _wear(pictures: Tensor, chance: random.Random, *, size: int) -> Tensor:
    """Crop, mirror, blur, tint and add grain, one way for all; then squeeze to a square."""
    _, _, height, width = pictures.shape
    share = chance.uniform(0.86, 1.0)
    rows, columns = int(height * share), int(width * share)
    top, left = chance.randint(0, height - rows), chance.randint(0, width - columns)
    pictures = pictures[:, :, top : top + rows, left : left + columns]
    if chance.random() < 0.5:
        pictures = pictures.flip(-1)
    if chance.random() < 0.35:  # as soft as a small generator's clips
        pictures = _resized(pictures, round(size * chance.uniform(0.5, 0.8)))
    pictures = _resized(pictures, size)
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
