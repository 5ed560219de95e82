"""Is a video a copy of another that was encoded anew, resized, cropped, framed, mirrored or cut? Pure.

Four frames a second of the original become 256 bits each, as for clips that look alike
(dam.media.fingerprints): whole, and as if they had been cropped in each of PARTS. Of what may be a copy
nearly every frame is looked at, so that each frame of the original has one at its very moment. How many of
them have one that is near, in their order, says how alike both are; it proves nothing.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dam.media import fingerprints
from dam.media.fingerprints import BITS, BLANK, Bits, Grey

EVERY_MS, MOST = 250, 240  # between frames of an original, and how many; of longer ones fewer a second
ASKED_MS, ASKED = 40, 240  # the same of a file that may be a copy
SIDE = 160  # pixels of a frame's longer side
# What a copy may show of the picture: left, top, right, bottom, of its width and height. The first is all.
PARTS = (
    (0.0, 0.0, 0.0, 0.0),
    (0.025, 0.025, 0.025, 0.025),
    (0.05, 0.05, 0.05, 0.05),
    (0.075, 0.075, 0.075, 0.075),
    (0.1, 0.1, 0.1, 0.1),
    (0.342, 0.0, 0.342, 0.0),  # 9:16 of 16:9
    (0.219, 0.0, 0.219, 0.0),  # 1:1 of 16:9
    (0.1, 0.0, 0.0, 0.0),
    (0.0, 0.1, 0.0, 0.0),
    (0.0, 0.0, 0.1, 0.0),
    (0.0, 0.0, 0.0, 0.1),
    (0.1, 0.1, 0.0, 0.0),
    (0.0, 0.1, 0.1, 0.0),
    (0.1, 0.0, 0.0, 0.1),
    (0.0, 0.0, 0.1, 0.1),
    NO_TOP := (0.0, 0.25, 0.0, 0.0),
    NO_BOTTOM := (0.0, 0.0, 0.0, 0.25),
)
# Of what may be a copy: all, or without what may have been laid over its top or bottom, a logo or captions.
ASKED_PARTS = (0, PARTS.index(NO_TOP), PARTS.index(NO_BOTTOM))
NEAR = 44  # bits, as of clips that look alike
ENOUGH = 0.6  # of the frames must have one that is near
LEAST = 4  # that have one, for anything to be told
DARK = 24.0  # of 255: a border that is never brighter is taken off
SHOWN = 8  # pixels that must be left without borders
ANCHORS, PART_ANCHORS = 32, 4  # frames that are looked up by: as whole pictures, and as each of their parts
_NUMBER = np.dtype("<u4")


@dataclass(frozen=True)
class Prints:
    """Some frames of a video of `length_ms`: which of PARTS each is, and their bits [n, BITS / 8].

    Sorted by part, and of each part in the order of time.
    """

    length_ms: int
    parts: NDArray[np.uint8]
    bits: Bits

    def to_bytes(self) -> bytes:
        head = np.array([self.length_ms, len(self.parts)], _NUMBER)
        kept = (head, self.parts, self.bits)
        return zlib.compress(b"".join(part.tobytes() for part in kept))

    @classmethod
    def from_bytes(cls, kept: bytes) -> "Prints":
        """What `to_bytes` gave. Raises ValueError for anything else."""
        try:
            plain = zlib.decompress(kept)
        except zlib.error as damaged:
            raise ValueError("damaged prints") from damaged
        length_ms, count = map(int, np.frombuffer(plain, _NUMBER, 2))
        parts = np.frombuffer(plain, np.uint8, count, 8)
        bits = np.frombuffer(plain, np.uint8, offset=8 + count).reshape(count, BITS // 8)
        return cls(length_ms, parts, bits)

    def of_part(self, part: int) -> Bits:
        """In the order of their times."""
        found: Bits = self.bits[self.parts == part]
        return found

    def tokens(self, scope: str) -> list[int]:
        """What an index finds it by (fingerprints.tokens): some frames, and of fewer each part."""
        rows = []
        for part in range(len(PARTS)):
            found = self.of_part(part)
            rows.append(found[_spread(len(found), PART_ANCHORS if part else ANCHORS)])
        return fingerprints.tokens(rows, scope)

    def asked(self, scope: str) -> list[int]:
        """The tokens to look for."""
        return fingerprints.tokens([self.bits], scope)


@dataclass(frozen=True)
class Match:
    """How many of the frames that a copy of its length would show it has, 0 to 1, in their order; which part
    of the picture it shows."""

    share: float
    part: int = 0


def every_ms(length_ms: int, *, asked: bool = False) -> int:
    """How far apart the frames of an original are, or (`asked`) those of a file that may be a copy."""
    least, most = (ASKED_MS, ASKED) if asked else (EVERY_MS, MOST)
    return max(least, -(-length_ms // most))


def of(frames: Iterable[Grey], *, length_ms: int, parts: Sequence[int] = range(len(PARTS))) -> Prints | None:
    """Of frames in the order of time, as these parts of them; None where there is too little to see."""
    shown = without_borders(list(frames))
    found: list[tuple[int, Bits]] = []
    for part in parts:
        cut = (fingerprints.without(picture, PARTS[part]) for picture in shown)
        found += [(part, fingerprints.bits(picture)) for picture in cut if float(picture.std()) >= BLANK]
    if sum(part == 0 for part, _bits in found) < LEAST:
        return None
    parts_found = np.array([part for part, _bits in found], np.uint8)
    return Prints(length_ms, parts_found, np.stack([bits for _part, bits in found]))


def mirrored(frames: Iterable[Grey]) -> list[Grey]:
    return [np.ascontiguousarray(picture[:, ::-1]) for picture in frames]


def match(copy: Prints, known: Prints) -> Match:
    """The part of `known` that `copy` is nearest to: its whole pictures to any, its parts to the same one."""
    best = Match(0.0)
    # Of a copy that was cut, those frames that it has time for.
    shown = min(1.0, copy.length_ms / max(1, known.length_ms))
    for part in map(int, np.unique(known.parts)):
        frames = known.of_part(part)
        for of_copy in {0, part} & set(ASKED_PARTS):
            asked = copy.of_part(of_copy)
            near = _near(frames, asked)
            found = _in_order(near)
            share = min(1.0, found / max(LEAST, shown * len(frames)))
            if shown < 1 and len(asked):
                # Of a copy that is shorter, what it shows must be there, too: one frame may be a title's.
                share = min(share, _in_order(near.T) / len(asked))
            if found >= LEAST and share > best.share:
                best = Match(share, 0 if of_copy else part)
    return best


def is_copy(found: Match) -> bool:
    return found.share >= ENOUGH


def _near(known: Bits, asked: Bits) -> NDArray[np.bool_]:
    """[known, asked]"""
    apart = np.bitwise_count(known[:, None, :] ^ asked[None, :, :]).sum(axis=2, dtype=np.int64)
    near: NDArray[np.bool_] = apart <= NEAR
    return near


def _in_order(near: NDArray[np.bool_]) -> int:
    """How many of the rows can each be given a column that is near, none to the left of the one before."""
    best = np.zeros(near.shape[1], np.int64)
    for row in near:
        best = np.maximum(best, np.where(row, np.maximum.accumulate(best) + 1, 0))
    return int(best.max(initial=0))


def without_borders(frames: list[Grey]) -> list[Grey]:
    """Without black bars, which are dark in every frame.

    Frames of another size than the first are left out.
    """
    if not frames:
        return []
    frames = [picture for picture in frames if picture.shape == frames[0].shape]
    inside = within_borders(frames)
    return [picture[inside] for picture in frames]


def within_borders(frames: Sequence[Grey]) -> tuple[slice, slice]:
    """The rows and columns inside black bars, of frames of one size."""
    brightest = np.max(frames, axis=0)
    rows = np.flatnonzero(brightest.max(axis=1) > DARK)
    columns = np.flatnonzero(brightest.max(axis=0) > DARK)
    if len(rows) < SHOWN or len(columns) < SHOWN:
        return slice(0, brightest.shape[0]), slice(0, brightest.shape[1])
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _spread(count: int, most: int) -> NDArray[np.int64]:
    """Places of at most so many of them, in the middle of equal parts."""
    if count <= most:
        return np.arange(count)
    return (2 * np.arange(most) + 1) * count // (2 * most)
