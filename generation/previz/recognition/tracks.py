"""What things do: the motion that explains where masks are through time, once the camera's is taken away."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz.recognition.backdrop import Backdrop
from generation.previz.recognition.outlines import Outlines
from generation.previz.world import motions

_MOST_MISSING = 0.2
"""Share of frames in which a thing may be lost from sight."""
_CHANGE, _PLAIN_CHANGE, _NO_STILL = 0.08, 0.3, 0.45
"""How much of a thing's contrast to its ground must change for it to have turned; from when on halos of coded
clips matter less; and when it is no longer standing still."""
_GRID = 40


def motion(video: Tensor, backdrop: Backdrop, outlines: Outlines) -> str | None:
    """The motion in a clip (float [T, 3, H, W] in 0 to 1); None for what is none of the world's."""
    if outlines.there.float().mean() < 1 - _MOST_MISSING:
        return None
    path = backdrop.path
    x, y = outlines.x / path.zoom + path.x, outlines.y / path.zoom + path.y
    size = outlines.area.clamp(min=1e-6).sqrt() / path.zoom
    # Shadows may hide a thing's foot, never its top.
    top = outlines.top / path.zoom + path.y
    sideways, upwards = _gone(x), -_gone(top)
    widens = float(
        _end(outlines.right - outlines.left) / _start(outlines.right - outlines.left).clamp(min=1e-3)
    )
    growth = float(_end(size) / _start(size))
    time = torch.linspace(0, 1, len(x))
    if _alike(y, -(3 * math.pi * time).sin().abs()) > 0.75 and _reach(y) > 0.1:
        if abs(sideways) < 0.12:
            return "bounce"
        return "bounce left" if sideways < 0 else "bounce right"
    if growth > 1.7 and _steady(size) > 0.8:
        return "grow"
    if abs(sideways) > 0.18:
        return ("left" if sideways < 0 else "right") if _steady(x) > 0.8 and widens < 1.6 else None
    if _alike(x, (2 * math.pi * time).sin()) > 0.85 and _reach(x) > 0.35:
        return "orbit"
    # What pours does not sink, though its stream does.
    if upwards > -0.15 and _pours(backdrop, outlines):
        return "pour"
    if abs(upwards) > 0.12:
        return ("up" if upwards > 0 else "down") if _steady(top) > 0.8 and widens < 1.6 else None
    if max(_reach(x), _reach(y)) > 0.14:
        return None
    return _turning(video, backdrop, outlines)


