"""Which colour a thing has, whatever its shape: the one whose shades are most like its pixels.

What shades a colour has, in light and shadow and in opaque materials, is counted in pictures of the world's
shapes.
"""

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz.recognition.shape_matching import plain_scene
from generation.previz.world import rendering, scenes

_BINS = 16
_PIXELS = 48
_LEAST = 1e-5
"""Likelihood of a shade that a colour never shows, so that stray pixels do not decide."""
_MASK_PIXELS = 12
"""So many pixels must be seen in a frame for it to be asked."""
_SHARE = 0.5
"""Share of pixels that must be likelier in the colour than in any other."""


def find(video: Tensor, masks: Tensor, *, light: str) -> str | None:
    """The colour of what lies in `masks` [T, H, W] of a clip [T, 3, H, W] in 0 to 1; None if unclear."""
    inner = -functional.max_pool2d(-masks.unsqueeze(1), 3, 1, 1)[:, 0]
    enough = inner.sum((1, 2)) >= _MASK_PIXELS
    chosen = torch.where(enough.view(-1, 1, 1), inner, masks) > 0
    pixels = video.permute(0, 2, 3, 1)[chosen]
    if len(pixels) < _MASK_PIXELS:
        return None
    likelihoods = _shades(light)[:, _bins(pixels)].clamp(min=_LEAST)
    total = likelihoods.log().mean(1)
    best = int(total.argmax())
    known = likelihoods.amax(0) > _LEAST
    won = (likelihoods.argmax(0) == best) & known
    return scenes.COLOURS[best] if float(won.float().mean()) > _SHARE else None


def _bins(pixels: Tensor) -> Tensor:
    """The bin of each of some pixels [..., 3] in 0 to 1."""
    red, green, blue = (pixels * (_BINS - 1)).round().long().clamp(0, _BINS - 1).unbind(-1)
    return (red * _BINS + green) * _BINS + blue


@lru_cache(maxsize=len(scenes.LIGHTS))
def _shades(light: str) -> Tensor:
    """How often each shade is seen in things of each colour: [colours, bins]."""
    side = torch.linspace(-1.4, 1.4, _PIXELS)
    x, y = side.view(1, 1, 1, -1), -side.view(1, 1, -1, 1)
    counts = torch.zeros(len(scenes.COLOURS), _BINS**3)
    for shape in scenes.SHAPES:
        for material, share in (("matte", 1.0), ("glossy", 2.0), ("metal", 1.0)):
            drawn = [plain_scene(shape, colour, material, light) for colour in scenes.COLOURS]
            colour, cover = rendering.shade(
                shape,
                drawn,
                x.expand(len(drawn), 1, _PIXELS, _PIXELS),
                y.expand(len(drawn), 1, _PIXELS, _PIXELS),
                torch.zeros(len(drawn), 1, 1, 1),
            )
            for place in range(len(drawn)):
                seen = _bins(colour[place].clamp(0, 1)[cover[place] > 0.9])
                counts[place] += share * torch.bincount(seen, minlength=_BINS**3) / len(seen)
    cube = counts.view(-1, 1, _BINS, _BINS, _BINS)
    # Coded clips miss a shade by a little.
    smooth = functional.avg_pool3d(cube, 3, 1, 1) + 0.3 * cube
    return (smooth / smooth.sum((2, 3, 4), keepdim=True)).flatten(1)
