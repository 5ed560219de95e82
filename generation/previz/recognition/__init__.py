"""Reads back from a clip's frames what it shows of the world: the examiner of the generator.

It looks with classical means alone and knows only how the world is drawn. What is not clearly one of the
world's values reads as None: of a blob the colour can be told and where it goes, not its shape.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generation.previz.recognition import backdrop, hues, outlines, shape_matching, steadiness, tracks
from generation.previz.recognition.backdrop import Backdrop
from generation.previz.recognition.outlines import Outlines

_FRAMES = 25
_SEEN_SHARE = 0.3
"""Share of frames in which something must stand for the view not to be empty."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Values of the world's attributes, None where a clip shows none of them."""

    count: str | None
    colour: str | None
    shape: str | None
    motion: str | None
    ground: str | None
    light: str | None
    camera: str | None
    flicker: float
    """Mean change of the change from frame to frame, in 0 to 1, where only ground is."""
    kept: float = 0.0
    """How alike the outline is at the end and at the beginning, 0 to 1; 0 where nothing stands."""
    steady_count: float = 0.0
    """Share of frames that show as many things as most do; 0 where nothing stands."""
    changed: float = 0.0
    """How far a thing gets from its first look, in shares of its contrast to its ground."""


@torch.inference_mode()
def read(clip: NDArray[np.uint8]) -> Reading:
    """Read a clip (uint8 [T, H, W, 3], at least 9 frames)."""
    frames = torch.from_numpy(clip)
    places = torch.linspace(0, len(frames) - 1, min(_FRAMES, len(frames))).round().long()
    video = frames[places].permute(0, 3, 1, 2).float() / 255
    behind = backdrop.find(video, of=len(frames))
    if not behind.fits:
        return Reading(None, None, None, None, None, None, None, _flicker(frames, None))
    outline = outlines.find(video, behind)
    flicker = _flicker(frames, outline)
    found = Reading(None, None, None, None, behind.ground, behind.light, behind.camera, flicker)
    if outline.there.float().mean() < _SEEN_SHARE or (outline.faint and outline.scattered):
        return replace(found, count="none")
    # Asked first: likenesses of a thing that has none of the world's shapes may lie about its colour.
    colour = hues.find(video, outline.masks, light=behind.light)
    found = replace(
        found,
        kept=steadiness.kept(outline),
        steady_count=steadiness.steady_count(outline),
        changed=tracks.change(video, behind, outline),
    )
    motion = tracks.motion(video, behind, outline)
    what = _match_shape(video, behind, outline, motion)
    if what is not None and not what.holds:
        stricter = outlines.find(video, behind, share=outlines.SHARES[1])
        again = tracks.motion(video, behind, stricter)
        other = _match_shape(video, behind, stricter, again)
        if other is not None and other.holds:
            motion, what = again, other
    if what is not None and what.holds:
        return replace(found, count=what.count, colour=colour or what.colour, shape=what.shape, motion=motion)
    if outline.faint and (what is None or what.unexplained > 1):
        return replace(found, count="none")
    return replace(found, motion=motion, colour=colour)


def _match_shape(
    video: Tensor, behind: Backdrop, outline: Outlines, motion: str | None
) -> shape_matching.ShapeMatch | None:
    """From the first frame, or from the last one of what grows."""
    place = -1 if motion == "grow" else 0
    return shape_matching.find(
        video[place],
        behind.picture[place],
        outline.masks[place],
        light=behind.light,
        motion=motion,
        last=place == -1,
    )


def _flicker(frames: Tensor, outline: Outlines | None) -> float:
    few = frames[:, ::4, ::4].float() / 255
    change = few.diff(dim=0).diff(dim=0).abs().mean(-1)
    if outline is not None:
        change = change[:, outline.masks.amax(0)[::4, ::4] == 0]
    return float(change.mean()) if change.numel() else 0.0
