"""Scenes become frames: batched signed distance fields, shaded and anti-aliased, on CPU or GPU."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz.world import grounds, motions, shapes
from generation.previz.world.scenes import Scene

COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.90, 0.10, 0.13),
    "orange": (1.00, 0.48, 0.05),
    "yellow": (1.00, 0.85, 0.10),
    "green": (0.10, 0.62, 0.20),
    "teal": (0.02, 0.66, 0.68),
    "blue": (0.10, 0.26, 0.92),
    "purple": (0.50, 0.15, 0.80),
    "pink": (1.00, 0.45, 0.72),
    "white": (0.96, 0.96, 0.97),
    "black": (0.07, 0.07, 0.08),
}
_KEY_LIGHT = {"day": (1.0, 1.0, 1.0), "dusk": (1.0, 0.90, 0.80), "night": (0.78, 0.82, 0.95)}
_SHADOW = {"day": 0.42, "dusk": 0.45, "night": 0.55}
_TOWARDS_LIGHT = (-0.46, -0.58, 0.67)
_ACROSS, _UP = 1.42, 1.24
"""Largest extents of a sprite in radii: a car's length, and the corner of a tipped can."""


@dataclass(frozen=True, slots=True)
class _Surface:
    """How a material answers to light; `bands` is the share of mirrored surroundings, `cover` what hides
    the ground behind."""

    ambient: float
    diffuse: float
    shine: float
    rim: float
    bands: float
    cover: float


_SURFACES = {
    "matte": _Surface(ambient=0.44, diffuse=0.60, shine=0.0, rim=0.05, bands=0.0, cover=1.0),
    "glossy": _Surface(ambient=0.34, diffuse=0.74, shine=0.6, rim=0.10, bands=0.0, cover=1.0),
    "metal": _Surface(ambient=0.30, diffuse=0.62, shine=0.8, rim=0.16, bands=0.6, cover=1.0),
    "glass": _Surface(ambient=0.50, diffuse=0.42, shine=0.8, rim=0.34, bands=0.0, cover=0.68),
}


def render(
    scenes: Sequence[Scene], *, frames: int, height: int, width: int, device: str | torch.device = "cpu"
) -> Tensor:
    """Draw clips as uint8 [B, T, H, W, 3]. A scene's unit is the shorter side of the picture."""
    clips = torch.empty(len(scenes), frames, height, width, 3, dtype=torch.uint8, device=device)
    for (ground, light), members in _groups(scenes, range(len(scenes)), "ground", "light"):
        for moving in (False, True):
            chosen = [i for i in members if (scenes[i].camera != "static") == moving]
            if chosen:
                _lay_ground(clips, ground, light, chosen, [scenes[i] for i in chosen], moving=moving)
    for member in range(max((scene.objects for scene in scenes), default=0)):
        there = [i for i, scene in enumerate(scenes) if scene.objects > member]
        for (shape,), members in _groups(scenes, there, "shape"):
            _place(clips, shape, members, [scenes[i] for i in members], member=member)
    return clips


def _groups(
    scenes: Sequence[Scene], places: Sequence[int], *names: str
) -> list[tuple[tuple[str, ...], list[int]]]:
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in places:
        groups[tuple(getattr(scenes[place], name) for name in names)].append(place)
    return sorted(groups.items())


def _bytes(colours: Tensor) -> Tensor:
    return (colours.clamp(0, 1) * 255 + 0.5).to(torch.uint8)


def _points(pixels: int, *, unit: float, margin: float = 0.0, finer: float = 1.0) -> Tensor:
    """Centres of so many pixels in shorter sides, with a margin on both ends, `finer` times as dense."""
    step = 1 / (unit * finer)
    count = round((pixels / unit + 2 * margin) / step)
    return (torch.arange(count) + 0.5 - count / 2) * step