def _start(track: Tensor) -> Tensor:
    return track[: max(1, len(track) // 10)].mean()


def _end(track: Tensor) -> Tensor:
    return track[-max(1, len(track) // 10) :].mean()


def _gone(track: Tensor) -> float:
    return float(_end(track) - _start(track))


def _reach(track: Tensor) -> float:
    """From the lowest to the highest value, but for a frame or two."""
    return float(track.quantile(0.95) - track.quantile(0.05))


def _alike(track: Tensor, pattern: Tensor) -> float:
    """Correlation in -1 to 1, after a straight line is taken from both."""
    time = torch.linspace(-1, 1, len(track))

    def level(values: Tensor) -> Tensor:
        values = values - values.mean()
        return values - time * (values * time).sum() / time.square().sum()

    return float(functional.cosine_similarity(level(track), level(pattern), dim=0))


def _steady(track: Tensor) -> float:
    """How far a track gets, of all the way it goes: 1 without any turning back."""
    smooth = functional.avg_pool1d(track.view(1, 1, -1), 3, 1)[0, 0]
    return float((smooth[-1] - smooth[0]).abs() / smooth.diff().abs().sum().clamp(min=1e-6))


def _pours(backdrop: Backdrop, outlines: Outlines) -> bool:
    """True if a thing hangs in the air at first and ends with a thin column down to the floor."""
    path, masks = backdrop.path, outlines.masks
    height, width = masks.shape[1:]
    unit = min(height, width)
    floor = path.zoom * (motions.FLOOR - path.y)
    hangs = _start((floor - outlines.bottom) / path.zoom)
    if hangs < 0.1:
        return False
    v = ((torch.arange(height) + 0.5 - height / 2) / unit).view(1, -1)
    late = slice(len(masks) * 5 // 8, None)
    above = (floor.view(-1, 1) - v)[late] / path.zoom[late].view(-1, 1)
    column = (above > 0.1) & (above < 0.17)  # higher than shadows reach
    across = outlines.traces[late].sum(2) / unit / path.zoom[late].view(-1, 1)
    wide = (across * column).sum(1) / column.sum(1)
    broad = masks[late].sum(2).amax(1) / unit / path.zoom[late]
    return bool(((wide > 0.008) & (wide < 0.4 * broad)).float().mean() > 0.6)


@dataclass(frozen=True, slots=True)
class _Changes:
    """How a thing that stays in place changes, in shares of its contrast to its ground."""

    most: float
    """From its first look, where it differs most from it."""
    quick: float
    """From frame to frame."""
    returned: float
    """From the first look to the last."""


def change(video: Tensor, backdrop: Backdrop, outlines: Outlines) -> float:
    """How far a thing gets from its first look, as a share of its contrast to its ground."""
    found = _changes(video, backdrop, outlines)
    return found.most if found is not None else 0.0


def _turning(video: Tensor, backdrop: Backdrop, outlines: Outlines) -> str | None:
    """`turn` if a thing that stays in place shows other sides and at last its first one again, `still` if it
    does not change. Changes of brightness, and changes that come and go from frame to frame, are neither."""
    found = _changes(video, backdrop, outlines)
    if found is None:
        return None
    smooth, back = (0.55, 0.6) if found.most > _PLAIN_CHANGE else (0.42, 0.5)
    if found.most > _CHANGE and found.quick < smooth * found.most and found.returned < back * found.most:
        return "turn"
    return "still" if found.most < _NO_STILL else None


def _changes(video: Tensor, backdrop: Backdrop, outlines: Outlines) -> _Changes | None:
    crops = _held(video, backdrop, outlines)
    masks = _held(outlines.masks.unsqueeze(1), backdrop, outlines)
    inside = masks.amax(0)[0]
    if inside.sum() < 4:
        return None
    weight = inside / inside.sum()
    before = _held(backdrop.picture, backdrop, outlines)
    contrast = ((crops - before).abs().mean(1) * weight).sum((1, 2)).median().clamp(min=0.02)
    both = masks * masks[:1]
    gain = (crops[:1] * both).sum((2, 3), keepdim=True) / (crops * both).sum((2, 3), keepdim=True).clamp(
        min=0.1
    )
    shown = crops * torch.lerp(torch.ones_like(gain), gain.clamp(0.5, 2), masks)

    def apart(one: Tensor, other: Tensor) -> Tensor:
        return ((one - other).abs().mean(1) * weight).sum((1, 2)) / contrast

    changed = apart(shown[1:-1], shown[:1])
    return _Changes(
        most=float(changed.topk(max(1, len(changed) // 4)).values.mean()),
        quick=float(apart(shown[1:], shown[:-1]).median()),
        returned=float(apart(shown[-2:], shown[:2]).mean()),
    )


def _held(pictures: Tensor, backdrop: Backdrop, outlines: Outlines) -> Tensor:
    """A square around what stands in place, as if the camera did not move: [T, C, G, G]."""
    _, _, height, width = pictures.shape
    unit = min(height, width)
    path = backdrop.path
    left = (outlines.left / path.zoom + path.x).quantile(0.1)
    right = (outlines.right / path.zoom + path.x).quantile(0.9)
    top = (outlines.top / path.zoom + path.y).quantile(0.1)
    bottom = (outlines.bottom / path.zoom + path.y).quantile(0.9)
    across = torch.linspace(0, 1, _GRID)
    u = (left + (right - left) * across).view(1, 1, -1).expand(len(pictures), _GRID, -1)
    v = (top + (bottom - top) * across).view(1, -1, 1).expand(len(pictures), -1, _GRID)
    zoom, x, y = (t.view(-1, 1, 1) for t in (path.zoom, path.x, path.y))
    where = torch.stack([(u - x) * zoom * 2 * unit / width, (v - y) * zoom * 2 * unit / height], dim=-1)
    held = functional.grid_sample(pictures, where, align_corners=False, padding_mode="border")
    return functional.avg_pool2d(held, 3, 1)
