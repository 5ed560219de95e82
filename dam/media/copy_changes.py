"""What was done to one film or image to make another of it: cut, cropped, framed, mirrored, graded. Pure.

Some hundred small pictures of each are compared. Their bits (dam.media.fingerprints) say whether they may
show the same, as a whole or as parts; where they don't, one is searched for inside the other
(dam.media.part_search). Then the part that both show is fitted, frames are put beside one another by how
alike they are (dam.media.time_mapping), and what differs is measured. It is an estimate, and proves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dam.media import copy_detection, fingerprints, part_search, time_mapping
from dam.media.copy_detection import PARTS
from dam.media.fingerprints import BLANK, Bits, Grey
from dam.media.time_mapping import Alike, Piece

MOST, LEAST_MS = 300, 40  # frames of each that are looked at, and how far apart at least
SIDE = 160  # pixels of a frame's longer side
NEAR = fingerprints.NEAR
LEAST = 4  # frames that must be near, of a film
PARTED = 60  # frames of which each part is compared
SURE = 1.2  # of 2: then parts aren't compared any more
FITTED = 8  # pairs of frames by which the part is fitted
SURELY, SURELY_STILL = 0.8, 0.87  # correlation of two pictures that show the same
SAME_FRAME = 0.02  # of a side: below it nothing was cropped
STRETCHED = 0.04
THUMB = (36, 18)  # in whole CELLS
CELLS = 6
MOVES = 0.03  # of a picture's contrast: less is what encoding leaves
NAMES = (
    ("top-left", "top", "top-right"),
    ("left", "middle", "right"),
    ("bottom-left", "bottom", "bottom-right"),
)

Rgb = NDArray[np.uint8]  # [height, width, 3]
Cells = NDArray[np.bool_]  # [CELLS, CELLS]
Sides = tuple[float, float, float, float]
"""Left, top, right, bottom: what of the width and height is beyond each."""

WHOLE: Sides = (0.0, 0.0, 0.0, 0.0)
NOTHING: Cells = np.zeros((CELLS, CELLS), bool)


@dataclass(frozen=True)
class Seen:
    """Frames of a file with their times (ms). `length_ms` is 0 of an image."""

    length_ms: int
    frames: tuple[tuple[int, Rgb], ...]

    @property
    def is_still(self) -> bool:
        return self.length_ms == 0 or len(self.frames) == 1


class Pictures(StrEnum):
    ALIKE = "alike"
    SETTING = "setting"  # the same, but for what moves in it: two takes, say
    OTHER = "other"
    UNKNOWN = "unknown"  # too little to see


@dataclass(frozen=True)
class Grade:
    """How the second looks beside the first: differences of 255, and ratios."""

    brightness: float = 0.0
    contrast: float = 1.0
    saturation: float = 1.0
    warmth: float = 0.0  # redder, or (less than 0) bluer
    tint: float = 0.0  # greener, or (less than 0) more magenta

    @property
    def changed(self) -> bool:
        return (
            abs(self.brightness) > 5
            or not 0.92 < self.contrast < 1.09
            or not 0.85 < self.saturation < 1.18
            or abs(self.warmth) > 5
            or abs(self.tint) > 4
        )


@dataclass(frozen=True)
class Changes:
    """What differs between the first and the second file.

    `pieces` are the times that both have, in the order of the first; empty where `timed` is false: nothing
    moves, or one is an image. `speed` is how much faster the second plays. `shows_less` is which file (1 or
    2) shows a part of the other's picture, 0 for neither, and `cut` what the other has beyond it. `bars` are
    the black ones of each. `stretch` is how much wider the second is than it would be in proportion.
    `changed` names where something else is to be seen as well (NAMES).
    """

    pictures: Pictures
    likeness: float = 0.0
    pieces: tuple[Piece, ...] = ()
    timed: bool = False
    exact_ms: int = 0
    speed: float = 1.0
    at_ms: int | None = None  # of an image: where in the film
    mirrored: bool = False
    shows_less: int = 0
    cut: Sides = WHOLE
    bars: tuple[Sides, Sides] = (WHOLE, WHOLE)
    stretch: float = 1.0
    grade: Grade = field(default_factory=Grade)
    changed: tuple[str, ...] = ()


def every_ms(length_ms: int) -> int:
    return max(LEAST_MS, -(-length_ms // MOST))


def compare(one: Seen, two: Seen) -> Changes:
    sides = [_Shown.of(each) for each in (one, two)]
    bars = (sides[0].bars, sides[1].bars)
    still = one.is_still or two.is_still
    least = 1 if still else LEAST
    if any(
        len(each.grey) < (1 if seen.is_still else LEAST) for each, seen in zip(sides, (one, two), strict=True)
    ):
        return Changes(Pictures.UNKNOWN, bars=bars)
    fit = _by_bits(sides, least=least) or _by_search(sides, least=least)
    if fit is None:
        return Changes(Pictures.OTHER, bars=bars)
    if fit.mirrored:
        sides[1] = sides[1].turned()
    fit = _fitted(sides, fit)
    lengths, times = (one.length_ms, two.length_ms), (sides[0].times, sides[1].times)
    alike = _correlation(sides, fit, NOTHING)
    near = time_mapping.find(alike, *times, lengths=lengths, still=still)
    pairs = near.pairs
    likeness = float(np.median([alike.whole[pair] for pair in pairs]))
    if likeness < (SURELY_STILL if still else SURELY):
        return Changes(Pictures.OTHER, bars=bars, likeness=likeness)
    grade, other = _graded(sides, fit, pairs[:: max(1, len(pairs) // 12)])
    if other.any():  # what was laid over the picture says nothing of its time
        near = time_mapping.find(_correlation(sides, fit, other), *times, lengths=lengths, still=still)
        pairs = near.pairs
    film = 0 if two.is_still else 1
    same = still or time_mapping.moves_alike(alike, near)
    if not same:
        near = time_mapping.Mapped()
    return Changes(
        Pictures.ALIKE if same else Pictures.SETTING,
        likeness=round(likeness, 3),
        pieces=near.pieces,
        timed=near.timed,
        exact_ms=max(every_ms(one.length_ms), every_ms(two.length_ms)),
        speed=near.speed,
        at_ms=int(sides[film].times[pairs[0][film]]) if one.is_still != two.is_still else None,
        mirrored=fit.mirrored,
        shows_less=fit.inner + 1 if max(fit.cut) >= SAME_FRAME else 0,
        cut=_as_it_is(fit) if max(fit.cut) >= SAME_FRAME else WHOLE,
        bars=bars,
        stretch=_stretch(sides, fit),
        grade=grade,
        changed=_named(other),
    )


@dataclass(frozen=True)
class _Shown:
    """The frames in which something is to be seen, without black bars."""

    times: NDArray[np.int64]
    grey: list[Grey]
    rgb: list[Rgb]
    bars: Sides

    @classmethod
    def of(cls, seen: Seen) -> "_Shown":
        frames = [(time, rgb) for time, rgb in seen.frames if rgb.shape == seen.frames[0][1].shape]
        grey = [np.asarray(Image.fromarray(rgb).convert("L"), np.float32) for _time, rgb in frames]
        if not grey:
            return cls(np.zeros(0, np.int64), [], [], WHOLE)
        rows, columns = copy_detection.within_borders(grey)
        height, width = grey[0].shape
        inside = [picture[rows, columns] for picture in grey]
        wanted = [place for place, picture in enumerate(inside) if float(picture.std()) >= BLANK]
        return cls(
            np.array([frames[place][0] for place in wanted], np.int64),
            [np.ascontiguousarray(inside[place]) for place in wanted],
            [np.ascontiguousarray(frames[place][1][rows, columns]) for place in wanted],
            (
                columns.start / width,
                rows.start / height,
                1 - columns.stop / width,
                1 - rows.stop / height,
            ),
        )

    def turned(self) -> "_Shown":
        rgb = [np.ascontiguousarray(picture[:, ::-1]) for picture in self.rgb]
        return _Shown(self.times, copy_detection.mirrored(self.grey), rgb, self.bars)

    def bits(self, part: Sides) -> Bits:
        return _bits(self.grey, part)

    def some(self) -> "_Some":
        places = np.unique(np.linspace(0, len(self.grey) - 1, PARTED).round().astype(int)).tolist()
        return _Some(places, [self.grey[place] for place in places])


@dataclass(frozen=True)
class _Some:
    """Some of its frames, and which they are."""

    places: list[int]
    grey: list[Grey]

    def bits(self, part: Sides) -> Bits:
        return _bits(self.grey, part)


def _bits(pictures: Sequence[Grey], part: Sides) -> Bits:
    return np.stack([fingerprints.bits(fingerprints.without(picture, part)) for picture in pictures])


@dataclass(frozen=True)
class _Fit:
    """The file `inner` (0 or 1) shows what is left of the other's picture without `cut`."""

    inner: int
    cut: Sides
    mirrored: bool
    pairs: list[tuple[int, int]]  # frames of the first and of the second that show the same


