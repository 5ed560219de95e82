"""What things are: the shape, count and colour whose picture comes nearest to what is seen.

Masks say which shapes come into question and where they would lie. Then these are drawn in every colour and
material in front of the empty ground, moved about a little, and compared with the clip pixel by pixel.
"""

import itertools
import math
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz.world import rendering, scenes, shapes

Look = tuple[str, str]
"""Colour and material."""
_CELLS = 32
"""Masks are compared on a grid of so many cells each way."""
_FINE = 32
"""Sides of the square in which pictures are compared."""
_YAWS = (-0.2, -0.1, 0.0, 0.1, 0.2)
_TILTS = (-0.05, 0.0, 0.05)
_GAP = 2.3
"""From one thing to the next, in radii."""
_SQUASH = 0.1
_CLIP = 0.35
_CANDIDATES = 20
_WORST = 0.55
"""Share of what stands out from the ground that the best likeness may leave unexplained..."""
_NOISE = 0.012
"""...beyond so much, in 0 to 1, that no likeness explains."""


@dataclass(frozen=True, slots=True)
class Pose:
    """A shape as it may lie in a picture, in shorter sides from the picture's centre."""

    shape: str
    count: str
    yaw: float
    tilt: float
    x: float
    y: float
    radius: float
    gap: float
    squash: float


@dataclass(frozen=True, slots=True)
class ShapeMatch:
    shape: str
    count: str
    colour: str
    material: str
    unexplained: float
    """What the likeness leaves, as a share of what the empty ground leaves."""

    @property
    def holds(self) -> bool:
        return self.unexplained < _WORST


@dataclass(frozen=True, slots=True)
class _Templates:
    names: list[tuple[str, str, float, float]]
    """Shape, count, yaw and tilt of each."""
    masks: Tensor
    """[K, cells * cells], each stretched to fill its square."""
    boxes: Tensor
    """[K, 4]: left, right, top, bottom of the first thing's own radius."""


def find(
    frame: Tensor, ground: Tensor, mask: Tensor, *, light: str, motion: str | None, last: bool
) -> ShapeMatch | None:
    """What a frame [3, H, W] shows in front of its ground, where `mask` [H, W] says; None for nothing."""
    gap = _GAP / 1.3 if motion == "grow" and last else _GAP
    gap = _GAP / 1.2 if motion == "orbit" else gap
    squash = _SQUASH if (motion or "").startswith("bounce") else 0.0
    poses = _poses(mask, gap=gap, squash=squash)
    if not poses:
        return None
    view = _View.around(mask, frame=frame, ground=ground, light=light)
    first, *others = _looks(view, _one_of_each(poses, 3))[:3]
    tried = [*((pose, first) for pose in poses), *itertools.product(_one_of_each(poses, 3), others)]
    rough = sorted(
        ((*view.moved(pose, look, step=0.08), look) for pose, look in tried), key=lambda found: found[1]
    )
    fine = [(*view.settled(pose, look), look) for pose, _, look in rough[:6]]
    pose, _, _ = min(fine, key=lambda found: found[1])
    # The look was guessed with other shapes: look again, and at the other shapes in this look.
    look = _looks(view, [pose])[0]
    pose, error = min(
        (view.settled(pose, look) for pose in _one_of_each([pose, *(pose for pose, _, _ in rough)], 4)),
        key=lambda found: found[1],
    )
    colour, material = _looks(view, [pose])[0]
    return ShapeMatch(
        shape=pose.shape,
        count=pose.count,
        colour=colour,
        material=material,
        unexplained=max(0.0, error - _NOISE) / max(view.nothing, 1e-3),
    )


def _one_of_each(poses: list[Pose], most: int) -> list[Pose]:
    """The first pose of each of the first few pairs of shape and count."""
    seen: dict[tuple[str, str], Pose] = {}
    for pose in poses:
        seen.setdefault((pose.shape, pose.count), pose)
    return list(seen.values())[:most]


def _looks(view: "_View", poses: list[Pose]) -> list[Look]:
    """The best look in each colour, nearest first."""
    looks = [(colour, material) for colour in scenes.COLOURS for material in scenes.MATERIALS]
    errors = torch.stack([view.errors([pose] * len(looks), looks) for pose in poses]).amin(0)
    least, material = errors.view(len(scenes.COLOURS), -1).min(1)
    return [
        (scenes.COLOURS[place], scenes.MATERIALS[int(material[place])]) for place in least.argsort().tolist()
    ]


