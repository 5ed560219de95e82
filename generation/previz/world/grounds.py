"""The settings of the world, drawn for a group of scenes that share ground and light."""

import math

import torch
from torch import Tensor

Colour = tuple[float, float, float]

_SKY: dict[str, tuple[Colour, Colour]] = {
    "day": ((0.26, 0.55, 0.93), (0.83, 0.93, 1.0)),
    "dusk": ((0.27, 0.19, 0.45), (1.0, 0.60, 0.38)),
    "night": ((0.02, 0.03, 0.12), (0.13, 0.17, 0.38)),
}
_WALL: dict[str, dict[str, tuple[Colour, Colour]]] = {
    "table": {
        "day": ((0.97, 0.95, 0.90), (0.88, 0.83, 0.75)),
        "dusk": ((0.80, 0.52, 0.38), (0.62, 0.36, 0.30)),
        "night": ((0.13, 0.12, 0.20), (0.20, 0.17, 0.24)),
    },
    "pedestal": {
        "day": ((0.70, 0.77, 0.85), (0.86, 0.90, 0.94)),
        "dusk": ((0.55, 0.42, 0.58), (0.86, 0.62, 0.62)),
        "night": ((0.08, 0.11, 0.18), (0.17, 0.22, 0.32)),
    },
    "studio": {
        "day": ((0.42, 0.74, 0.74), (0.90, 0.97, 0.93)),
        "dusk": ((0.78, 0.38, 0.46), (1.0, 0.80, 0.62)),
        "night": ((0.10, 0.05, 0.22), (0.32, 0.22, 0.52)),
    },
}
_TINT: dict[str, Colour] = {"day": (1.0, 1.0, 1.0), "dusk": (0.88, 0.62, 0.52), "night": (0.20, 0.26, 0.46)}


class Canvas:
    """A group of pictures [N, 3, H, W] on a grid of points, in shorter sides from the picture's centre."""

    def __init__(self, *, v: Tensor, u: Tensor, shift: Tensor, light: str) -> None:
        self.pixel = float(u[1] - u[0])
        self.v, self.u = v.view(1, -1, 1), u.view(1, 1, -1)
        self.shift = shift.view(-1, 1, 1)
        self.light = light
        self.picture = torch.zeros(len(shift), 3, len(v), len(u), device=shift.device)

    def colour(self, colour: Colour) -> Tensor:
        return torch.tensor(colour, device=self.picture.device).view(1, 3, 1, 1)

    def lit(self, colour: Colour) -> Tensor:
        return self.colour(colour) * self.colour(_TINT[self.light])

    def fill(self, top: Colour, bottom: Colour, *, until: float = 0.5) -> None:
        amount = ((self.v + 0.5) / (until + 0.5)).clamp(0, 1).unsqueeze(1)
        self.picture = (
            torch.lerp(self.colour(top), self.colour(bottom), amount).expand_as(self.picture).clone()
        )

    def paint(self, colour: Tensor, cover: Tensor) -> None:
        """Lay a colour [.., 3, .., ..] over the picture where `cover` [N, H, W] is 1."""
        self.picture = torch.lerp(self.picture, colour, cover.clamp(0, 1).unsqueeze(1))

    def below(self, line: Tensor | float) -> Tensor:
        """An anti-aliased cover for everything under a horizon, which may bend with u."""
        return ((self.v - line) / self.pixel + 0.5).clamp(0, 1)

    def disc(self, *, u: Tensor | float, v: float, radius: float, soft: float) -> Tensor:
        return ((radius - torch.hypot(self.u - u, self.v - v)) / soft + 0.5).clamp(0, 1)

    def line(self, away: Tensor, *, width: Tensor | float) -> Tensor:
        """An anti-aliased cover of a line, given how far each point is away from it."""
        return ((width - away.abs()) / self.pixel + 0.5).clamp(0, 1)