def _as_it_is(fit: _Fit) -> Sides:
    """What is cut off, of the picture as the file shows it: the second's was turned to be compared."""
    left, top, right, bottom = fit.cut
    return (right, top, left, bottom) if fit.mirrored and fit.inner == 0 else fit.cut


def _by_bits(sides: Sequence[_Shown], *, least: int) -> _Fit | None:
    """What most of their bits have in common: whole pictures first, as most copies show them."""
    turned = (sides[1], sides[1].turned())
    whole = sides[0].bits(WHOLE), tuple(side.bits(WHOLE) for side in turned)
    tried = [
        _bits_alike(whole[0], whole[1][mirrored], _Fit(1, WHOLE, bool(mirrored), [])) for mirrored in (0, 1)
    ]
    if max(score for score, _fit in tried) < SURE:
        for part in PARTS[1:]:
            for mirrored in (0, 1):
                one, two = sides[0].some(), turned[mirrored].some()
                tried += [
                    _bits_alike(
                        one.bits(part), whole[1][mirrored], _Fit(1, part, bool(mirrored), []), one=one
                    ),
                    _bits_alike(whole[0], two.bits(part), _Fit(0, part, bool(mirrored), []), two=two),
                ]
    enough = [(score, place) for place, (score, fit) in enumerate(tried) if len(fit.pairs) >= least]
    return tried[max(enough)[1]][1] if enough else None


