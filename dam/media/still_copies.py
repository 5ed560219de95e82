"""Is an image a copy of another that was encoded anew, resized, cropped, framed or mirrored? Pure.

Of the original the bits of a frame (dam.media.fingerprints) are kept, whole and as if it had been cropped in
some forty ways, and a small grey picture. What may be a copy is found by a part whose bits are near; then it
is laid over that part, which is moved until both fit best. They must be alike there as pictures, too: one
image has no others beside it that confirm it. That proves nothing.
"""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dam.media import fingerprints, part_search
from dam.media.copy_detection import NO_BOTTOM, NO_TOP, within_borders
from dam.media.fingerprints import BITS, BLANK, Bits, Grey
from dam.media.part_search import Sides

SIDE = 160  # pixels of the longer side
WHOLE: Sides = (0.0, 0.0, 0.0, 0.0)
CUTS = (0.05, 0.1, 0.2)  # of width and height, in nine places each
EDGES = (0.075, 0.15)  # of one side, or of two that face each other
SHAPES = (1.0, 4 / 5, 9 / 16, 16 / 9)  # width over height, of the middle
ASKED: tuple[Sides, ...] = (WHOLE, NO_TOP, NO_BOTTOM)  # a logo or words may have been laid over the rest
BANDS = 16  # of 16 bits: of two pictures that differ in 30 bits, nine in ten share one
NEAR = 60  # bits, for a part to be laid over
ALIKE = 0.9  # correlation of what is laid over one another
PLAIN = 16.0  # of 255: a frame of one colour differs by less
SHOWN = 8  # pixels that must be left within it
QUALITY = 85
CROPPED = 0.03  # of a side
_NUMBER = np.dtype("<u2")