def draw(ground: str, *, light: str, shift: Tensor, frames: int, v: Tensor, u: Tensor) -> Tensor:
    """Draw a ground for N scenes on the points (v, u): [N, T, 3, H, W] in 0 to 1, where T is 1 if nothing
    in it moves."""
    canvas = Canvas(v=v, u=u, shift=shift, light=light)
    if ground == "sea":
        return _sea(canvas, frames=frames)
    {
        "table": _table,
        "pedestal": _pedestal,
        "studio": _studio,
        "sky": _open_sky,
        "city": _city,
        "desert": _desert,
        "grid": _grid,
        "gradient": _gradient,
        "meadow": _meadow,
    }[ground](canvas)
    return canvas.picture.unsqueeze(1)


def _wall(canvas: Canvas, ground: str) -> None:
    canvas.fill(*_WALL[ground][canvas.light])
    glow = canvas.disc(u=-0.3, v=-0.3, radius=0.3, soft=1.2)
    canvas.paint(canvas.colour((1.0, 0.98, 0.92)), glow * (0.25 if canvas.light == "day" else 0.12))


def _table(canvas: Canvas) -> None:
    _wall(canvas, "table")
    wood = torch.lerp(
        canvas.lit((0.56, 0.36, 0.20)),
        canvas.lit((0.74, 0.51, 0.31)),
        ((canvas.v - 0.15) / 0.35).unsqueeze(1),
    )
    canvas.paint(wood, canvas.below(0.15))
    planks = (torch.sin((canvas.u + canvas.shift * 0.3) * 4 / (canvas.v + 0.45).clamp(min=0.1) * 2.2)) > 0.985
    canvas.paint(canvas.lit((0.36, 0.22, 0.12)), canvas.below(0.15) * planks * 0.55)
    canvas.paint(canvas.lit((0.30, 0.18, 0.10)), canvas.below(0.15) * (1 - canvas.below(0.162)) * 0.5)


def _pedestal(canvas: Canvas) -> None:
    _wall(canvas, "pedestal")
    stone = canvas.lit((0.97, 0.96, 0.95))
    shade = canvas.lit((0.74, 0.74, 0.78))
    inside = ((0.46 - canvas.u.abs()) / canvas.pixel + 0.5).clamp(0, 1)
    side = torch.lerp(stone, shade, ((canvas.u + 0.5) / 1.1).clamp(0, 1).unsqueeze(1))
    canvas.paint(side * 0.88, inside * canvas.below(0.31))
    top = ((1 - torch.hypot(canvas.u / 0.46, (canvas.v - 0.31) / 0.055)) * 0.055 / canvas.pixel + 0.5).clamp(
        0, 1
    )
    canvas.paint(stone, top)


def _studio(canvas: Canvas) -> None:
    top, bottom = _WALL["studio"][canvas.light]
    canvas.fill(top, bottom, until=0.36)
    canvas.paint(canvas.colour(bottom), canvas.disc(u=0.0, v=0.0, radius=0.25, soft=0.9) * 0.5)
    canvas.paint(
        canvas.colour(top), ((canvas.v - 0.36) / 0.3).clamp(0, 1).expand(-1, -1, canvas.u.shape[-1]) * 0.5
    )


_LINES: dict[str, tuple[Colour, Colour]] = {
    "day": ((0.94, 0.95, 0.97), (0.66, 0.72, 0.80)),
    "dusk": ((0.40, 0.22, 0.36), (0.96, 0.62, 0.50)),
    "night": ((0.03, 0.04, 0.10), (0.16, 0.50, 0.62)),
}


def _grid(canvas: Canvas) -> None:
    """Squares on a wall, and the same squares running away on the floor."""
    ground, line = _LINES[canvas.light]
    canvas.fill(ground, ground)
    step, horizon = 0.24, 0.2
    floor = canvas.below(horizon)
    across, up = canvas.u + canvas.shift, canvas.v - horizon
    width = 0.006
    wall = torch.maximum(
        canvas.line(torch.remainder(across, step) - step / 2, width=width),
        canvas.line(torch.remainder(up, step) - step / 2, width=width).expand_as(across + up),
    )
    canvas.paint(canvas.colour(line), wall * (1 - floor) * 0.75)
    away = 0.12 / (up + 0.12).clamp(min=0.12)
    near = ((1 - away) * 2.5).clamp(0, 1)
    spokes = canvas.line((torch.remainder(across * away, step * 0.5) - step / 4) / away, width=width)
    rows = canvas.line((torch.remainder(away, 0.2) - 0.1) * 0.12 / away.square(), width=width)
    canvas.paint(canvas.colour(line), torch.maximum(spokes, rows.expand_as(spokes)) * floor * near * 0.75)
    canvas.paint(canvas.colour(line), canvas.line(up, width=width).expand_as(across + up))


