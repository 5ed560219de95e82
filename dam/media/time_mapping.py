"""Which times of one film are which times of another, by how alike their frames are. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAME = 0.85  # correlation of frames that show the same
MOMENT = 0.6  # of what moves in them, where they show the same moment
ABOUT = 0.05  # less alike than the best: as good as it
LEAST = 4
SURELY_MOVES = 0.7
MOVES_ALIKE = 0.5  # of the frames in which something moves
SURE = 0.35  # of what is told apart that must lie on one line
AS_GOOD = 0.93  # of the best speed's: then nothing was made faster
USUAL = (1.0, 0.5, 2 / 3, 0.8, 24 / 25, 25 / 24, 1.25, 1.5, 2.0)
SPEEDS = np.exp(np.linspace(np.log(0.4), np.log(2.5), 367))
MOST_PIECES = 12
BEYOND = 0.15  # less alike than the best: then it isn't this moment
MISSED = 2  # frames of a stretch that may look different

Values = NDArray[np.float64]
Times = NDArray[np.int64]


@dataclass(frozen=True)
class Alike:
    """How alike frames of two films are, [of the first, of the second]: in all they show, and in what moves
    in it, where something does."""

    whole: Values
    moving: Values


@dataclass(frozen=True)
class Piece:
    """What both have (ms): from when to when in the first, and in the second."""

    one_start: int
    one_end: int
    two_start: int
    two_end: int


@dataclass(frozen=True)
class Mapped:
    """`speed` is how much faster the second plays; `pairs` are places of frames that show the same."""

    pieces: tuple[Piece, ...] = ()
    timed: bool = False
    speed: float = 1.0
    pairs: tuple[tuple[int, int], ...] = ()


def find(alike: Alike, one: Times, two: Times, *, lengths: tuple[int, int], still: bool) -> Mapped:
    """Of frames at these times (ms)."""
    if still:
        row, column = np.unravel_index(int(alike.whole.argmax()), alike.whole.shape)
        return Mapped(pairs=((int(row), int(column)),))
    steps = _step(one), _step(two)
    points = _points(alike.moving, one, two, steps, lengths)
    if len(points) < LEAST:
        return Mapped(pairs=tuple(_best(alike.whole)))
    width = 2.5 * max(steps)
    ratio = _ratio(points, width)
    pieces: list[Piece] = []
    pairs: list[tuple[int, int]] = []
    rest = points
    for _turn in range(MOST_PIECES):
        if len(rest) < LEAST:
            break
        offset, on_line = _window(rest, ratio, width)
        if len(on_line) < max(LEAST, 0.04 * len(points)):
            break
        if not pieces and len(on_line) < SURE * len(points):
            return Mapped(pairs=tuple(_best(alike.whole)))
        line = _Line(ratio, offset, steps, lengths)
        run = _run(alike, one, two, line, on_line)
        beside = np.abs(rest[:, 1] - ratio * rest[:, 0] - offset) <= 1.5 * width
        if run is not None:
            piece = _piece(one, line, run)
            if not any(_overlap(piece, other) for other in pieces):
                pieces.append(piece)
                pairs += _paired(alike, one, two, line, run)
            beside &= (rest[:, 0] >= one[run[0]] - width) & (rest[:, 0] <= one[run[1]] + width)
        rest = rest[~beside]
    if not pieces:
        return Mapped(pairs=tuple(_best(alike.whole)))
    found = _joined(sorted(pieces, key=lambda each: each.one_start), max(steps))
    return Mapped(tuple(found), timed=True, speed=round(1 / ratio, 3), pairs=tuple(pairs))


@dataclass(frozen=True)
class _Line:
    """At `ratio` times the first one's time and `offset` the second shows the same; both in ms."""

    ratio: float
    offset: float
    steps: tuple[float, float]  # between the frames of each
    lengths: tuple[int, int]

    def at(self, time: float) -> float:
        return self.ratio * time + self.offset


def moves_alike(alike: Alike, found: Mapped) -> bool:
    """Whether most of what moves in one of them is in the other as well, at its time; or nothing moves."""
    shares = []
    if found.timed:
        told = [alike.moving[pair] for pair in found.pairs if alike.moving[pair[0]].any()]
        shares.append(_share(np.array(told)))
    else:
        for table in (alike.moving, alike.moving.T):
            shares.append(_share(table.max(axis=1)[table.any(axis=1)]))
    return max(shares) >= MOVES_ALIKE


def _share(best: Values) -> float:
    return float((best >= SURELY_MOVES).mean()) if len(best) >= LEAST else 1.0


def _step(times: Times) -> float:
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def _points(alike: Values, one: Times, two: Times, steps: Sequence[float], lengths: Sequence[int]) -> Values:
    """[n, 2]: times of frames that are most alike, where that is one moment and no stretch of stillness."""
    found = []
    for turned in (False, True):
        table, mine, theirs = (alike.T, two, one) if turned else (alike, one, two)
        step, length = (steps[0], lengths[0]) if turned else (steps[1], lengths[1])
        for row, time in zip(table, mine, strict=True):
            best = float(row.max())
            if best < MOMENT:
                continue
            equal = theirs[row >= best - ABOUT]
            if float(equal.max() - equal.min()) > max(8 * step, 0.2 * length):
                continue
            other = float(theirs[int(row.argmax())])
            found.append((other, float(time)) if turned else (float(time), other))
    return np.array(found, np.float64).reshape(-1, 2)