def _lay_ground(
    clips: Tensor, ground: str, light: str, members: list[int], scenes: Sequence[Scene], *, moving: bool
) -> None:
    """Draw the ground of each scene as its camera sees it. Where none moves one picture serves all frames."""
    device = clips.device
    _, frames, height, width, _ = clips.shape
    unit = min(height, width)
    shift = torch.tensor([s.shift for s in scenes], device=device)
    bright = torch.tensor([s.brightness for s in scenes], device=device).view(-1, 1, 1, 1, 1)
    if not moving:
        v, u = _points(height, unit=unit).to(device), _points(width, unit=unit).to(device)
        drawn = grounds.draw(ground, light=light, shift=shift, frames=frames, v=v, u=u)
        clips[members] = _bytes(drawn * bright).permute(0, 1, 3, 4, 2).expand(-1, frames, -1, -1, -1)
        return
    v = _points(height, unit=unit, margin=motions.TILT / 2 + 0.02, finer=1.25).to(device)
    u = _points(width, unit=unit, margin=motions.PAN / 2 + 0.02, finer=1.25).to(device)
    drawn = grounds.draw(ground, light=light, shift=shift, frames=frames, v=v, u=u)
    cameras = [motions.camera(scene, frames=frames) for scene in scenes]
    near_v, near_u = _points(height, unit=unit).to(device), _points(width, unit=unit).to(device)
    step = float(u[1] - u[0])
    for place, (picture, camera) in enumerate(zip(drawn * bright, cameras, strict=True)):
        zoom, x, y = (t.to(device).view(-1, 1, 1) for t in (camera.zoom, camera.x, camera.y))
        seen_u = ((near_u.view(1, 1, -1) / zoom + x) / (step * len(u) / 2)).expand(-1, height, -1)
        seen_v = ((near_v.view(1, -1, 1) / zoom + y) / (step * len(v) / 2)).expand(-1, -1, width)
        where = torch.stack([seen_u, seen_v], dim=-1)
        if len(picture) == 1:  # all frames look at one picture, one under the other
            where = where.reshape(1, frames * height, width, 2)
        found = functional.grid_sample(picture, where, align_corners=False, padding_mode="border")
        if len(picture) == 1:
            found = found.view(3, frames, height, width).permute(1, 0, 2, 3)
        clips[members[place]] = _bytes(found).permute(0, 2, 3, 1)


def _place(clips: Tensor, shape: str, members: list[int], scenes: Sequence[Scene], *, member: int) -> None:
    """Draw the shadow and then object number `member` of each scene into its clip."""
    device = clips.device
    _, frames, height, width, _ = clips.shape
    pixels = min(height, width)
    half_width = width / pixels / 2
    paths = [motions.path(s, frames=frames, member=member, half_width=half_width) for s in scenes]
    cameras = [motions.camera(s, frames=frames) for s in scenes]

    def per_frame(found: Sequence[motions.Path | motions.Camera], name: str) -> Tensor:
        return torch.stack([getattr(p, name) for p in found]).to(device)

    x, y, scale, angle, yaw, squash, pouring = (
        per_frame(paths, n) for n in ("x", "y", "scale", "angle", "yaw", "squash", "pouring")
    )
    aim_x, aim_y, zoom = (per_frame(cameras, n) for n in ("x", "y", "zoom"))
    radius = torch.tensor([s.radius for s in scenes], device=device).view(-1, 1) * scale
    y = y + radius * squash
    x, y, floor = zoom * (x - aim_x), zoom * (y - aim_y), zoom * (motions.FLOOR - aim_y)
    radius = radius * zoom

    grounded = [i for i, scene in enumerate(scenes) if scene.ground != "sky"]
    if grounded:
        strength = torch.tensor([_SHADOW[scenes[i].light] for i in grounded], device=device)
        largest = float(radius[grounded].max())
        window = _Window(
            clips,
            [members[i] for i in grounded],
            x[grounded],
            floor[grounded],
            across=3.6 * largest,
            down=largest,
        )
        gap = (floor - radius - y)[grounded].clamp(min=0).view(-1, frames, 1, 1)
        spread = radius[grounded].view(-1, frames, 1, 1) * (1.0 + 1.2 * gap)
        away = torch.hypot(window.u / spread, window.v / (spread * 0.24))
        fading = strength.view(-1, 1, 1, 1) * (1 - 1.3 * gap).clamp(min=0.25)
        window.blend(torch.zeros(3, device=device), fading * torch.sigmoid((0.85 - away) * (7 - 6 * gap)))

    largest = float(radius.max())
    window = _Window(clips, members, x, y, across=2 * largest * _ACROSS, down=2 * largest * _UP)
    unit = radius.view(-1, frames, 1, 1)
    flat = squash.view(-1, frames, 1, 1)
    across, up = window.u / (unit * (1 + flat)), -window.v / (unit * (1 - flat))
    sine, cosine = torch.sin(angle).view(-1, frames, 1, 1), torch.cos(angle).view(-1, frames, 1, 1)
    local_x, local_y = cosine * across - sine * up, sine * across + cosine * up
    turned = yaw.view(-1, frames, 1, 1)
    colour, cover = shade(shape, scenes, local_x, local_y, turned)
    if any(scene.motion == "pour" for scene in scenes):
        _pour(clips, members, scenes, x=x, y=y, radius=radius, angle=angle, floor=floor, pouring=pouring)
    window.blend(colour, cover)


