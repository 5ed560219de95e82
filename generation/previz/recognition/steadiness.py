"""Whether things stay what they are through a clip: their outline, and how many they are."""

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz.recognition import outlines
from generation.previz.recognition.outlines import Outlines

_CELLS = 32
"""Outlines are compared on a grid of so many cells each way."""
_EACH = 3
"""Frames at the beginning and at the end that are compared."""


def kept(outline: Outlines) -> float:
    """How alike the outline is at the clip's end and at its beginning, 0 to 1, whatever its size and place.

    0 where nothing stands at one of the two.
    """
    held = [_stretched(mask) for mask in (*outline.masks[:_EACH], *outline.masks[-_EACH:])]
    found = [
        _alike(before, after) if before is not None and after is not None else 0.0
        for before in held[:_EACH]
        for after in held[_EACH:]
    ]
    return sum(found) / len(found)


def steady_count(outline: Outlines) -> float:
    """The share of frames that show as many things as most of them do."""
    many = torch.stack([names.unique().numel() - (names == 0).any().long() for names in _named(outline)])
    return float((many == many.mode().values).float().mean())


def _named(outline: Outlines) -> Tensor:
    """A number for each connected piece of each frame's outline [T, h, w]."""
    coarse = functional.max_pool2d(outline.masks.unsqueeze(1), 4, ceil_mode=True)[:, 0]
    return outlines.pieces(coarse)


def _stretched(mask: Tensor) -> tuple[Tensor, float] | None:
    """A mask [H, W] stretched to fill a square, and how much wider than high it is; None for an empty one."""
    columns, rows = mask.any(0).nonzero().flatten(), mask.any(1).nonzero().flatten()
    if not len(columns):
        return None
    cut = mask[int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
    square = functional.interpolate(cut[None, None], (_CELLS, _CELLS), mode="area")[0, 0]
    return square, cut.shape[1] / cut.shape[0]


def _alike(one: tuple[Tensor, float], other: tuple[Tensor, float]) -> float:
    """What both cover of what either does, less where one is stretched."""
    both, either = torch.minimum(one[0], other[0]).sum(), torch.maximum(one[0], other[0]).sum()
    return float(both / either) * min(one[1] / other[1], other[1] / one[1])
