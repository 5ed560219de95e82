"""Where an object is in each frame: eased paths, in picture heights."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.previz.world.scenes import Scene

FLOOR = 0.31
"""Where objects stand, below the picture's centre."""
_CEILING = -0.4
_STRIDE = 0.44


@dataclass(frozen=True, slots=True)
class Path:
    """Each tensor is [T]: centre, scale, radians, and how far the object is flattened."""

    x: Tensor
    y: Tensor
    scale: Tensor
    angle: Tensor
    squash: Tensor


def path(scene: Scene, *, frames: int) -> Path:
    """The path of a scene's object over `frames` frames."""
    time = torch.linspace(0, 1, frames) if frames > 1 else torch.full((1,), 0.5)
    ease = time * time * (3 - 2 * time)
    zero, one = torch.zeros(frames), torch.ones(frames)
    rest = FLOOR - scene.radius
    x, y, scale, angle, squash = zero + scene.offset, zero + rest, one, zero + scene.tilt, zero
    reach = _STRIDE * scene.travel
    match scene.motion:
        case "left":
            x = scene.offset * 0.5 + reach * (1 - 2 * ease)
        case "right":
            x = scene.offset * 0.5 - reach * (1 - 2 * ease)
        case "up":
            y = rest + ease * (_CEILING + scene.radius - rest)
        case "down":
            y = rest + (1 - ease) * (_CEILING + scene.radius - rest)
        case "turn":
            y = y - 0.1
            angle = scene.tilt + 2 * math.pi * ease
        case "bounce":
            hop = torch.sin(2 * math.pi * time).abs()
            y = rest - 0.3 * scene.travel * hop
            squash = 0.1 * (1 - hop / 0.35).clamp(min=0)
        case "grow":
            scale = 0.45 + 0.85 * ease
            y = FLOOR - scene.radius * scale
        case "still":
            pass
    return Path(x=x, y=y, scale=scale, angle=angle, squash=squash)