def _ratio(points: Values, width: float) -> float:
    """Time of the second for each of the first."""
    counts = {speed: len(_window(points, speed, width)[1]) for speed in [*USUAL, *SPEEDS.tolist()]}
    most = max(counts.values())
    if counts[1.0] >= AS_GOOD * most:
        return 1.0
    for speed in USUAL:
        if counts[speed] >= 0.97 * most:
            return speed
    near = [speed for speed, count in counts.items() if count >= 0.98 * most]
    return float(np.median(near))


def _window(points: Values, ratio: float, width: float) -> tuple[float, Values]:
    """Where most points lie on one line of that ratio: its offset, and they."""
    residual = points[:, 1] - ratio * points[:, 0]
    order = np.argsort(residual)
    values = residual[order]
    ends = np.searchsorted(values, values + width, side="right")
    start = int((ends - np.arange(len(values))).argmax())
    inside = order[start : ends[start]]
    return float(np.median(residual[inside])), points[inside]


def _run(alike: Alike, one: Times, two: Times, line: _Line, near: Values) -> tuple[int, int] | None:
    """The first and the last frame of the longest stretch that is the same along this line."""
    reach = 1.5 * max(line.steps[1], line.ratio * line.steps[0])
    on_it = np.isin(one, near[:, 0])
    runs: list[list[int]] = []  # first, last, and how many of the frames by which the line was found
    for place, time in enumerate(one):
        beside = np.abs(two - line.at(float(time))) <= reach
        if not beside.any() or not _is_same(alike, place, beside):
            continue
        if not runs or place - runs[-1][1] - 1 > MISSED:
            runs.append([place, place, 0])
        runs[-1][1] = place
        runs[-1][2] += int(on_it[place])
    first, last, held = max(runs, key=lambda run: run[2], default=(0, 0, 0))
    return (first, last) if held else None


def _is_same(alike: Alike, place: int, beside: NDArray[np.bool_]) -> bool:
    """Whether it shows the same as the other's frames `beside`, and what moves is surely nowhere else."""
    moving = alike.moving[place]
    if float(alike.whole[place][beside].max()) < SAME:
        return False
    best = float(moving.max())
    return best < MOMENT or float(moving[beside].max()) >= best - BEYOND


def _piece(one: Times, line: _Line, run: tuple[int, int]) -> Piece:
    """From where on to where this stretch goes in both."""
    start, end = float(one[run[0]]), float(one[run[1]]) + line.steps[0]
    told = 1.6 * max(line.steps[0], line.steps[1] / line.ratio)
    # What is left to the beginning or the end of either is less than can be told.
    before = min(start, line.at(start) / line.ratio)
    if before <= told:
        start -= before
    after = min(line.lengths[0] - end, (line.lengths[1] - line.at(end)) / line.ratio)
    if after <= told:
        end += after
    spans = ((start, 0), (end, 0), (line.at(start), 1), (line.at(end), 1))
    one_start, one_end, two_start, two_end = (
        round(min(max(0.0, time), line.lengths[side])) for time, side in spans
    )
    return Piece(one_start, max(one_start, one_end), two_start, max(two_start, two_end))


def _overlap(piece: Piece, other: Piece) -> bool:
    """Whether most of the shorter lies in the other: then the longer one says it."""
    for start, end in (("one_start", "one_end"), ("two_start", "two_end")):
        shared = min(getattr(piece, end), getattr(other, end)) - max(
            getattr(piece, start), getattr(other, start)
        )
        shorter = min(getattr(each, end) - getattr(each, start) for each in (piece, other))
        if shared > 0.5 * shorter:
            return True
    return False


def _joined(pieces: Sequence[Piece], step: float) -> list[Piece]:
    """What goes on without a gap in both is one."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None:
            gaps = piece.one_start - last.one_end, piece.two_start - last.two_end
            if gaps[0] < 0:  # a cut within a stretch that hardly moves
                piece = _later(piece, -gaps[0])
                gaps = 0, piece.two_start - last.two_end
            if max(map(abs, gaps)) <= 2 * step:
                found[-1] = Piece(last.one_start, piece.one_end, last.two_start, piece.two_end)
                continue
        found.append(piece)
    return found


def _later(piece: Piece, by: int) -> Piece:
    """Without its beginning."""
    ratio = (piece.two_end - piece.two_start) / max(1, piece.one_end - piece.one_start)
    by = min(by, piece.one_end - piece.one_start)
    return Piece(piece.one_start + by, piece.one_end, piece.two_start + round(by * ratio), piece.two_end)


def _paired(alike: Alike, one: Times, two: Times, line: _Line, run: tuple[int, int]) -> list[tuple[int, int]]:
    found = []
    for row in range(run[0], run[1] + 1):
        column = int(np.abs(two - line.at(float(one[row]))).argmin())
        near = range(max(0, column - 1), min(len(two), column + 2))
        found.append((row, near[int(alike.whole[row, near].argmax())]))
    return found


def _best(alike: Values) -> list[tuple[int, int]]:
    """The pairs of the shorter one's frames, where no line leads through them."""
    if len(alike) <= alike.shape[1]:
        return [(row, int(column)) for row, column in enumerate(alike.argmax(axis=1))]
    return [(int(row), column) for column, row in enumerate(alike.argmax(axis=0))]