_BLEND: dict[str, tuple[Colour, Colour]] = {
    "day": ((0.99, 0.80, 0.62), (0.62, 0.72, 0.98)),
    "dusk": ((0.98, 0.52, 0.36), (0.36, 0.18, 0.50)),
    "night": ((0.05, 0.06, 0.20), (0.28, 0.10, 0.34)),
}


def _gradient(canvas: Canvas) -> None:
    """Two colours from corner to corner, and nothing else."""
    first, second = _BLEND[canvas.light]
    amount = (0.5 + 0.62 * canvas.u + 0.5 * canvas.v + canvas.shift).clamp(0, 1)
    amount = amount * amount * (3 - 2 * amount)
    canvas.picture = torch.lerp(canvas.colour(first), canvas.colour(second), amount.unsqueeze(1))


def _sky(canvas: Canvas, *, horizon: float) -> None:
    top, bottom = _SKY[canvas.light]
    canvas.fill(top, bottom, until=horizon)
    if canvas.light == "night":
        canvas.paint(canvas.colour((0.95, 0.95, 0.88)), canvas.disc(u=0.55, v=-0.3, radius=0.055, soft=0.014))
        for star in range(14):
            u, v = math.sin(star * 12.9898) * 0.8, -0.46 + 0.4 * abs(math.sin(star * 78.233))
            canvas.paint(
                canvas.colour((0.9, 0.9, 1.0)), canvas.disc(u=u, v=v, radius=0.007, soft=0.016) * 0.8
            )
    elif canvas.light == "dusk":
        sun = canvas.colour((1.0, 0.86, 0.52))
        canvas.paint(sun, canvas.disc(u=0.5, v=horizon - 0.06, radius=0.05, soft=0.5) * 0.6)
        canvas.paint(sun, canvas.disc(u=0.5, v=horizon - 0.06, radius=0.085, soft=0.016))


def _clouds(canvas: Canvas, *, low: bool) -> None:
    white = {"day": (1.0, 1.0, 1.0), "dusk": (1.0, 0.74, 0.66), "night": (0.27, 0.31, 0.50)}[canvas.light]
    banks = [
        (-0.58, -0.27, 0.085),
        (0.42, -0.34, 0.07),
        (0.05, 0.42, 0.12),
        (-0.7, 0.35, 0.11),
        (0.72, 0.30, 0.10),
    ]
    for place, (u, v, size) in enumerate(banks if low else banks[:2]):
        cover = torch.zeros((), device=canvas.picture.device)
        middle = canvas.shift * (1.5 if place % 2 else 1.0) + u
        for step, grow in ((-1.5, 0.6), (-0.7, 0.95), (0.15, 1.15), (1.0, 0.85), (1.7, 0.55)):
            puff = canvas.disc(
                u=middle + step * size, v=v - (grow - 0.6) * size * 0.6, radius=size * grow, soft=0.05
            )
            cover = torch.maximum(cover, puff)
        canvas.paint(canvas.colour(white), cover * 0.88)


def _open_sky(canvas: Canvas) -> None:
    _sky(canvas, horizon=0.5)
    _clouds(canvas, low=True)


def _sea(canvas: Canvas, *, frames: int) -> Tensor:
    horizon = 0.06
    _sky(canvas, horizon=horizon)
    if canvas.light == "day":
        _clouds(canvas, low=False)
    far, near = {
        "day": ((0.16, 0.52, 0.74), (0.03, 0.28, 0.52)),
        "dusk": ((0.72, 0.42, 0.44), (0.22, 0.15, 0.34)),
        "night": ((0.08, 0.12, 0.28), (0.02, 0.04, 0.12)),
    }[canvas.light]
    depth = ((canvas.v - horizon) / (0.5 - horizon)).clamp(0.02, 1)
    canvas.paint(
        torch.lerp(canvas.colour(far), canvas.colour(near), depth.unsqueeze(1)), canvas.below(horizon)
    )
    glint = canvas.colour(
        {"day": (0.75, 0.92, 1.0), "dusk": (1.0, 0.78, 0.56), "night": (0.45, 0.5, 0.7)}[canvas.light]
    )
    time = torch.linspace(0, 2 * math.pi, frames + 1, device=canvas.picture.device)[:-1].view(1, frames, 1, 1)
    bands = 5.0 / (depth + 0.25)
    swell = bands * 3.2 + 2.0 * torch.sin(canvas.u * 5 + canvas.shift * 20)
    ripple = torch.sin(swell.unsqueeze(1) + time)
    cover = (ripple - 0.55).clamp(min=0) * (canvas.below(horizon) * (0.35 + 0.3 * depth)).unsqueeze(1)
    return torch.lerp(canvas.picture.unsqueeze(1), glint.unsqueeze(1), cover.unsqueeze(2))