@dataclass(frozen=True)
class StillPrint:
    """`bits` [n, BITS / 8] of the picture without what each of `cuts` takes off; the first is all of it."""

    picture: Grey
    cuts: tuple[Sides, ...]
    bits: Bits

    def to_bytes(self) -> bytes:
        drawn = io.BytesIO()
        Image.fromarray(self.picture.round().clip(0, 255).astype(np.uint8)).save(
            drawn, "JPEG", quality=QUALITY
        )
        head = np.array([len(self.cuts)], _NUMBER)
        cuts = np.array(self.cuts, np.float32)
        return zlib.compress(
            b"".join((head.tobytes(), cuts.tobytes(), self.bits.tobytes(), drawn.getvalue()))
        )

    @classmethod
    def from_bytes(cls, kept: bytes) -> "StillPrint":
        """What `to_bytes` gave. Raises ValueError for anything else."""
        try:
            plain = zlib.decompress(kept)
            count = int(np.frombuffer(plain, _NUMBER, 1)[0])
            cuts = np.frombuffer(plain, np.float32, 4 * count, 2).reshape(count, 4)
            bits = np.frombuffer(plain, np.uint8, count * BITS // 8, 2 + 16 * count).reshape(count, BITS // 8)
            with Image.open(io.BytesIO(plain[2 + (16 + BITS // 8) * count :]), formats=("JPEG",)) as drawn:
                picture = np.asarray(drawn.convert("L"), np.float32)
        except (zlib.error, OSError, IndexError) as damaged:
            raise ValueError("damaged print") from damaged
        return cls(picture, tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in cuts), bits)

    def tokens(self, scope: str) -> list[int]:
        """What an index finds it by."""
        return fingerprints.tokens([self.bits], scope, bands=BANDS)


@dataclass(frozen=True)
class Asked:
    """An image that may be a copy: pictures of it as it may have been, and the bits of each."""

    pictures: tuple[Grey, ...]
    mirrored: tuple[bool, ...]
    bits: Bits

    def tokens(self, scope: str) -> list[int]:
        """The tokens to look for."""
        return fingerprints.tokens([self.bits], scope, bands=BANDS)


@dataclass(frozen=True)
class Match:
    """How alike both are where one lies over the other, 0 to 1; what it shows of the original."""

    share: float
    cropped: bool = False
    mirrored: bool = False


def of(picture: Grey) -> StillPrint | None:
    """Of an original, no side longer than SIDE; None where there is too little to see."""
    cuts = [cut for cut in _cuts(picture) if _tells(fingerprints.without(picture, cut))]
    if not cuts or cuts[0] != WHOLE:
        return None
    bits = np.stack([fingerprints.bits(fingerprints.without(picture, cut)) for cut in cuts])
    return StillPrint(picture, tuple(cuts), bits)


def asked(picture: Grey) -> Asked | None:
    """Of what may be a copy, no side longer than SIDE; None where there is too little to see."""
    found = [
        (shown, turned)
        for whole in _unframed(picture)
        for cut in ASKED
        if _tells(part := fingerprints.without(whole, cut))
        for shown, turned in ((part, False), (np.ascontiguousarray(part[:, ::-1]), True))
    ]
    if not found:
        return None
    bits = np.stack([fingerprints.bits(shown) for shown, _turned in found])
    return Asked(tuple(shown for shown, _ in found), tuple(turned for _, turned in found), bits)


def match(copy: Asked, known: StillPrint) -> Match | None:
    """Where it lies in the original; None where it isn't alike."""
    apart = np.bitwise_count(copy.bits[:, None, :] ^ known.bits[None, :, :]).sum(axis=2, dtype=np.int64)
    which, part = np.unravel_index(int(apart.argmin()), apart.shape)
    if apart[which, part] > NEAR:
        return None
    share, cut = part_search.climb([known.picture], [copy.pictures[which]], known.cuts[part])
    if share < ALIKE:
        return None
    # A part of the copy was compared where its top or bottom may be covered: that is no crop.
    cropped = max(cut[0] + cut[2], cut[1] + cut[3]) > CROPPED and known.cuts[part] not in ASKED[1:]
    return Match(round(share, 3), cropped, copy.mirrored[which])


def _tells(picture: Grey) -> bool:
    return min(picture.shape) >= SHOWN and float(picture.std()) >= BLANK


def _cuts(picture: Grey) -> Iterator[Sides]:
    """The whole first."""
    yield WHOLE
    yield from ASKED[1:]
    for cut in CUTS:
        for across in (0.0, 0.5, 1.0):
            for down in (0.0, 0.5, 1.0):
                yield cut * across, cut * down, cut * (1 - across), cut * (1 - down)
    for cut in EDGES:
        yield from ((cut, 0.0, 0.0, 0.0), (0.0, cut, 0.0, 0.0), (0.0, 0.0, cut, 0.0), (0.0, 0.0, 0.0, cut))
        yield from ((cut / 2, 0.0, cut / 2, 0.0), (0.0, cut / 2, 0.0, cut / 2))
    height, width = picture.shape
    for shape in SHAPES:
        across, down = (1 - height * shape / width) / 2, (1 - width / shape / height) / 2
        if max(across, down) > CROPPED / 2:
            yield (across, 0.0, across, 0.0) if across > 0 else (0.0, down, 0.0, down)


def _unframed(picture: Grey) -> Iterator[Grey]:
    """As it is, and without what may be a frame: black bars, or edges of one colour."""
    yield picture
    inside = picture[within_borders([picture])]
    top, bottom = _plain(inside), _plain(inside[::-1])
    left, right = _plain(inside.T), _plain(inside.T[::-1])
    height, width = inside.shape
    if height - top - bottom >= SHOWN and width - left - right >= SHOWN:
        inside = inside[top : height - bottom, left : width - right]
    if inside.shape != picture.shape:
        yield np.ascontiguousarray(inside)


def _plain(rows: NDArray[np.float32]) -> int:
    """How many rows from the first on have its colour, and the one in which that turns into the picture."""
    other = np.abs(rows - rows[0].mean()).max(axis=1) > PLAIN
    count = int(other.argmax()) if other.any() else 0
    return count + 1 if count else 0
