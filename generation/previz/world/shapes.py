"""Signed distance fields of the objects, how far their edges are rounded, and what is painted on them.

Coordinates are the object's own: it is two units high, y points up, negative distances lie inside. `yaw` is
how far it is turned about its upright axis, in radians: flat things grow narrow and show their back, boxes
show two sides, and of round things only what is painted on them moves. Distances need not be exact where
`yaw` or unions bend them: rendering divides by their slope. Formulas for star, heart and trapezoid follow
https://iquilezles.org/articles/distfunctions2d/ (MIT).
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

Field = Callable[[Tensor, Tensor, Tensor], Tensor]
_THICKNESS = 0.16


def _box(x: Tensor, y: Tensor, *, half_width: float, half_height: float, corner: float) -> Tensor:
    return _rounded(x, y, half_width=half_width - corner, half_height=half_height - corner) - corner


def _rounded(x: Tensor, y: Tensor, *, half_width: Tensor | float, half_height: float) -> Tensor:
    outside_x, outside_y = x.abs() - half_width, y.abs() - half_height
    outside = torch.hypot(outside_x.clamp(min=0), outside_y.clamp(min=0))
    return outside + torch.maximum(outside_x, outside_y).clamp(max=0)


def _ellipse(x: Tensor, y: Tensor, across: float, up: float) -> Tensor:
    return (torch.hypot(x / across, y / up) - 1) * min(across, up)


def _join(one: Tensor, other: Tensor, soft: float) -> Tensor:
    """The union of two fields with a fillet of so many units."""
    blend = (0.5 + 0.5 * (other - one) / soft).clamp(0, 1)
    return torch.lerp(other, one, blend) - soft * blend * (1 - blend)


def _flat(x: Tensor, yaw: Tensor) -> Tensor:
    """Where on a flat thing a ray at x lands, when it is turned by `yaw`."""
    side = torch.cos(yaw)
    return x / torch.where(side < 0, side.clamp(max=-_THICKNESS), side.clamp(min=_THICKNESS))


def _ball(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    return torch.hypot(x, y) - 1


def _turned(half: float, yaw: Tensor) -> tuple[Tensor, Tensor]:
    """Half the width of a turned box with a square base, and where its nearest upright edge is."""
    quarter = torch.remainder(yaw + 0.6, math.pi / 2)
    reach = half * math.sqrt(2)
    return half * (torch.cos(quarter) + torch.sin(quarter)), reach * torch.sin(quarter - math.pi / 4)


def _cube(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    width, _ = _turned(0.68, yaw)
    return _rounded(x, y, half_width=width - 0.08, half_height=0.86) - 0.08


def _parcel(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    width, _ = _turned(0.82, yaw)
    return _rounded(x, y + 0.42, half_width=width - 0.04, half_height=0.54) - 0.04


def _bottle(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    body = _box(x, y + 0.34, half_width=0.42, half_height=0.66, corner=0.14)
    neck = _box(x, y - 0.5, half_width=0.16, half_height=0.5, corner=0.05)
    return _join(body, neck, 0.16)


def _can(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    return _box(x, y, half_width=0.6, half_height=1.0, corner=0.14)


def _cup(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    y = y + 0.2
    slant = x.abs() - (0.62 + 0.12 * y)
    body = torch.maximum(slant, y.abs() - 0.76) - 0.04
    side = torch.cos(yaw)
    middle = 0.86 * side
    handle = (
        torch.hypot((x - middle) / (0.34 * side.abs() + 0.05), (y - 0.04) / 0.42) - 1
    ).abs() * 0.36 - 0.1
    return torch.minimum(body, handle)


def _ring(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    return (torch.hypot(_flat(x, yaw), y) - 0.7).abs() - 0.3


def _star(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    k1x, k1y = 0.809016994375, -0.587785252292
    x = _flat(x, yaw).abs()
    along = 2 * (k1x * x + k1y * y).clamp(min=0)
    x, y = x - along * k1x, y - along * k1y
    along = 2 * (-k1x * x + k1y * y).clamp(min=0)
    x, y = x + along * k1x, y - along * k1y
    x, y = x.abs(), y - 1.0
    arm_x, arm_y = 0.5 * -k1y, 0.5 * k1x - 1
    reach = ((x * arm_x + y * arm_y) / (arm_x**2 + arm_y**2)).clamp(0, 1)
    return torch.hypot(x - arm_x * reach, y - arm_y * reach) * torch.sign(y * arm_x - x * arm_y)


def _heart(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    x, y = _flat(x, yaw).abs() * 0.56, y * 0.56 + 0.54
    lobe = torch.hypot(x - 0.25, y - 0.75) - 0.35355
    along = 0.5 * (x + y).clamp(min=0)
    tip = torch.minimum(torch.hypot(x, y - 1), torch.hypot(x - along, y - along)) * torch.sign(x - y)
    return torch.where(x + y > 1, lobe, tip) / 0.56


def _leaf(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    x, y = _leaning(x, y, yaw)
    blade = torch.hypot(x.abs() + 0.55, y - 0.1) - 1.08
    stem = _box(x, y + 0.95, half_width=0.06, half_height=0.28, corner=0.05)
    return torch.minimum(blade, stem)


def _leaning(x: Tensor, y: Tensor, yaw: Tensor) -> tuple[Tensor, Tensor]:
    x = _flat(x, yaw)
    return 0.819 * x - 0.574 * y, 0.574 * x + 0.819 * y


def _phone(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    return _box(_flat(x, yaw), y, half_width=0.52, half_height=1.0, corner=0.13)


def _shoe(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    x, y = _flat(x, yaw), y + 0.35
    sole = _box(x, y + 0.5, half_width=1.08, half_height=0.15, corner=0.12)
    ankle = _box(x + 0.62, y - 0.12, half_width=0.42, half_height=0.62, corner=0.16)
    toe = torch.maximum(_ellipse(x - 0.22, y + 0.42, 0.86, 0.56), -(y + 0.5))
    return torch.minimum(_join(ankle, toe, 0.3), sole)


def _balloon(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    bulb = torch.hypot(x, (y - 0.32) * torch.where(y < 0.32, 0.84, 1.0)) - 0.68
    knot = torch.maximum(y + 0.46, (x.abs() - 0.16) * 0.9 - (y + 0.46) * 0.6 - 0.1)
    knot = torch.maximum(knot, -(y + 0.62))
    string = _box(x - 0.05 * torch.sin(y * 9), y + 0.8, half_width=0.035, half_height=0.22, corner=0.03)
    return torch.minimum(torch.minimum(bulb, knot), string)


def _car(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    x, y = _flat(x, yaw), y + 0.36
    body = _box(x, y + 0.12, half_width=1.2, half_height=0.3, corner=0.2)
    slant = x.abs() - (0.72 - 0.5 * (y - 0.1))
    cabin = torch.maximum(slant * 0.9, (y - 0.36).abs() - 0.32) - 0.04
    return torch.minimum(_join(body, cabin, 0.1), _wheels(x, y) - 0.28)


def _wheels(x: Tensor, y: Tensor) -> Tensor:
    return torch.hypot(x.abs() - 0.68, y + 0.36)


def _bird(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    x = _flat(x, yaw)
    body = _ellipse(x + 0.06, y + 0.2, 0.74, 0.52)
    head = torch.hypot(x - 0.56, y - 0.3) - 0.34
    beak = torch.maximum((y - 0.26).abs() * 1.5 + (x - 1.22) * 0.75, 0.7 - x)
    tail = torch.maximum((y - 0.06 + (x + 0.9) * 0.4).abs() - 0.17, (x + 0.86).abs() - 0.34)
    wing = torch.maximum(torch.hypot(x + 0.5, y - 0.1) - 0.9, torch.hypot(x - 0.42, y - 0.62) * -1 + 0.72)
    wing = torch.maximum(wing, -(y + 0.1))
    return torch.minimum(torch.minimum(_join(body, head, 0.22), torch.minimum(beak, tail)), wing)


def _mark(x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    """A cross of four round-ended arms: the simplest thing that looks like a logo."""
    x = _flat(x, yaw)
    upright = _box(x, y, half_width=0.34, half_height=1.0, corner=0.3)
    level = _box(x, y, half_width=1.0, half_height=0.34, corner=0.3)
    return _join(upright, level, 0.12)


FIELDS: dict[str, Field] = {
    "ball": _ball,
    "cube": _cube,
    "box": _parcel,
    "bottle": _bottle,
    "can": _can,
    "cup": _cup,
    "ring": _ring,
    "star": _star,
    "heart": _heart,
    "leaf": _leaf,
    "phone": _phone,
    "shoe": _shoe,
    "balloon": _balloon,
    "car": _car,
    "bird": _bird,
    "mark": _mark,
}

BEVELS: dict[str, float] = {
    "ball": 1.0,
    "cube": 0.1,
    "box": 0.08,
    "bottle": 0.42,
    "can": 0.6,
    "cup": 0.5,
    "ring": 0.3,
    "star": 0.45,
    "heart": 0.6,
    "leaf": 0.4,
    "phone": 0.1,
    "shoe": 0.3,
    "balloon": 0.68,
    "car": 0.22,
    "bird": 0.4,
    "mark": 0.3,
}
"""How deep inside the outline a shape has become flat, in its own units."""


def decoration(shape: str, x: Tensor, y: Tensor, yaw: Tensor) -> Tensor:
    """Where a shape wears its second tone, 0 to 1: so that turning shows on round things too."""
    edge = 14.0
    match shape:
        case "ball":
            around = _around(x, (1 - y * y).clamp(min=0.02).sqrt(), yaw)
            return ((torch.cos(3 * around) - 0.1) * 4).clamp(0, 1)
        case "balloon":
            around = _around(x, (0.46 - (y - 0.32) ** 2).clamp(min=0.02).sqrt(), yaw)
            return ((torch.cos(2 * around) - 0.2) * 4).clamp(0, 1) * (y > -0.4)
        case "bottle":
            label = torch.minimum(0.26 - (y + 0.4).abs(), 0.9 - _off(_around(x, 0.42, yaw)))
            return (torch.maximum(label, y - 0.8) * edge).clamp(0, 1)
        case "can":
            label = torch.minimum(0.42 - y.abs(), 0.9 - _off(_around(x, 0.6, yaw)))
            return (torch.maximum(label, y.abs() - 0.86) * edge).clamp(0, 1)
        case "cup":
            y = y + 0.2
            inside = torch.minimum(y - 0.62, 0.7 - x.abs())
            label = torch.minimum(0.2 - (y + 0.1).abs(), 0.7 - _off(_around(x, 0.6, yaw + 1.6)))
            return (torch.maximum(inside, label) * edge).clamp(0, 1)
        case "ring":
            return ((torch.cos(4 * torch.atan2(y, _flat(x, yaw))) - 0.35) * 6).clamp(0, 1)
        case "leaf":
            across, along = _leaning(x, y, yaw)
            veins = 0.03 - (torch.remainder(along + across.abs() * 0.8, 0.36) - 0.18).abs()
            return (torch.maximum(0.05 - across.abs(), veins * 0.6) * edge * 1.5).clamp(0, 1)
        case "phone":
            glass = torch.minimum(0.4 - _flat(x, yaw).abs(), 0.82 - y.abs())
            return (glass * edge).clamp(0, 1) * (torch.cos(yaw) > 0)
        case "shoe":
            x = _flat(x, yaw)
            sole = -0.7 - y
            laces = torch.minimum(
                0.07 - (torch.remainder(x - 0.5 * y, 0.24) - 0.12).abs(), 0.3 - (x + 0.1).abs()
            )
            return (torch.maximum(sole, torch.minimum(laces, y + 0.45)) * edge).clamp(0, 1)
        case "car":
            x, y = _flat(x, yaw), y + 0.36
            windows = torch.minimum(0.2 - (y - 0.36).abs(), (0.58 - 0.5 * (y - 0.1)) - x.abs())
            windows = torch.minimum(windows, x.abs() - 0.05)
            return (torch.maximum(windows, 0.13 - _wheels(x, y)) * edge).clamp(0, 1)
        case "bird":
            x = _flat(x, yaw)
            wing = torch.minimum(0.9 - torch.hypot(x + 0.5, y - 0.1), torch.hypot(x - 0.42, y - 0.62) - 0.72)
            belly = 0.42 - torch.hypot((x + 0.02) / 1.2, y + 0.52)
            return (torch.maximum(torch.minimum(wing, y + 0.1), belly) * edge).clamp(0, 1)
        case "cube" | "box":
            width, edge_at = _turned(0.68 if shape == "cube" else 0.82, yaw)
            left = x < edge_at
            middle = torch.where(left, (edge_at - width) / 2, (edge_at + width) / 2)
            span = torch.where(left, edge_at + width, width - edge_at).clamp(min=0.02)
            across = (x - middle) / span
            first = torch.remainder(torch.floor((yaw + 0.6) / (math.pi / 2)), 2) > 0.5
            if shape == "box":  # tape across the lid and down one pair of sides
                return torch.maximum((0.1 - across.abs()) * 9 * (left ^ first), (y - 0.02) * edge).clamp(0, 1)
            badge = 0.24 - torch.hypot(across, y * 0.42)
            return (badge * edge).clamp(0, 1) * (left ^ first)
        case "mark":
            return ((0.16 - torch.hypot(_flat(x, yaw), y)) * edge).clamp(0, 1)
    return torch.zeros_like(x)


def dark(shape: str, x: Tensor, y: Tensor, yaw: Tensor) -> Tensor | None:
    """Where a shape is nearly black whatever its colour: tyres, an eye. None for most."""
    match shape:
        case "car":
            wheels = _wheels(_flat(x, yaw), y + 0.36)
            return ((0.28 - wheels) * 14).clamp(0, 1) * ((wheels - 0.13) * 14).clamp(0, 1)
        case "bird":
            x = _flat(x, yaw)
            return (0.08 - torch.hypot(x - 0.64, y - 0.38)).mul(16).clamp(0, 1)
    return None


def profile(shape: str, y: Tensor) -> Tensor | None:
    """Half the width of an upright round thing at each height; None for everything else."""
    match shape:
        case "bottle":
            return 0.16 + 0.26 * ((0.42 - y) / 0.3).clamp(0, 1)
        case "can":
            return torch.full_like(y, 0.6)
        case "cup":
            return 0.66 + 0.12 * (y + 0.2)
    return None


def facing(shape: str, x: Tensor, yaw: Tensor) -> Tensor:
    """How bright the two visible sides of a box are."""
    _, edge = _turned(0.68 if shape == "cube" else 0.82, yaw)
    quarter = torch.remainder(yaw + 0.6, math.pi / 2)
    left = ((edge - x) * 20 + 0.5).clamp(0, 1)
    return left * (0.62 + 0.4 * torch.cos(quarter)) + (1 - left) * (0.38 + 0.4 * torch.sin(quarter))


def _around(x: Tensor, half_width: Tensor | float, yaw: Tensor) -> Tensor:
    """Radians around a round thing at which a ray at x lands."""
    return torch.asin((x / half_width).clamp(-1, 1)) - yaw


def _off(angle: Tensor) -> Tensor:
    """How far an angle is from the front, 0 to pi."""
    return (torch.remainder(angle + math.pi, 2 * math.pi) - math.pi).abs()
