"""Pictures to learn from: single frames of rendered scenes, worn as real ones are."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz.clip import phrases
from generation.previz.world import rendering
from generation.previz.world.scenes import Scene

MEAN = (0.5, 0.5, 0.5)
STD = (0.25, 0.25, 0.25)
# Widths in heights. The encoder squeezes every picture to a square.
_ASPECTS = (16 / 9, 1.0, 16 / 9, 9 / 16)
_NEAR = (phrases.NEAR + 0.01, 0.42)
"""Half the height of a near object, in shorter sides of the picture."""
_SOFT_SHARE, _BLOCKY_SHARE = 0.5, 0.25
_BLOCKS = (16, 9)
"""The bundled generator draws in blocks of 16 pixels: how many lie side by side, and above each other."""


def nearer(scene: Scene, chance: random.Random) -> Scene:
    """The same scene with its one object as large as fits, which shows best what it is and hides its size."""
    return replace(scene, radius=chance.uniform(*_NEAR)) if scene.objects == 1 else scene


def frames(scenes: Sequence[Scene], chance: random.Random, *, each: int, size: int) -> Tensor:
    """`each` frames of every scene, one after the other: [N * each, 3, size, size], normalised.

    Four groups are drawn, each in its own shape of picture, and every picture is worn in its own way: a
    batch is as varied as all batches are, and its statistics are those that the finished model normalises by.
    `chance` and torch's own generator decide.
    """
    share = math.ceil(len(scenes) / len(_ASPECTS))
    groups = [
        _group(scenes[place * share : (place + 1) * share], chance, each=each, size=size, aspect=aspect)
        for place, aspect in enumerate(_ASPECTS)
        if scenes[place * share :]
    ]
    return normalise(torch.cat(groups))


def _group(scenes: Sequence[Scene], chance: random.Random, *, each: int, size: int, aspect: float) -> Tensor:
    steps = chance.randint(max(2, each), 4)
    height, width = round(size / min(aspect, 1)), round(size * max(aspect, 1))
    clips = rendering.render(scenes, frames=steps, height=height, width=width)
    taken = torch.stack([clip[sorted(chance.sample(range(steps), each))] for clip in clips])
    pictures = taken.flatten(0, 1).permute(0, 3, 1, 2).float() / 255
    return wear(_cropped(pictures, chance, size=size), chance, tall=aspect < 1)


def _cropped(pictures: Tensor, chance: random.Random, *, size: int) -> Tensor:
    _, _, height, width = pictures.shape
    share = chance.uniform(0.86, 1.0)
    rows, columns = int(height * share), int(width * share)
    top, left = chance.randint(0, height - rows), chance.randint(0, width - columns)
    return _resized(pictures[:, :, top : top + rows, left : left + columns], (size, size))


def wear(pictures: Tensor, chance: random.Random, *, tall: bool = False) -> Tensor:
    """Mirror, soften, tint and add blocks and grain, each picture its own way: [N, 3, S, S] in 0 to 1."""
    count, _, size, _ = pictures.shape
    pictures = torch.where(_some(count, 0.5), pictures.flip(-1), pictures)
    # As soft as a small generator's clips.
    fine = round(size * chance.uniform(0.35, 0.8))
    soft = _resized(_resized(pictures, (fine, fine)), (size, size))
    pictures = torch.where(_some(count, _SOFT_SHARE), soft, pictures)
    across, down = reversed(_BLOCKS) if tall else _BLOCKS
    blocks = functional.adaptive_avg_pool2d(pictures, (down, across))
    unlike = functional.interpolate(blocks, size=(size, size)) - pictures
    noise = functional.interpolate(torch.randn_like(blocks), size=(size, size))
    blocky = pictures + chance.uniform(0, 0.4) * unlike + 0.04 * chance.random() * noise
    pictures = torch.where(_some(count, _BLOCKY_SHARE), blocky, pictures)
    gain = (0.9 + 0.2 * torch.rand(count, 3, 1, 1)) * (0.9 + 0.2 * torch.rand(count, 1, 1, 1))
    return (pictures * gain + 0.02 * chance.random() * torch.randn_like(pictures)).clamp(0, 1)


def normalise(pictures: Tensor) -> Tensor:
    return (pictures - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


def _some(count: int, share: float) -> Tensor:
    """Which pictures it befalls: [N, 1, 1, 1]."""
    return torch.rand(count, 1, 1, 1) < share


def _resized(pictures: Tensor, size: tuple[int, int]) -> Tensor:
    return functional.interpolate(pictures, size=size, mode="bilinear", antialias=True, align_corners=False)
