"""Scenes become frames: batched signed distance fields, shaded and anti-aliased, on CPU or GPU."""

from collections import defaultdict
from collections.abc import Sequence

import torch
from torch import Tensor

from generation.previz.world import grounds, motions, shapes
from generation.previz.world.scenes import Scene

_COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.90, 0.10, 0.13),
    "orange": (1.00, 0.48, 0.05),
    "yellow": (1.00, 0.85, 0.10),
    "green": (0.10, 0.68, 0.25),
    "blue": (0.10, 0.28, 0.92),
    "purple": (0.52, 0.16, 0.80),
    "pink": (1.00, 0.45, 0.72),
    "white": (0.96, 0.96, 0.97),
}
_KEY_LIGHT = {"day": (1.0, 1.0, 1.0), "dusk": (1.0, 0.90, 0.80), "night": (0.78, 0.82, 0.95)}
_SHADOW = {"day": 0.42, "dusk": 0.45, "night": 0.55}
_TOWARDS_LIGHT = (-0.46, -0.58, 0.67)
_REACH = 1.22
"""Largest extent of a sprite in radii: the corner of a turned can, with room for its edge."""


def render(
    scenes: Sequence[Scene], *, frames: int, height: int, width: int, device: str | torch.device = "cpu"
) -> Tensor:
    """Draw clips as uint8 [B, T, H, W, 3]. Pictures are meant to be at least as wide as they are high."""
    clips = torch.empty(len(scenes), frames, height, width, 3, dtype=torch.uint8, device=device)
    for (ground, light), members in _groups(scenes, "ground", "light"):
        shift = torch.tensor([scenes[i].shift for i in members], device=device)
        bright = torch.tensor([scenes[i].brightness for i in members], device=device).view(-1, 1, 1, 1, 1)
        drawn = grounds.draw(ground, light=light, shift=shift, frames=frames, height=height, width=width)
        clips[members] = _bytes(drawn * bright).permute(0, 1, 3, 4, 2).expand(-1, frames, -1, -1, -1)
    for (shape,), members in _groups(scenes, "shape"):
        _place(clips, shape, members, [scenes[i] for i in members])
    return clips


def _groups(scenes: Sequence[Scene], *names: str) -> list[tuple[tuple[str, ...], list[int]]]:
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, scene in enumerate(scenes):
        groups[tuple(getattr(scene, name) for name in names)].append(place)
    return sorted(groups.items())


def _bytes(colours: Tensor) -> Tensor:
    return (colours.clamp(0, 1) * 255 + 0.5).to(torch.uint8)


def _place(clips: Tensor, shape: str, members: list[int], scenes: Sequence[Scene]) -> None:
    """Draw the shadow and then the object of each scene into its clip."""
    frames, height = clips.shape[1:3]
    paths = [motions.path(scene, frames=frames) for scene in scenes]

    def per_frame(name: str) -> Tensor:
        return torch.stack([getattr(p, name) for p in paths]).to(clips.device)

    x, y, scale, angle, squash = (per_frame(n) for n in ("x", "y", "scale", "angle", "squash"))
    radius = torch.tensor([s.radius for s in scenes], device=clips.device).view(-1, 1) * scale
    y = y + radius * squash

    grounded = [i for i, scene in enumerate(scenes) if scene.ground != "sky"]
    if grounded:
        strength = torch.tensor([_SHADOW[scenes[i].light] for i in grounded], device=clips.device).view(
            -1, 1, 1, 1
        )
        window = _Window(
            clips,
            [members[i] for i in grounded],
            x[grounded],
            torch.full_like(x[grounded], motions.FLOOR),
            across=0.72,
            down=0.2,
        )
        gap = (motions.FLOOR - radius - y)[grounded].clamp(min=0).view(-1, frames, 1, 1)
        spread = radius[grounded].view(-1, frames, 1, 1) * (1.0 + 1.2 * gap)
        away = torch.hypot(window.u / spread, window.v / (spread * 0.24))
        cover = strength * (1 - 1.3 * gap).clamp(min=0.25) * torch.sigmoid((0.85 - away) * (7 - 6 * gap))
        window.blend(torch.zeros(3, device=clips.device), cover)

    largest = float(radius.max())
    window = _Window(clips, members, x, y, across=2 * largest * _REACH, down=2 * largest * _REACH)
    unit = radius.view(-1, frames, 1, 1)
    flat = squash.view(-1, frames, 1, 1)
    across, up = window.u / (unit * (1 + flat)), -window.v / (unit * (1 - flat))
    sine, cosine = torch.sin(angle).view(-1, frames, 1, 1), torch.cos(angle).view(-1, frames, 1, 1)
    local_x, local_y = cosine * across - sine * up, sine * across + cosine * up
    distance = shapes.FIELDS[shape](local_x, local_y)
    cover = (0.5 - distance * unit * height).clamp(0, 1)
    window.blend(_shade(shape, scenes, distance, local_x, local_y, step=1 / (unit * height)), cover)


