"""What a generator is told of a clip besides words: pictures that are known, where, and how firmly. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Region = NDArray[np.bool_]
"""[H, W], True where pictures are to be made anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """Known pictures [N, H, W, 3] uint8 at the request's size, from the clip's frame `at` on.

    With `strength` 1 they stay; the less it is, the more the clip may differ from them, and what differs is
    only told apart for the whole clip. `region` says where a clip stays only outside of it.
    """

    pictures: NDArray[np.uint8]
    at: int
    strength: float = 1.0
    region: Region | None = None

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.at + len(self.pictures)

    @property
    def stays(self) -> bool:
        return self.strength >= 1.0


def fits_blocks(guide: Guide, *, frames: int, step: int) -> bool:
    """Whether a guide covers whole steps of a clip whose first frame stands alone: 1 + n * step frames.

    One picture at the very end may stand alone too: what leads to it is bent towards it.
    """
    begins = guide.at == 0 or (guide.at - 1) % step == 0
    ends = (guide.end - 1) % step == 0 and guide.end <= frames
    alone = len(guide.pictures) == 1 and guide.end == frames
    return (begins and ends) or alone


def region_of(box: tuple[float, float, float, float], *, width: int, height: int) -> Region:
    """The pixels of a rectangle (left, top, width, height as shares of the picture), at least one."""
    left, top, wide, high = box
    region = np.zeros((height, width), dtype=np.bool_)
    first, upper = min(int(left * width), width - 1), min(int(top * height), height - 1)
    last = max(first + 1, min(width, round((left + wide) * width)))
    lower = max(upper + 1, min(height, round((top + high) * height)))
    region[upper:lower, first:last] = True
    return region