@lru_cache(maxsize=4)
def _templates(gap: float) -> _Templates:
    """Every shape, one to three times in a row, in every pose."""
    names, masks, boxes = [], [], []
    step = 2 * 1.5 / 96
    v = (torch.arange(96) + 0.5) * step - 1.5
    for count in scenes.COUNTS[1:]:
        many = scenes.COUNTS.index(count)
        u = torch.arange(round((3 + gap * (many - 1)) / step)) * step + step / 2 - 1.5
        for shape, yaw, tilt in ((s, y, t) for s in scenes.SHAPES for y in _YAWS for t in _TILTS):
            drawn = torch.zeros(len(v), len(u), dtype=torch.bool)
            for member in range(many):
                across, up = (u - gap * member).view(1, -1), -v.view(-1, 1)
                x = math.cos(tilt) * across - math.sin(tilt) * up
                y = math.sin(tilt) * across + math.cos(tilt) * up
                drawn |= shapes.FIELDS[shape](x, y, torch.full_like(x, yaw)) < 0
            box = _box(drawn)
            left, right, top, bottom = box
            masks.append(_stretched(drawn.float(), box))
            boxes.append(
                torch.tensor([left * step - 1.5, right * step - 1.5, top * step - 1.5, bottom * step - 1.5])
            )
            names.append((shape, count, yaw, tilt))
    return _Templates(names=names, masks=torch.stack(masks), boxes=torch.stack(boxes))


def _box(mask: Tensor) -> tuple[int, int, int, int]:
    """Left, right, top and bottom edge of a mask [H, W]."""
    columns, rows = mask.any(0).nonzero().flatten(), mask.any(1).nonzero().flatten()
    return int(columns[0]), int(columns[-1]) + 1, int(rows[0]), int(rows[-1]) + 1


def _stretched(mask: Tensor, box: tuple[int, int, int, int]) -> Tensor:
    left, right, top, bottom = box
    cut = mask[top:bottom, left:right].view(1, 1, bottom - top, right - left)
    return functional.interpolate(cut, (_CELLS, _CELLS), mode="area").flatten()


def _poses(mask: Tensor, *, gap: float, squash: float) -> list[Pose]:
    """The poses whose outlines come nearest to a mask, best first; at least one of each shape."""
    height, width = mask.shape
    unit = min(height, width)
    if not mask.any():
        return []
    box = _box(mask > 0)
    if box[1] - box[0] < 4 or box[3] - box[2] < 4:
        return []
    left, right = ((edge - width / 2) / unit for edge in box[:2])
    top, bottom = ((edge - height / 2) / unit for edge in box[2:])
    wide, high = (right - left) / (1 + squash), (bottom - top) / (1 - squash)
    templates = _templates(gap)
    seen = _stretched(mask, box)
    both = templates.masks @ seen
    overlap = both / (templates.masks.square().sum(1) + seen.square().sum() - both)
    across, down = (
        templates.boxes[:, 1] - templates.boxes[:, 0],
        templates.boxes[:, 3] - templates.boxes[:, 2],
    )
    aspect = (wide / high) / (across / down)
    score = overlap * torch.minimum(aspect, 1 / aspect)
    order = score.argsort(descending=True).tolist()
    chosen = order[: _CANDIDATES - len(scenes.SHAPES)]
    firsts: dict[str, int] = {}
    for place in order:
        firsts.setdefault(templates.names[place][0], place)
    poses = []
    for place in sorted({*chosen, *firsts.values()}, key=lambda p: -float(score[p])):
        shape, count, yaw, tilt = templates.names[place]
        radius = math.sqrt(wide / float(across[place]) * high / float(down[place]))
        middle = templates.boxes[place].view(2, 2).mean(1)
        poses.append(
            Pose(
                shape=shape,
                count=count,
                yaw=yaw,
                tilt=tilt,
                x=(left + right) / 2 - radius * float(middle[0]) * (1 + squash),
                y=(top + bottom) / 2 - radius * float(middle[1]) * (1 - squash),
                radius=radius,
                gap=gap,
                squash=squash,
            )
        )
    return poses


