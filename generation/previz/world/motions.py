"""Where objects and camera are in each frame: eased paths, in shorter sides of the picture."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.previz.world.scenes import Scene

FLOOR = 0.31
"""Where objects stand, below the picture's centre."""
_CEILING = -0.42
_STRIDE = 0.5
_HOPS = 3
PAN, TILT, ZOOM = 0.26, 0.18, 1.35
"""How far the camera goes in one clip, and how much closer."""


@dataclass(frozen=True, slots=True)
class Path:
    """Each tensor is [T]: centre, scale, radians in the picture and about the upright axis, how far the
    object is flattened, and how far the pouring has come (0 to 1)."""

    x: Tensor
    y: Tensor
    scale: Tensor
    angle: Tensor
    yaw: Tensor
    squash: Tensor
    pouring: Tensor


@dataclass(frozen=True, slots=True)
class Camera:
    """Each tensor is [T]: where the camera looks, and how large things become."""

    x: Tensor
    y: Tensor
    zoom: Tensor


def path(scene: Scene, *, frames: int, member: int = 0, half_width: float = 0.89) -> Path:
    """The path of a scene's object number `member` over `frames` frames, in a picture so wide."""
    time = _time(frames)
    ease = time * time * (3 - 2 * time)
    zero, one = torch.zeros(frames), torch.ones(frames)
    gap = min(scene.radius * 2.3, (half_width - scene.radius) * 2 / max(1, scene.objects - 1))
    aside = scene.offset + (member - (scene.objects - 1) / 2) * gap
    rest = FLOOR - scene.radius
    x, y, scale, squash, pouring = zero + aside, zero + rest, one, zero, zero
    angle, yaw = zero + scene.tilt, zero + scene.yaw
    room = half_width - scene.radius * 0.7 - gap * (scene.objects - 1) / 2
    reach = min(_STRIDE * scene.travel, max(0.1, room))
    match scene.motion:
        case "left" | "bounce left":
            x = aside - scene.offset * 0.5 + reach * (1 - 2 * ease)
        case "right" | "bounce right":
            x = aside - scene.offset * 0.5 - reach * (1 - 2 * ease)
        case "up":
            y = rest + ease * (_CEILING + scene.radius - rest)
        case "down":
            y = rest + (1 - time.pow(1.7)) * (_CEILING + scene.radius - rest)
        case "turn":
            yaw = scene.yaw + 2 * math.pi * time
        case "orbit":
            round_ = 2 * math.pi * time
            scale = 1 + 0.2 * torch.cos(round_)
            x = aside + min(0.42, half_width - scene.radius) * scene.travel * torch.sin(round_)
            y = FLOOR - scene.radius * scale - 0.07 + 0.05 * torch.cos(round_)
        case "grow":
            scale = 0.45 + 0.85 * ease
            y = FLOOR - scene.radius * scale
        case "pour":
            pouring = ((time - 0.3) / 0.7).clamp(0, 1)
            angle = scene.tilt - 1.95 * _smooth(time / 0.38)
            y = y - 0.22
            x = x + scene.radius * 0.6
        case "still" | "bounce":
            pass
    if scene.motion.startswith("bounce"):
        hop = torch.sin(_HOPS * math.pi * time).abs()
        y = rest - 0.27 * scene.travel * hop
        squash = 0.1 * (1 - hop / 0.35).clamp(min=0)
    return Path(x=x, y=y, scale=scale, angle=angle, yaw=yaw, squash=squash, pouring=pouring)


def camera(scene: Scene, *, frames: int) -> Camera:
    """Where the camera of a scene looks. Panning left, what is seen moves to the right."""
    ease = _smooth(_time(frames))
    zero, one = torch.zeros(frames), torch.ones(frames)
    middle = ease - 0.5
    match scene.camera:
        case "pan left":
            return Camera(x=-PAN * middle, y=zero, zoom=one)
        case "pan right":
            return Camera(x=PAN * middle, y=zero, zoom=one)
        case "tilt up":
            return Camera(x=zero, y=-TILT * middle, zoom=one)
        case "tilt down":
            return Camera(x=zero, y=TILT * middle, zoom=one)
        case "zoom in":
            return Camera(x=zero, y=zero, zoom=ZOOM**ease)
        case "zoom out":
            return Camera(x=zero, y=zero, zoom=ZOOM ** (1 - ease))
    return Camera(x=zero, y=zero, zoom=one)


def boxes(scene: Scene, *, frames: int, half_width: float = 0.89) -> Tensor:
    """Where objects are seen [objects, T, 4]: left, top, right, bottom, in shorter sides from the middle."""
    seen = camera(scene, frames=frames)
    found = []
    for member in range(scene.objects):
        way = path(scene, frames=frames, member=member, half_width=half_width)
        x, y, radius = way.x - seen.x, way.y - seen.y, scene.radius * way.scale
        found.append(torch.stack([x - radius, y - radius, x + radius, y + radius], dim=-1))
    return torch.stack(found) * seen.zoom.view(-1, 1) if found else torch.zeros(0, frames, 4)


def _time(frames: int) -> Tensor:
    return torch.linspace(0, 1, frames) if frames > 1 else torch.full((1,), 0.5)


def _smooth(time: Tensor) -> Tensor:
    time = time.clamp(0, 1)
    return time * time * (3 - 2 * time)