def _city(canvas: Canvas) -> None:
    _sky(canvas, horizon=0.3)
    for layer, (tone, base, height) in enumerate(
        (((0.52, 0.58, 0.68), 0.10, 0.26), ((0.34, 0.38, 0.46), 0.2, 0.2))
    ):
        place = (canvas.u + canvas.shift * (0.5 + 0.5 * layer)) * (7.0 - layer) + 40 + layer * 0.4
        block = place.floor()
        roof = base - height * (
            0.25 + 0.75 * (torch.sin(block * 12.9898 + layer * 4) * 43758.5453).frac().abs()
        )
        gap = ((place - block) > 0.06).float()
        houses = ((canvas.v - roof) / canvas.pixel + 0.5).clamp(0, 1) * gap
        canvas.paint(canvas.lit(tone) + (0.03 if canvas.light == "night" else 0.0), houses)
        window_u, window_v = (place - block) * 3, (canvas.v - roof) * 13
        lit = (torch.sin(block * 7.1 + window_u.floor() * 3.3 + window_v.floor() * 5.7) > 0.1).float()
        pane = (
            ((window_u.frac() - 0.5).abs() < 0.28)
            & ((window_v.frac() - 0.5).abs() < 0.3)
            & (canvas.v > roof + 0.02)
        )
        bright = canvas.lit((0.72, 0.80, 0.90)) if canvas.light == "day" else canvas.colour((1.0, 0.83, 0.45))
        canvas.paint(bright, houses * pane * lit * (0.3 if canvas.light == "day" else 0.6))
    canvas.paint(
        canvas.lit((0.52, 0.52, 0.56)) + (0.05 if canvas.light == "night" else 0.0), canvas.below(0.2)
    )
    canvas.paint(canvas.lit((0.68, 0.68, 0.70)), canvas.below(0.2) * (1 - canvas.below(0.215)))


def _desert(canvas: Canvas) -> None:
    _sky(canvas, horizon=0.2)
    far = 0.09 - 0.07 * torch.sin(canvas.u * 3.1 + canvas.shift * 5 + 0.8)
    canvas.paint(canvas.lit((0.83, 0.62, 0.38)), canvas.below(far))
    near = 0.19 + 0.05 * torch.sin(canvas.u * 2.3 + canvas.shift * 9 - 0.6)
    sand = torch.lerp(
        canvas.lit((0.97, 0.80, 0.54)),
        canvas.lit((0.86, 0.64, 0.38)),
        ((canvas.v - near) / 0.4).clamp(0, 1).unsqueeze(1),
    )
    canvas.paint(sand, canvas.below(near))


def _meadow(canvas: Canvas) -> None:
    _sky(canvas, horizon=0.2)
    if canvas.light != "night":
        _clouds(canvas, low=False)
    far = 0.07 - 0.06 * torch.sin(canvas.u * 2.7 + canvas.shift * 5 + 2.4)
    canvas.paint(canvas.lit((0.40, 0.62, 0.42)), canvas.below(far))
    near = 0.17 + 0.035 * torch.sin(canvas.u * 2.1 + canvas.shift * 9)
    grass = torch.lerp(
        canvas.lit((0.50, 0.74, 0.34)),
        canvas.lit((0.24, 0.52, 0.22)),
        ((canvas.v - near) / 0.34).clamp(0, 1).unsqueeze(1),
    )
    canvas.paint(grass, canvas.below(near))