def _tones(table: dict[str, tuple[float, float, float]], names: Sequence[str], like: Tensor) -> Tensor:
    return torch.tensor([table[name] for name in names], device=like.device).view(-1, 1, 1, 1, 3)


def _second(base: Tensor) -> Tensor:
    """The second tone of a colour: paler, or darker where it is white."""
    paler = torch.lerp(base, torch.ones_like(base), 0.78)
    return torch.where(base.amin(-1, keepdim=True) > 0.9, base * 0.62, paler)


def shade(shape: str, scenes: Sequence[Scene], x: Tensor, y: Tensor, yaw: Tensor) -> tuple[Tensor, Tensor]:
    """Colour [N, T, S, S, 3] and cover [N, T, S, S] of a rounded solid under one key light."""
    base = _tones(COLOURS, [s.colour for s in scenes], x)
    light = _tones(_KEY_LIGHT, [s.light for s in scenes], x)
    distance = shapes.FIELDS[shape](x, y, yaw)
    slope_v, slope_u = torch.gradient(distance, dim=(-2, -1))
    steps = (x[..., :1, 1:2] - x[..., :1, :1]).square() + (y[..., :1, 1:2] - y[..., :1, :1]).square()
    steps = steps.sqrt()
    slope = torch.hypot(slope_u, slope_v).clamp(min=0.3 * steps)
    outline = (0.5 - distance / slope).clamp(0, 1)

    decorated = shapes.decoration(shape, x, y, yaw)
    skin = torch.lerp(base, _second(base), decorated.unsqueeze(-1))
    shadowed = shapes.dark(shape, x, y, yaw)
    if shadowed is not None:
        skin = torch.lerp(skin, torch.full_like(base, 0.06), shadowed.unsqueeze(-1))

    inwards = 1 - (-distance / slope * steps / shapes.BEVELS[shape]).clamp(0, 1)
    normal_u, normal_v = slope_u / slope * inwards, slope_v / slope * inwards
    half_width = shapes.profile(shape, y)
    if half_width is not None:  # a solid of revolution bends sideways alone
        bent = (x / half_width).clamp(-1, 1)
        normal_u, normal_v = bent * 0.97, normal_v * 0
        inwards = bent.abs().pow(3)
    normal_z = (1 - normal_u**2 - normal_v**2).clamp(min=0).sqrt()
    light_u, light_v, light_z = _TOWARDS_LIGHT
    towards = (normal_u * light_u + normal_v * light_v + normal_z * light_z).clamp(min=0)
    if shape in ("cube", "box"):
        towards = shapes.facing(shape, x, yaw)
    # The mirror direction of a viewer straight ahead, so the highlight sits between light and eye.
    half = (normal_u * light_u * 0.547 + normal_v * light_v * 0.547 + normal_z * (light_z + 1) * 0.547).clamp(
        0, 1
    )

    def trait(name: str) -> Tensor:
        values = [getattr(_SURFACES[s.material], name) for s in scenes]
        return torch.tensor(values, device=x.device).view(-1, 1, 1, 1)

    flat = 0.3 if shape in ("cube", "box", "leaf") else 1.0
    bands = 0.62 + 0.55 * torch.sin(6.5 * normal_v - 2.2 * normal_u + 2.5 * y)
    lit = (trait("ambient") + trait("diffuse") * towards) * torch.lerp(
        torch.ones_like(bands), bands, trait("bands")
    )
    shine = half.pow(28) * trait("shine") * flat + trait("rim") * inwards.pow(3) * (normal_u + 0.7).clamp(
        0, 1
    )
    colour = skin * light * lit.unsqueeze(-1) + shine.unsqueeze(-1) * light
    seen_through = torch.lerp(trait("cover"), torch.ones_like(inwards), inwards.pow(2))
    return colour, outline * torch.where(trait("cover") < 1, seen_through, 1.0)


