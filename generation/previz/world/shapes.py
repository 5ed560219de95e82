"""Signed distance fields of the objects, and how far their edges are rounded.

Coordinates are the object's own: it is two units high, y points up, negative distances lie inside.
Formulas for star, heart and vesica follow https://iquilezles.org/articles/distfunctions2d/ (MIT).
"""

from collections.abc import Callable

import torch
from torch import Tensor

Field = Callable[[Tensor, Tensor], Tensor]


def _box(x: Tensor, y: Tensor, *, half_width: float, half_height: float, corner: float) -> Tensor:
    outside_x = x.abs() - (half_width - corner)
    outside_y = y.abs() - (half_height - corner)
    outside = torch.hypot(outside_x.clamp(min=0), outside_y.clamp(min=0))
    return outside + torch.maximum(outside_x, outside_y).clamp(max=0) - corner


def _ball(x: Tensor, y: Tensor) -> Tensor:
    return torch.hypot(x, y) - 1


def _cube(x: Tensor, y: Tensor) -> Tensor:
    """A cube seen from a corner: its outline is a hexagon that stands on a point."""
    side, slant = x.abs(), 0.866 * y.abs() + 0.5 * x.abs()
    return torch.maximum(side, slant) - 0.866


def _bottle(x: Tensor, y: Tensor) -> Tensor:
    body = _box(x, y + 0.36, half_width=0.42, half_height=0.64, corner=0.14)
    neck = _box(x, y - 0.5, half_width=0.15, half_height=0.5, corner=0.05)
    blend = (0.5 + 0.5 * (neck - body) / 0.16).clamp(0, 1)
    return torch.lerp(neck, body, blend) - 0.16 * blend * (1 - blend)


def _can(x: Tensor, y: Tensor) -> Tensor:
    return _box(x, y, half_width=0.6, half_height=1.0, corner=0.14)


def _star(x: Tensor, y: Tensor) -> Tensor:
    k1x, k1y = 0.809016994375, -0.587785252292
    x = x.abs()
    along = 2 * (k1x * x + k1y * y).clamp(min=0)
    x, y = x - along * k1x, y - along * k1y
    along = 2 * (-k1x * x + k1y * y).clamp(min=0)
    x, y = x + along * k1x, y - along * k1y
    x, y = x.abs(), y - 1.0
    arm_x, arm_y = 0.5 * -k1y, 0.5 * k1x - 1
    reach = ((x * arm_x + y * arm_y) / (arm_x**2 + arm_y**2)).clamp(0, 1)
    return torch.hypot(x - arm_x * reach, y - arm_y * reach) * torch.sign(y * arm_x - x * arm_y)


def _heart(x: Tensor, y: Tensor) -> Tensor:
    x, y = x.abs() * 0.56, y * 0.56 + 0.54
    lobe = torch.hypot(x - 0.25, y - 0.75) - 0.35355
    along = 0.5 * (x + y).clamp(min=0)
    tip = torch.minimum(torch.hypot(x, y - 1), torch.hypot(x - along, y - along)) * torch.sign(x - y)
    return torch.where(x + y > 1, lobe, tip) / 0.56


def _ring(x: Tensor, y: Tensor) -> Tensor:
    return (torch.hypot(x, y) - 0.7).abs() - 0.3


def _leaf(x: Tensor, y: Tensor) -> Tensor:
    x, y = 0.866 * x - 0.5 * y, 0.5 * x + 0.866 * y
    blade = torch.hypot(x.abs() + 0.62, y - 0.1) - 1.12
    stem = _box(x, y + 0.95, half_width=0.055, half_height=0.28, corner=0.05)
    return torch.minimum(blade, stem)


FIELDS: dict[str, Field] = {
    "ball": _ball,
    "cube": _cube,
    "bottle": _bottle,
    "can": _can,
    "star": _star,
    "heart": _heart,
    "ring": _ring,
    "leaf": _leaf,
}

BEVELS: dict[str, float] = {
    "ball": 1.0,
    "cube": 0.1,
    "bottle": 0.42,
    "can": 0.6,
    "star": 0.45,
    "heart": 0.6,
    "ring": 0.3,
    "leaf": 0.4,
}
"""How deep inside the outline a shape has become flat, in its own units."""


def decoration(shape: str, x: Tensor, y: Tensor) -> Tensor:
    """Where a shape wears its second tone, 0 to 1: so that turning shows on round things too."""
    edge = 14.0
    if shape == "ball":
        return ((0.26 - (y - 0.1 * x).abs()) * edge).clamp(0, 1)
    if shape == "ring":
        turn = torch.atan2(y, x)
        return ((torch.cos(3 * turn) - 0.35) * 6).clamp(0, 1)
    if shape == "bottle":
        label = torch.minimum(0.24 - (y + 0.4).abs(), 0.5 - x.abs())
        return (torch.maximum(label, y - 0.82) * edge).clamp(0, 1)
    if shape == "can":
        return (torch.maximum(0.3 - y.abs(), y.abs() - 0.84) * edge).clamp(0, 1)
    if shape == "leaf":
        across = (0.866 * x - 0.5 * y).abs()
        return ((0.05 - across) * edge * 1.5).clamp(0, 1)
    return torch.zeros_like(x)


def facing(x: Tensor, y: Tensor) -> Tensor:
    """How bright each face of the cube is: top, left and right."""
    top = ((y - 0.577 * x.abs()) * 20 + 0.5).clamp(0, 1)
    left = (0.5 - x * 20).clamp(0, 1)
    return top * 1.08 + (1 - top) * (0.82 * left + 0.56 * (1 - left))
