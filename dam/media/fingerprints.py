"""What a clip looks like, in some hundred bytes: by it copies are known again that were encoded anew. Pure.

Each frame becomes 256 bits as PDQ makes them (github.com/facebook/ThreatExchange, pdq/hashing.pdf): of a
small grey picture the low frequencies, each above their median or not. What encoding and scaling do turns few
of them over; a crop turns many, so some frames are also looked at as if their edges had been cut off.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE, WAVES = 64, 16  # pixels; frequencies in each direction, without the mean
BITS = WAVES * WAVES
BLANK = 8.0  # standard deviation of 255: black, white or any one colour tells nothing
# Of the picture, what goes on each side: left, top, right, bottom. The first is the whole picture.
CUTS = (
    (0.0, 0.0, 0.0, 0.0),
    (0.025, 0.025, 0.025, 0.025),
    (0.05, 0.05, 0.05, 0.05),
    (0.05, 0.0, 0.0, 0.0),
    (0.0, 0.05, 0.0, 0.0),
    (0.0, 0.0, 0.05, 0.0),
    (0.0, 0.0, 0.0, 0.05),
)
CUT_FRAMES = 6  # of a clip are looked at so
NEAR = 44  # bits: 10 to 30 differ after encoding anew or scaling, over 100 between two scenes
NEAR_STILL = 30  # one picture has no others that confirm it
ENOUGH = 0.6  # of the frames must be near
LEAST = 3  # frames of a clip that are not blank, for it to be compared; all of one that has fewer
SHORTEST = 0.5  # of the longer one's time: what is cut to less isn't known again
BANDS = 10  # of 25 or 26 bits: of two frames that differ in 20 bits, three in four share one
NUMBER = np.dtype("<u2")

Grey = NDArray[np.float32]  # [height, width], 0 to 255
Bits = NDArray[np.uint8]  # [..., BITS / 8]

_BASIS = np.cos(np.pi * (2 * np.arange(SIDE)[None, :] + 1) * np.arange(1, WAVES + 1)[:, None] / (2 * SIDE))


@dataclass(frozen=True)
class Fingerprint:
    """`whole` has the bits of each frame that isn't blank, `cut` those of CUT_FRAMES with each of CUTS.

    `places` and `cut_places` say where these frames stand, in thousandths of the time of `length_ms`.
    """

    length_ms: int
    places: NDArray[np.uint16]
    whole: Bits  # [frames, BITS / 8]
    cut_places: NDArray[np.uint16]
    cut: Bits  # [cut frames, len(CUTS), BITS / 8]

    def to_bytes(self) -> bytes:
        head = np.array([len(self.places), len(self.cut_places)], NUMBER)
        parts = (head, self.places.astype(NUMBER), self.cut_places.astype(NUMBER), self.whole, self.cut)
        return b"".join(part.tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, kept: bytes, *, length_ms: int) -> "Fingerprint":
        """What `to_bytes` gave. Raises ValueError for anything else."""
        frames, cuts = map(int, np.frombuffer(kept, NUMBER, 2))
        numbers = np.frombuffer(kept, NUMBER, frames + cuts, 4)
        bits = np.frombuffer(kept, np.uint8, offset=4 + 2 * (frames + cuts)).reshape(-1, BITS // 8)
        whole, cut = bits[:frames], bits[frames:].reshape(cuts, len(CUTS), BITS // 8)
        return cls(length_ms, numbers[:frames], whole, numbers[frames:], cut)

    def tokens(self, scope: str) -> list[int]:
        """What an index finds it by: 32-bit numbers. Two that look alike share one, of one `scope`."""
        return tokens([self.cut.reshape(-1, BITS // 8)], scope)

    def asked(self, scope: str) -> list[int]:
        """The tokens to look for: of every frame, so that what was cut off the other is found as well."""
        return tokens([self.whole, self.cut.reshape(-1, BITS // 8)], scope)


def of(frames: Sequence[tuple[int, Grey]], *, length_ms: int) -> Fingerprint | None:
    """Of frames with their times (ms); None where there is too little to see. A still has one frame."""
    shown = [(time, picture) for time, picture in frames if float(picture.std()) >= BLANK]
    if len(shown) < min(LEAST, len(frames)) or not shown:
        return None
    places = _places([time for time, _picture in shown], length_ms)
    whole = np.stack([bits(picture) for _time, picture in shown])
    # In the middle of equal parts: of a copy these are the same, though other frames of it may be blank.
    wanted = [(2 * part + 1) * 1000 // (2 * CUT_FRAMES) for part in range(CUT_FRAMES)]
    chosen = sorted({int(np.abs(places.astype(int) - at).argmin()) for at in wanted})
    cut = np.stack([[bits(without(shown[at][1], sides)) for sides in CUTS] for at in chosen])
    return Fingerprint(length_ms, places, whole, places[chosen], cut)


def likeness(one: Fingerprint, other: Fingerprint) -> float:
    """How much of them is near one another, 0 to 1: as they are, or with one's edges cut off."""
    if max(1, min(one.length_ms, other.length_ms)) < SHORTEST * max(one.length_ms, other.length_ms):
        return 0.0
    least = min(LEAST, len(one.places), len(other.places))
    near = NEAR_STILL if least == 1 else NEAR
    found = [_share(one, one.places, one.whole, other, near, least)]
    for first, second in ((one, other), (other, one)):
        enough = min(least, len(first.cut_places))
        for place in range(1, len(CUTS)):
            found.append(_share(first, first.cut_places, first.cut[:, place], second, near, enough))
    return max(found)


