"""Finds the empty ground behind a clip: which ground, in which light, seen by which camera.

First a rough look at the first and the last frame decides ground and light; then every camera and five shifts
are tried at five times; at last the shift is found to a fraction of a pixel, and the empty ground is drawn
anew. Differences are clipped, so that objects in front count little.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz.world import grounds, motions, rendering, scenes
from generation.previz.world.motions import Camera
from generation.previz.world.scenes import Scene

_ROUGH = 18
"""Rows of the picture in the first, rough look."""
_FINE = 36
_SHIFTS = (-0.06, -0.03, 0.0, 0.03, 0.06)
_GAINS = (0.975, 1.0, 1.025)
_CLIP = 0.12
"""A larger difference says no more than this one."""
_MARGIN = motions.PAN / 2 + 0.03
_WORST = 0.045
"""Mean clipped difference beyond which nothing is called this ground."""
_DOUBT = 1.03
"""A camera that moves must explain a clip so much better than one that stands."""


@dataclass(frozen=True, slots=True)
class Backdrop:
    """The empty ground that explains a clip best."""

    ground: str
    light: str
    camera: str
    path: Camera
    picture: Tensor
    """Float [T, 3, H, W] in 0 to 1, drawn without object."""
    error: float
    """Mean clipped difference to the clip, in 0 to 1."""

    @property
    def fits(self) -> bool:
        return self.error < _WORST


def find(video: Tensor, *, of: int) -> Backdrop:
    """The ground of a clip (float [T, 3, H, W] in 0 to 1), evenly chosen from `of` frames."""
    ground, light = _rough(video)
    camera, shift = _camera(video, ground, light)
    shift = _shift(video, _empty(ground, light, camera, shift))
    scene = _empty(ground, light, camera, shift)
    picture = _drawn(scene, like=video, of=of)
    picture = picture * _gain(video, picture)
    error = float((video - picture).abs().clamp(max=_CLIP).mean())
    path = motions.camera(scene, frames=len(video))
    return Backdrop(ground=ground, light=light, camera=camera, path=path, picture=picture, error=error)


def _empty(ground: str, light: str, camera: str, shift: float) -> Scene:
    return Scene(
        count="none",
        size="medium",
        colour="red",
        material="matte",
        shape="ball",
        motion="still",
        ground=ground,
        light=light,
        camera=camera,
        radius=0.2,
        offset=0.0,
        travel=1.0,
        tilt=0.0,
        yaw=0.0,
        brightness=1.0,
        shift=shift,
    )


def _drawn(scene: Scene, *, like: Tensor, of: int) -> Tensor:
    frames, _, height, width = like.shape
    places = torch.zeros(frames, dtype=torch.long)
    if scene.ground == "sea":  # its waves go on with each frame of the clip
        frames, places = of, torch.linspace(0, of - 1, frames).round().long()
    elif scene.camera == "static":
        frames = 1
    else:
        places = torch.arange(frames)
    clip = rendering.render([scene], frames=frames, height=height, width=width)[0]
    return (clip.permute(0, 3, 1, 2).float() / 255)[places]


def _gain(video: Tensor, picture: Tensor) -> float:
    """How much brighter the clip is than the picture of its ground, at most a few percent."""
    few = slice(None, None, max(1, len(video) // 5))
    seen, drawn = video[few, :, ::3, ::3], picture[few, :, ::3, ::3]
    bright = drawn > 0.1
    return float((seen[bright] / drawn[bright]).median().clamp(0.94, 1.06)) if bright.any() else 1.0


@lru_cache(maxsize=64)
def _canvas(ground: str, light: str, rows: int) -> Tensor:
    """A ground beyond the edges of the picture, at every shift: [S, 3, h, w], `rows` per shorter side."""
    finer = 3
    step = 1 / (rows * finer)

    def points(half: float) -> Tensor:
        count = finer * round(rows * (2 * half + 2 * _MARGIN))
        return (torch.arange(count) + 0.5 - count / 2) * step

    shift = torch.tensor(_SHIFTS)
    drawn = grounds.draw(ground, light=light, shift=shift, frames=4, v=points(0.5), u=points(8 / 9))
    return functional.avg_pool2d(drawn.mean(1), finer)


def _views(canvas: Tensor, camera: Camera, *, rows: int, columns: int) -> Tensor:
    """What a camera [T] sees of a canvas: [S, T, 3, rows, columns]."""
    times = len(camera.x)
    v = ((torch.arange(rows) + 0.5) / rows - 0.5).view(1, -1, 1).expand(times, -1, columns)
    u = ((torch.arange(columns) + 0.5 - columns / 2) / rows).view(1, 1, -1).expand(times, rows, -1)
    zoom, x, y = (t.view(-1, 1, 1) for t in (camera.zoom, camera.x, camera.y))
    half_v, half_u = canvas.shape[-2] / rows / 2, canvas.shape[-1] / rows / 2
    where = torch.stack([(u / zoom + x) / half_u, (v / zoom + y) / half_v], dim=-1)
    where = where.reshape(1, times * rows, columns, 2).expand(len(canvas), -1, -1, -1)
    seen: Tensor = functional.grid_sample(canvas, where, align_corners=False, padding_mode="border")
    return seen.view(len(canvas), 3, times, rows, columns).transpose(1, 2)


def _pooled(video: Tensor, rows: int) -> Tensor:
    return functional.adaptive_avg_pool2d(video, (rows, round(rows * video.shape[-1] / video.shape[-2])))


@lru_cache(maxsize=2)
def _beginnings_and_ends(columns: int) -> tuple[list[tuple[str, str]], Tensor]:
    """Every ground and light as every camera first and last sees it: [G, S, C, 2, 3, rows, columns]."""
    pairs = [(ground, light) for ground in scenes.GROUNDS for light in scenes.LIGHTS]
    cameras = [motions.camera(_empty("sky", "day", name, 0.0), frames=2) for name in scenes.CAMERAS]
    found = [
        torch.stack(
            [_views(_canvas(*pair, _ROUGH), camera, rows=_ROUGH, columns=columns) for camera in cameras],
            dim=1,
        )
        for pair in pairs
    ]
    return pairs, torch.stack(found)


def _rough(video: Tensor) -> tuple[str, str]:
    """Ground and light."""
    seen = _pooled(video[[0, -1]], _ROUGH)
    pairs, views = _beginnings_and_ends(seen.shape[-1])
    error = (views - seen).abs().clamp_(max=_CLIP).mean(dim=(-3, -2, -1)).mean(-1).flatten(1).amin(1)
    return pairs[int(error.argmin())]


@lru_cache(maxsize=64)
def _through_time(ground: str, light: str, columns: int) -> Tensor:
    """A ground as every camera sees it at five times: [S, C, 5, 3, rows, columns]."""
    cameras = [motions.camera(_empty(ground, light, name, 0.0), frames=5) for name in scenes.CAMERAS]
    canvas = _canvas(ground, light, _FINE)
    return torch.stack([_views(canvas, camera, rows=_FINE, columns=columns) for camera in cameras], dim=1)


def _camera(video: Tensor, ground: str, light: str) -> tuple[str, float]:
    """The camera and, roughly, the shift that explain a clip best."""
    times = torch.linspace(0, len(video) - 1, 5).round().long()
    seen = _pooled(video[times], _FINE)
    views = _through_time(ground, light, seen.shape[-1])
    errors = torch.stack(
        [(views * gain - seen).abs().clamp_(max=_CLIP).mean(dim=(2, 3, 4, 5)) for gain in _GAINS], dim=-1
    )
    least = errors.amin(-1)
    static = least[:, scenes.CAMERAS.index("static")]
    if float(static.min()) < _DOUBT * float(least.min()):
        return "static", _SHIFTS[int(static.argmin())]
    shift, camera = divmod(int(least.argmin()), len(scenes.CAMERAS))
    return scenes.CAMERAS[camera], _SHIFTS[shift]


def _shift(video: Tensor, scene: Scene) -> float:
    """The exact shift, by the first frame alone."""
    first, (_, height, width) = video[:1], video.shape[1:]
    waves = scene.ground == "sea"
    still = scene.camera == "static" and not waves
    # Seen roughly, waves tell nothing of the shift.
    tried = [0.011 * k for k in range(-6, 7)] if waves else [scene.shift + 0.011 * k for k in range(-2, 3)]
    middle = scene.shift
    for step in (0.004, 0.0015, 0.0):
        drawn = rendering.render(
            [_empty(scene.ground, scene.light, scene.camera, shift) for shift in tried],
            frames=1 if still else 2,
            height=height,
            width=width,
        )[:, 0]
        pictures = drawn.permute(0, 3, 1, 2).float() / 255
        gain = _gain(first, pictures[len(tried) // 2 :][:1])
        errors = (pictures * gain - first).abs().clamp(max=_CLIP).mean(dim=(1, 2, 3))
        middle = tried[int(errors.argmin())]
        tried = [middle + step * k for k in (-2, -1, 0, 1, 2)]
    return middle
