"""Where a clip differs from its empty ground: the masks of the objects, without their shadows."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz.recognition.backdrop import Backdrop
from generation.previz.world import motions

_DARKEST_SHADOW = 0.38
_BAND = 0.09
"""How far above the floor shadows reach, in shorter sides."""
_LEAST = 0.0012
"""Share of the picture that the smallest thing covers."""
SHARES = (0.16, 0.4)
"""How much of the largest difference counts as difference: coded clips have halos, and where their ground is
busy only the larger share tells a thing from it."""
_EDGES = 0.6
_FAINT, _SCATTERED = 0.1, 0.3
_CLUTTER = 0.2
"""Pieces smaller than this share of the largest are dropped."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """Masks through time and where they are, in shorter sides from the picture's centre, y downwards."""

    masks: Tensor
    """Float [T, H, W], 0 or 1."""
    traces: Tensor
    """Bool [T, H, W]: whatever differs from the ground beyond the noise, shadows and specks too."""
    there: Tensor
    """Bool [T]: whether there is anything."""
    left: Tensor
    right: Tensor
    top: Tensor
    bottom: Tensor
    x: Tensor
    y: Tensor
    """Centres [T]."""
    area: Tensor
    """[T], in squares of the shorter side."""
    contrast: Tensor
    """[T]: mean difference to the ground within the masks, in 0 to 1."""

    @property
    def faint(self) -> bool:
        """True for what may be nothing but an inexact ground."""
        return float(self.contrast.median()) < _FAINT

    @property
    def scattered(self) -> bool:
        """True where masks fill little of the box around them."""
        box = (self.right - self.left) * (self.bottom - self.top)
        return float((self.area / box.clamp(min=1e-6)).median()) < _SCATTERED


def find(video: Tensor, backdrop: Backdrop, *, share: float = SHARES[0]) -> Outlines:
    """The outlines of what stands before the ground of a clip (float [T, 3, H, W] in 0 to 1)."""
    away, traces, different = _different(video, backdrop, share)
    return _measured(_clean(different), away, traces)


def _measured(masks: Tensor, away: Tensor, traces: Tensor) -> Outlines:
    """Places and sizes of masks [T, H, W]; what differs more weighs more in their centres."""
    _, height, width = masks.shape
    unit = min(height, width)
    u = (torch.arange(width) + 0.5 - width / 2) / unit
    v = (torch.arange(height) + 0.5 - height / 2) / unit
    mass = masks.sum(dim=(1, 2))
    weight = masks * away
    some = weight.sum(dim=(1, 2)).clamp(min=1e-3)
    left, right = _extent(masks.sum(1), u)
    top, bottom = _extent(masks.sum(2), v)
    return Outlines(
        masks=masks,
        traces=traces,
        there=mass > _LEAST * height * width,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        x=(weight.sum(1) * u).sum(1) / some,
        y=(weight.sum(2) * v).sum(1) / some,
        area=mass / unit**2,
        contrast=weight.sum(dim=(1, 2)) / mass.clamp(min=1),
    )


def _extent(profile: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """The first and the last place where a profile [T, N] is not empty."""
    step = float(places[1] - places[0])
    inside = profile > 0
    low = torch.where(inside, places, places[-1]).amin(1) - step / 2
    high = torch.where(inside, places, places[0]).amax(1) + step / 2
    return low, high


def _different(video: Tensor, backdrop: Backdrop, share: float) -> tuple[Tensor, Tensor, Tensor]:
    """How far each pixel is from the ground, [T, H, W] in 0 to 1; where that is beyond the noise; and where
    it is an object: above the floor, and no shadow."""
    ground = backdrop.picture
    _, _, height, width = video.shape
    difference = functional.avg_pool2d(video - ground, 3, 1, 1)
    away = difference.abs().amax(1)
    noise = away.flatten(1).median(1).values.view(-1, 1, 1)
    most = away.flatten(1).topk(int(_LEAST * 3 * height * width), dim=1).values[:, -1].view(-1, 1, 1)
    # Where the ground has edges, these may be off by a fraction of a pixel.
    tone = ground.mean(1, keepdim=True)
    edges = (functional.max_pool2d(tone, 3, 1, 1) + functional.max_pool2d(-tone, 3, 1, 1))[:, 0]
    traces = away > 0.02 + 3 * noise
    different = away > torch.maximum(0.02 + 3 * noise, share * most) + _EDGES * edges
    path = backdrop.path
    v = (torch.arange(height) + 0.5 - height / 2) / min(height, width)
    below = v.view(1, -1, 1) - (path.zoom * (motions.FLOOR - path.y)).view(-1, 1, 1)
    different &= below < 0.004
    if backdrop.ground != "sky":
        different &= ~(_shadow(ground, difference) & (below > -_BAND * path.zoom.view(-1, 1, 1)))
    return away, traces, different


def _shadow(ground: Tensor, difference: Tensor) -> Tensor:
    """Bool [T, H, W]: the same hue as the ground, only darker."""
    share = 1 + (difference * ground).sum(1) / ground.square().sum(1).clamp(min=1e-3)
    rest = (difference - (share - 1).unsqueeze(1) * ground).abs().amax(1)
    return (share > _DARKEST_SHADOW) & (share < 1.02) & (rest < 0.02 + 0.05 * ground.amax(1))


def _clean(different: Tensor) -> Tensor:
    """Fill pinholes, drop specks, then drop pieces much smaller than the largest."""
    masks = (functional.avg_pool2d(different.float(), 3, 1, 1) > 0.5).float()
    coarse = functional.max_pool2d(masks.unsqueeze(1), 4, ceil_mode=True)
    names = pieces(coarse[:, 0])
    sizes = functional.avg_pool2d(masks.unsqueeze(1), 4, ceil_mode=True)[:, 0]
    many = int(names.max()) + 1
    mass = torch.zeros(len(masks), many).scatter_add_(1, names.flatten(1), sizes.flatten(1))
    mass[:, 0] = 0
    kept = mass >= _CLUTTER * mass.amax(1, keepdim=True)
    kept[:, 0] = False
    keep = kept.gather(1, names.flatten(1)).view_as(names).float()
    wide = functional.interpolate(keep.unsqueeze(1), scale_factor=4)[:, 0, : masks.shape[1], : masks.shape[2]]
    return masks * wide


def pieces(masks: Tensor) -> Tensor:
    """Long [T, h, w]: a number for each connected piece of coarse masks, 0 outside."""
    _, height, width = masks.shape
    names = torch.arange(1, height * width + 1).float().view(1, height, width) * masks
    while True:
        spread = functional.max_pool2d(names.unsqueeze(1), 3, 1, 1)[:, 0] * masks
        if torch.equal(spread, names):
            return names.long()
        names = spread