@dataclass(frozen=True, slots=True)
class _View:
    """A square of a picture around a mask, in which likenesses are compared with it."""

    u: Tensor
    v: Tensor
    """[h, w], in shorter sides."""
    seen: Tensor
    ground: Tensor
    """[h, w, 3]."""
    inside: Tensor
    """[h, w]: 1 in the picture, 0 beyond its edge."""
    light: str
    nothing: float
    """Error of the empty ground."""

    @classmethod
    def around(cls, mask: Tensor, *, frame: Tensor, ground: Tensor, light: str) -> "_View":
        height, width = mask.shape
        unit = min(height, width)
        left, right, top, bottom = _box(mask > 0)
        wide, high = right - left, bottom - top
        margin = 0.12 * high + 2
        columns = max(_FINE, round(_FINE * min(3.0, wide / high)))
        across = torch.linspace(left - margin, right + margin, columns)
        # Below lies only shadow.
        down = torch.linspace(top - margin, bottom + 1, _FINE)
        x, y = across.view(1, -1).expand(_FINE, -1), down.view(-1, 1).expand(-1, columns)
        where = torch.stack([x / width * 2 - 1, y / height * 2 - 1], dim=-1).unsqueeze(0)

        def cut(picture: Tensor) -> Tensor:
            return functional.grid_sample(picture.unsqueeze(0), where, align_corners=False)[0].permute(
                1, 2, 0
            )

        inside = ((x > 0.5) & (x < width - 0.5) & (y > 0.5) & (y < height - 0.5)).float()
        seen, before = cut(frame), cut(ground)
        # A shadow is no part of any likeness: where only mask and shadow differ from the ground, mask counts.
        near = functional.grid_sample(
            functional.max_pool2d(mask.view(1, 1, height, width), 5, 1, 2), where, align_corners=False
        )[0, 0]
        low = (y > bottom - 0.3 * high) & (near < 0.5) & (seen.sum(-1) < before.sum(-1))
        inside = inside * (1 - low.float())
        nothing = float(((seen - before).abs().clamp(max=_CLIP).mean(-1) * inside).sum() / inside.sum())
        return cls(
            u=(x - width / 2) / unit,
            v=(y - height / 2) / unit,
            seen=seen,
            ground=before,
            inside=inside,
            light=light,
            nothing=nothing,
        )

    def errors(self, poses: list[Pose], looks: list[Look]) -> Tensor:
        """Errors [N] of poses of one shape and count, in so many looks (colour, material)."""
        first = poses[0]
        chosen = [_SCENES[(first.shape, *look, self.light)] for look in looks]

        def each(name: str) -> Tensor:
            return torch.tensor([getattr(pose, name) for pose in poses]).view(-1, 1, 1, 1)

        radius, tilt, yaw = each("radius"), each("tilt"), each("yaw")
        picture = self.ground.expand(len(poses), 1, -1, -1, -1)
        for member in range(scenes.COUNTS.index(first.count)):
            across = (self.u - each("x")) / (radius * (1 + first.squash)) - first.gap * member
            up = (each("y") - self.v) / (radius * (1 - first.squash))
            x = torch.cos(tilt) * across - torch.sin(tilt) * up
            y = torch.sin(tilt) * across + torch.cos(tilt) * up
            colour, cover = rendering.shade(first.shape, chosen, x, y, yaw)
            picture = torch.lerp(picture, colour.clamp(0, 1), cover.unsqueeze(-1))
        away = (picture[:, 0] - self.seen).abs().clamp(max=_CLIP).mean(-1)
        return (away * self.inside).sum((1, 2)) / self.inside.sum()

    def settled(self, pose: Pose, look: Look) -> tuple[Pose, float]:
        """The best pose nearby, and its error: paint on round things tells how far they are turned."""
        leaning = [replace(pose, yaw=yaw, tilt=tilt) for yaw in _YAWS for tilt in _TILTS]
        pose, _ = self._best(leaning, look)
        pose, _ = self.moved(pose, look, step=0.05)
        return self.moved(pose, look, step=0.02)

    def moved(self, pose: Pose, look: Look, *, step: float) -> tuple[Pose, float]:
        """The best pose within a step (in radii) of a pose, and its error."""
        size = pose.radius * step
        near = [
            replace(pose, x=pose.x + across * size, y=pose.y + down * size, radius=pose.radius + grow * size)
            for across, down, grow in itertools.product((-1, 0, 1), repeat=3)
        ]
        return self._best(near, look)

    def _best(self, poses: list[Pose], look: Look) -> tuple[Pose, float]:
        errors = self.errors(poses, [look] * len(poses))
        best = int(errors.argmin())
        return poses[best], float(errors[best])


class _Scenes(dict[tuple[str, str, str, str], scenes.Scene]):
    """A scene for each shape, colour, material and light."""

    def __missing__(self, key: tuple[str, str, str, str]) -> scenes.Scene:
        shape, colour, material, light = key
        self[key] = scenes.Scene(
            count="one",
            size="medium",
            colour=colour,
            material=material,
            shape=shape,
            motion="still",
            ground="studio",
            light=light,
            camera="static",
            radius=0.2,
            offset=0.0,
            travel=1.0,
            tilt=0.0,
            yaw=0.0,
            brightness=1.0,
            shift=0.0,
        )
        return self[key]


_SCENES = _Scenes()


def plain_scene(shape: str, colour: str, material: str, light: str) -> scenes.Scene:
    """A scene with one upright thing, for `rendering.shade`."""
    return _SCENES[(shape, colour, material, light)]