def _pour(
    clips: Tensor,
    members: list[int],
    scenes: Sequence[Scene],
    *,
    x: Tensor,
    y: Tensor,
    radius: Tensor,
    angle: Tensor,
    floor: Tensor,
    pouring: Tensor,
) -> None:
    """Draw what runs out of tipped vessels, and the puddle below."""
    rows = [i for i, scene in enumerate(scenes) if scene.motion == "pour"]
    x, y, radius, angle, floor, pouring = (t[rows] for t in (x, y, radius, angle, floor, pouring))
    frames = x.shape[1]
    mouth_x = x + radius * torch.sin(angle) * 0.95
    mouth_y = y - radius * torch.cos(angle) * 0.95

    def wide(value: Tensor) -> Tensor:
        return value.reshape(-1, frames, 1, 1)

    liquid = _second(_tones(COLOURS, [scenes[i].colour for i in rows], x))
    liquid = liquid * _tones(_KEY_LIGHT, [scenes[i].light for i in rows], x)
    chosen, largest = [members[i] for i in rows], float(radius.max())
    window = _Window(clips, chosen, mouth_x, (mouth_y + floor) / 2, across=largest * 2.4, down=0.8)
    below = window.v + wide((mouth_y + floor) / 2)
    step = 1 / min(clips.shape[2:4])
    fallen = wide(mouth_y + (floor - mouth_y) * (pouring * 5).clamp(0, 1))
    within = torch.minimum(below - wide(mouth_y), fallen - below)
    stream = torch.minimum(within, wide(radius) * 0.11 - window.u.abs())
    puddle = (
        0.06
        * wide(radius)
        * (
            1
            - torch.hypot(
                window.u / (0.05 + wide(radius * pouring)), (below - wide(floor)) / (0.2 * wide(radius))
            )
        )
        / 0.2
    )
    running = wide((pouring > 0).float())
    window.blend(liquid, running * 0.92 * (torch.maximum(stream, puddle) / step + 0.5).clamp(0, 1))


class _Window:
    """A rectangle that follows a point through each clip, kept inside the picture."""

    def __init__(
        self, clips: Tensor, members: list[int], x: Tensor, y: Tensor, *, across: float, down: float
    ) -> None:
        _, frames, height, width, _ = clips.shape
        unit = min(height, width)
        columns, rows = min(int(across * unit) + 3, width), min(int(down * unit) + 3, height)
        left = (x * unit + width / 2 - columns / 2).round().long().clamp(0, width - columns)
        top = (y * unit + height / 2 - rows / 2).round().long().clamp(0, height - rows)
        device = clips.device
        column = left.view(-1, frames, 1, 1) + torch.arange(columns, device=device)
        row = top.view(-1, frames, 1, 1) + torch.arange(rows, device=device).view(-1, 1)
        self.u = (column + 0.5 - width / 2) / unit - x.view(-1, frames, 1, 1)
        self.v = (row + 0.5 - height / 2) / unit - y.view(-1, frames, 1, 1)
        self._clips = clips
        clip = torch.tensor(members, device=device).view(-1, 1, 1, 1)
        frame = torch.arange(frames, device=device).view(1, -1, 1, 1)
        self._where = ((clip * frames + frame) * height + row) * width + column

    def blend(self, colour: Tensor, cover: Tensor) -> None:
        """Lay `colour` (broadcast to [N, T, h, w, 3]) over the clips where `cover` [N, T, h, w] is 1."""
        pixels = self._clips.view(-1, 3)
        under = pixels[self._where].float() / 255
        pixels[self._where] = _bytes(torch.lerp(under, colour.expand_as(under), cover.unsqueeze(-1)))