def _bits_alike(
    first: Bits, second: Bits, fit: _Fit, *, one: "_Some | None" = None, two: "_Some | None" = None
) -> tuple[float, _Fit]:
    """How much they have in common (0 to 2), and the pairs of frames that are near."""
    apart = np.bitwise_count(first[:, None, :] ^ second[None, :, :]).sum(axis=2, dtype=np.int64)
    near = [np.clip(1 - apart.min(axis=axis) / (NEAR + 1), 0, None) for axis in (0, 1)]
    found = _pairs(-apart.astype(np.float64), at_least=-NEAR)
    pairs = [
        (one.places[row] if one else row, two.places[column] if two else column) for row, column in found
    ]
    return float(sum(each.mean() for each in near)), replace(fit, pairs=pairs)


def _by_search(sides: Sequence[_Shown], *, least: int) -> _Fit | None:
    """One inside the other, wherever it may be."""
    best, found = 0.0, None
    for mirrored in (False, True):
        both = [sides[0].grey, copy_detection.mirrored(sides[1].grey) if mirrored else sides[1].grey]
        for inner in (1, 0):
            there = part_search.find(
                both[1 - inner], both[inner], least=min(least, part_search.TEMPLATES // 2)
            )
            if there is not None and there.score > best:
                pairs = [(outer, place) if inner == 1 else (place, outer) for outer, place in there.pairs]
                best, found = there.score, _Fit(inner, there.cut, mirrored, pairs)
    return found


def _pairs(alike: NDArray[np.float64], *, at_least: float) -> list[tuple[int, int]]:
    """Of equal parts of the first one's time, the frames that are most alike."""
    best = alike.argmax(axis=1)
    height = alike[np.arange(len(alike)), best]
    found = []
    for rows in np.array_split(np.arange(len(alike)), min(FITTED, len(alike))):
        row = int(rows[height[rows].argmax()])
        if height[row] >= at_least:
            found.append((row, int(best[row])))
    if len(found) < FITTED:  # of a copy of a short piece, more of what is there
        others = [int(row) for row in np.argsort(-height) if height[row] >= at_least]
        known = {row for row, _column in found}
        found += [(row, int(best[row])) for row in others if row not in known][: FITTED - len(found)]
    return found


def _fitted(sides: Sequence[_Shown], fit: _Fit) -> _Fit:
    """With what is cut off made exact; of two ways to see it the one that fits better."""
    ways = [fit] if max(fit.cut) > 0 else [fit, _Fit(1 - fit.inner, WHOLE, fit.mirrored, fit.pairs)]
    tried = []
    for way in ways:
        outer = [sides[1 - way.inner].grey[pair[1 - way.inner]] for pair in fit.pairs]
        inner = [sides[way.inner].grey[pair[way.inner]] for pair in fit.pairs]
        score, cut = part_search.climb(outer, inner, way.cut)
        tried.append((score, -max(cut), _Fit(way.inner, cut, way.mirrored, way.pairs)))
    return max(tried, key=lambda each: each[:2])[2]


def _correlation(sides: Sequence[_Shown], fit: _Fit, without: Cells) -> Alike:
    """How alike each two frames are, -1 to 1, in the part that both show, but for the cells `without`."""
    width, height = THUMB
    counted = ~np.kron(without, np.ones((height // CELLS, width // CELLS), bool)).ravel()
    rows = []
    for place, side in enumerate(sides):
        cut = fit.cut if place != fit.inner else WHOLE
        small = np.stack([part_search.small(picture, cut, THUMB).ravel() for picture in side.grey])
        rows.append(part_search.unit(small[:, counted]))
    usual = np.concatenate(rows).mean(axis=0)
    moving = [_telling(each - usual) for each in rows]
    return Alike(*(np.asarray(one @ two.T, np.float64) for one, two in (rows, moving)))


def _telling(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each of length 1, as far as anything moves in it; else nothing."""
    moves = np.linalg.norm(rows, axis=1) >= MOVES
    return np.asarray(part_search.unit(rows) * moves[:, None], np.float32)


def _stretch(sides: Sequence[_Shown], fit: _Fit) -> float:
    """Of what both show, how much wider it is in the second."""
    shapes = []
    for place, side in enumerate(sides):
        left, top, right, bottom = fit.cut if place != fit.inner else WHOLE
        height, width = side.grey[0].shape
        shapes.append(width * (1 - left - right) / (height * (1 - top - bottom)))
    stretch = shapes[1] / shapes[0]
    return round(stretch, 3) if abs(stretch - 1) >= STRETCHED else 1.0


def _graded(sides: Sequence[_Shown], fit: _Fit, pairs: Sequence[tuple[int, int]]) -> tuple[Grade, Cells]:
    measured, rests = [], []
    for pair in pairs:
        one, two = (
            part_search.small_rgb(side.rgb[pair[place]], fit.cut if place != fit.inner else WHOLE, (36, 36))
            for place, side in enumerate(sides)
        )
        measured.append(_measured(one, two))
        rests.append(_rest(one, two))
    brightness, contrast, saturation, warmth, tint = np.median(measured, axis=0)
    grade = Grade(
        round(float(brightness), 1),
        round(float(contrast), 3),
        round(float(saturation), 3),
        round(float(warmth), 1),
        round(float(tint), 1),
    )
    return grade, _other(np.median(rests, axis=0))


def _measured(one: NDArray[np.float64], two: NDArray[np.float64]) -> list[float]:
    grey = [each @ (0.299, 0.587, 0.114) for each in (one, two)]
    chroma = [float((each.max(axis=2) - each.min(axis=2)).mean()) for each in (one, two)]
    red, green, blue = ((two - one).mean(axis=(0, 1))).tolist()
    return [
        float(grey[1].mean() - grey[0].mean()),
        float(grey[1].std() / max(1.0, grey[0].std())),
        chroma[1] / chroma[0] if chroma[0] > 6 else 1.0 + chroma[1] / 40,
        red - blue,
        green - (red + blue) / 2,
    ]


def _rest(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """[CELLS, CELLS]: how much differs in each part of the picture once both are graded alike."""
    first, second = ((each - each.mean()) / max(1.0, each.std()) for each in (one, two))
    cells = np.abs(first - second).mean(axis=2)
    side = len(cells) // CELLS
    return np.asarray(cells.reshape(CELLS, side, CELLS, side).mean(axis=(1, 3)))


def _other(rest: NDArray[np.float64]) -> Cells:
    """Where much more differs than elsewhere: a logo, captions. Nothing where that is nearly everywhere."""
    places: Cells = rest > max(0.5, 4 * float(np.median(rest)))
    return places if places.sum() <= CELLS * CELLS // 3 else NOTHING


def _named(places: Cells) -> tuple[str, ...]:
    named = {NAMES[row * 3 // CELLS][column * 3 // CELLS] for row, column in np.argwhere(places).tolist()}
    return tuple(name for row in NAMES for name in row if name in named)