def is_near(share: float) -> bool:
    return share >= ENOUGH


def closest(one: Fingerprint, other: Fingerprint) -> tuple[int, int] | None:
    """Where the two frames that are nearest one another stand in each, in thousandths of its time.

    Only frames that are shown at about the same time are compared. None where there are none.
    """
    apart = _apart(one.whole, other)
    beside = _beside(one, one.places, other)
    if not beside.any():
        return None
    here, there = np.unravel_index(np.where(beside, apart, BITS + 1).argmin(), apart.shape)
    return int(one.places[here]), int(other.places[there])


def of_sprite(sprite: bytes, grid: Mapping[str, Any]) -> list[Grey]:
    """The pictures of a sprite that we made (dam.media.thumbnails), in order."""
    width, height = int(grid["tile_width"]), int(grid["tile_height"])
    with Image.open(io.BytesIO(sprite), formats=("WEBP",)) as sheet:
        whole = sheet.convert("L")
    found = []
    for place in range(len(grid["frames"])):
        left, top = place % grid["columns"] * width, place // grid["columns"] * height
        found.append(np.asarray(whole.crop((left, top, left + width, top + height)), np.float32))
    return found


def of_poster(poster: bytes) -> Grey:
    """The picture of a poster that we made."""
    with Image.open(io.BytesIO(poster), formats=("WEBP",)) as picture:
        return np.asarray(picture.convert("L"), np.float32)


def _share(
    one: Fingerprint, places: NDArray[np.uint16], bits: Bits, other: Fingerprint, near: int, least: int
) -> float:
    """Of these frames of `one` those that are near one of `other`, shown at that time or next to it."""
    if not len(places) or not len(other.places):
        return 0.0
    apart, every = _apart(bits, other), _beside(one, places, other)
    compared = hits = 0
    for place, beside in enumerate(every):
        if not beside.any():
            continue  # the other one has nothing there: it is shorter, or blank
        compared += 1
        hits += bool(apart[place][beside].min() <= near)
    return hits / compared if compared >= least else 0.0


def _apart(bits: Bits, other: Fingerprint) -> NDArray[np.int64]:
    """In how many bits each of these frames differs from each of the other's."""
    apart: NDArray[np.int64]
    apart = np.bitwise_count(bits[:, None, :] ^ other.whole[None, :, :]).sum(axis=2, dtype=np.int64)
    return apart


def _beside(one: Fingerprint, places: NDArray[np.uint16], other: Fingerprint) -> NDArray[np.bool_]:
    """For each of these frames the other's that is shown then, and the one before and after it."""
    times = places.astype(np.float64) * max(one.length_ms, 1)
    theirs = other.places.astype(np.float64) * max(other.length_ms, 1)
    gap = float(np.median(np.diff(theirs))) if len(theirs) > 1 else np.inf
    beside: NDArray[np.bool_] = np.abs(theirs[None, :] - times[:, None]) <= 1.1 * gap
    return beside


def _places(times: Sequence[int], length_ms: int) -> NDArray[np.uint16]:
    return np.array([min(1000, time * 1000 // max(1, length_ms)) for time in times], np.uint16)


def bits(picture: Grey) -> Bits:
    small = np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float64)
    waves = _BASIS @ small @ _BASIS.T
    return np.packbits((waves > np.median(waves)).ravel())


def without(picture: Grey, sides: tuple[float, float, float, float]) -> Grey:
    height, width = picture.shape
    left, top, right, bottom = sides
    across = slice(round(left * width), max(1, width - round(right * width)))
    return picture[slice(round(top * height), max(1, height - round(bottom * height))), across]


def tokens(parts: Sequence[Bits], scope: str, *, bands: int = BANDS) -> list[int]:
    start = crc32(scope.encode())
    edges = [round(place * BITS / bands) for place in range(bands + 1)]
    found = {
        crc32(bytes((band,)) + piece, start)
        for rows in parts
        for row in rows
        for band, piece in enumerate(_bands(row, edges))
    }
    return sorted(token - 2**31 for token in found)  # as PostgreSQL's integer, which has a sign


def _bands(row: Bits, edges: Sequence[int]) -> Iterator[bytes]:
    bits = np.unpackbits(row)
    # Neighbouring frequencies are turned over together: each band has some of all.
    mixed = bits.reshape(WAVES, WAVES).T.ravel()
    for start, end in pairwise(edges):
        yield np.packbits(mixed[start:end]).tobytes()