def _shade(
    shape: str, scenes: Sequence[Scene], distance: Tensor, x: Tensor, y: Tensor, *, step: Tensor
) -> Tensor:
    """Colour [N, T, S, S, 3] of a rounded solid under one key light, with a highlight and a soft rim."""

    def tones(table: dict[str, tuple[float, float, float]], name: str) -> Tensor:
        chosen = [table[getattr(scene, name)] for scene in scenes]
        return torch.tensor(chosen, device=x.device).view(-1, 1, 1, 1, 3)

    base, light = tones(_COLOURS, "colour"), tones(_KEY_LIGHT, "light")
    second = torch.lerp(base, torch.ones_like(base), 0.78)
    second = torch.where(base.amin(-1, keepdim=True) > 0.9, base * 0.62, second)
    skin = torch.lerp(base, second, shapes.decoration(shape, x, y).unsqueeze(-1))

    slope_v, slope_u = torch.gradient(distance, dim=(-2, -1))
    inwards = 1 - (-distance / shapes.BEVELS[shape]).clamp(0, 1)
    normal_u, normal_v = slope_u / step * inwards, slope_v / step * inwards
    normal_z = (1 - normal_u**2 - normal_v**2).clamp(min=0).sqrt()
    light_u, light_v, light_z = _TOWARDS_LIGHT
    towards = (normal_u * light_u + normal_v * light_v + normal_z * light_z).clamp(min=0)
    if shape == "cube":
        towards = shapes.facing(x, y)
    # The mirror direction of a viewer straight ahead, so the highlight sits between light and eye.
    half = (normal_u * light_u * 0.547 + normal_v * light_v * 0.547 + normal_z * (light_z + 1) * 0.547).clamp(
        0, 1
    )
    shine = half.pow(28) * (0.15 if shape in ("cube", "leaf") else 0.5)
    rim = inwards.pow(3) * 0.10 * (normal_u + 0.5).clamp(0, 1)
    return skin * light * (0.34 + 0.78 * towards).unsqueeze(-1) + (shine + rim).unsqueeze(-1) * light


class _Window:
    """A rectangle that follows a point through each clip, kept inside the picture."""

    def __init__(
        self, clips: Tensor, members: list[int], x: Tensor, y: Tensor, *, across: float, down: float
    ) -> None:
        _, frames, height, width, _ = clips.shape
        columns, rows = min(int(across * height) + 3, width), min(int(down * height) + 3, height)
        left = (x * height + width / 2 - columns / 2).round().long().clamp(0, width - columns)
        top = (y * height + height / 2 - rows / 2).round().long().clamp(0, height - rows)
        device = clips.device
        column = left.view(-1, frames, 1, 1) + torch.arange(columns, device=device)
        row = top.view(-1, frames, 1, 1) + torch.arange(rows, device=device).view(-1, 1)
        self.u = (column + 0.5 - width / 2) / height - x.view(-1, frames, 1, 1)
        self.v = (row + 0.5 - height / 2) / height - y.view(-1, frames, 1, 1)
        self._clips = clips
        clip = torch.tensor(members, device=device).view(-1, 1, 1, 1)
        frame = torch.arange(frames, device=device).view(1, -1, 1, 1)
        self._where = ((clip * frames + frame) * height + row) * width + column

    def blend(self, colour: Tensor, cover: Tensor) -> None:
        """Lay `colour` (broadcast to [N, T, h, w, 3]) over the clips where `cover` [N, T, h, w] is 1."""
        pixels = self._clips.view(-1, 3)
        under = pixels[self._where].float() / 255
        pixels[self._where] = _bytes(torch.lerp(under, colour.expand_as(under), cover.unsqueeze(-1)))
