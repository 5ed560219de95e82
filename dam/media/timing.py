"""How pictures lie in time: the one answer to "which picture is shown at frame n". Pure.

A clip has a review timeline: frame n is on screen from n / frame_rate seconds after its beginning. Each
picture of the file comes at the frame nearest to its time stamp (`number_at`), and frame n shows the last
picture that has come by then; before the first one, the first. Sprite, posters, embeddings, comments,
proxy and release all count so. Where the next picture is long in coming, nothing is repeated for it: the
picture is held (`holds`).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

STANDARD_RATES = tuple(
    Fraction(rate)
    for rate in (
        "24000/1001", "24", "25", "30000/1001", "30", "48000/1001", "48", "50", "60000/1001", "60",
        "10", "12", "25/2", "15000/1001", "15", "20", "90", "100", "120000/1001", "120", "240",
    )
)  # fmt: skip
# Rates that are steady where they are found at all; no grid for pictures that come now and then.
STEADY_RATES = STANDARD_RATES + tuple(
    Fraction(rate)
    for rate in (
        "12000/1001", "72000/1001", "72", "75", "90000/1001", "96000/1001", "96", "144000/1001", "144", "200",
        "240000/1001", "300",
    )
)  # fmt: skip
ROUGHLY = Fraction(3, 10_000)  # how far a stated 23.98 may be from 24000/1001; 24 is three times as far
FALLBACK_RATE = Fraction(25)
LOWEST_RATE, HIGHEST_RATE = Fraction(1), Fraction(1000)
MOST_STATED_RATE = Fraction(240)  # beyond it only time stamps are believed: Matroska states 1000
# A picture half a frame late belongs to the next frame, whatever a calculation's last digit says.
NEAREST = Fraction(51, 100)

TAIL = Fraction(1, 2)  # seconds: sound that begins or ends by less beside the picture changes nothing
# Seconds: sound later than this and later than the whole picture has a broken clock.
LATEST_SOUND = Fraction(10)
HELD_FRAMES = 250  # a picture that stays for longer is held, not repeated
MOST_HOLDS = 100
MOST_GAPS = 100  # told one by one
MOST_FILLED = 4  # frames for each picture on a grid that gives every picture a frame of its own
# A time stamp further than this from those around it is broken, where it comes back within so many pictures.
STRAY_SECONDS, STRAY_FRAMES, MOST_STRAY = Fraction(2), 20, 8
MOST_LATE = 10_000  # pictures shown long after they are decoded that are looked at
MOST_REORDERED = 17  # pictures that are decoded between one and its being shown
CUT_PICTURES, CUT_FRAMES = 16, 4  # how far from its end a cut leaves gaps, and how many frames wide at most

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Timing:
    """A stream's pictures on the review timeline."""

    frame_rate: Fraction
    variable_rate: bool  # not every frame has a picture of its own
    frame_count: int
    first_pts: Fraction  # where the timeline begins, in seconds on the file's own clock
    first_picture: int = 0  # the frames at which the first and the last picture come
    last_picture: int = 0
    holds: tuple[tuple[int, int], ...] = ()  # (first, last): frames that show one picture, too many to repeat
    closed: tuple[tuple[int, int], ...] = ()  # (frame, so many): gaps behind this one that are closed up
    pictures_shown: int = 1  # of several at one frame the last is
    # (picture, frames): so many frames before the picture of this number are empty. None where they are too
    # many to be told, or not every picture has a frame of its own.
    gaps: tuple[tuple[int, int], ...] | None = ()

    @property
    def duration(self) -> Fraction:
        return self.frame_count / self.frame_rate

    @property
    def facts(self) -> dict[str, Any]:
        """By the names of dam.media.probe.MediaInfo's fields."""
        return {
            "frame_rate": self.frame_rate,
            "variable_rate": self.variable_rate,
            "frame_count": self.frame_count,
            "duration_ms": round(self.duration * 1000),
            "first_pts": self.first_pts,
            "first_picture": self.first_picture,
            "last_picture": self.last_picture,
            "holds": self.holds,
            "closed": self.closed,
        }


@dataclass(frozen=True)
class Span:
    """From where to where something is heard, in seconds on the file's own clock."""

    start: Fraction
    end: Fraction


def number_at(
    seconds: Fraction, *, first_pts: Fraction, frame_rate: Fraction, closed: Sequence[tuple[int, int]] = ()
) -> int:
    """The frame at which a picture with this time stamp comes."""
    raw = math.floor((seconds - first_pts) * frame_rate + NEAREST)
    return raw - sum(frames for after, frames in closed if raw > after)


def measure(
    pts: Sequence[int],
    *,
    time_base: Fraction,
    declared: Sequence[Fraction],
    last_duration: int = 0,
    sound: Span | None = None,
) -> Timing:
    """Timing of pictures shown at `pts` (ticks of `time_base` seconds, any order, at least one).

    `declared` are the rates that the file states, most trusted first; they are believed only when the
    time stamps agree: DV claims 60000, Matroska 1000. `last_duration` is the last picture's, in ticks.
    """
    ordered = np.unique(np.asarray(pts, np.int64))
    rate, numbers, constant = _fit(ordered, time_base, declared)
    closed: tuple[tuple[int, int], ...] = ()
    if not constant and (closed := _gaps_of_a_cut(numbers)):
        numbers, constant = np.arange(len(numbers)), True
    first, lead = int(ordered[0]) * time_base, 0
    end = int(numbers[-1]) + 1
    stays = max(last_duration, 0) * time_base
    if stays > TAIL or (stays > 0 and (len(ordered) == 1 or not constant)):
        end = max(end, int(numbers[-1]) + round(stays * rate))
    if sound is not None and sound.start - first < max(end / rate, LATEST_SOUND):
        if first - sound.start > TAIL and sound.end > first - TAIL:
            lead = int((first - sound.start) * rate)
        if sound.end - first > end / rate + TAIL:
            end = round((sound.end - first) * rate)
    pictures = numbers + lead
    return Timing(
        frame_rate=rate,
        variable_rate=not constant,
        frame_count=end + lead,
        first_pts=first - lead / rate,
        first_picture=lead,
        last_picture=int(pictures[-1]),
        holds=_holds(pictures, end + lead),
        closed=tuple((after + lead, frames) for after, frames in closed),
        pictures_shown=len(np.unique(pictures)),
        gaps=_gaps(pictures),
    )


def mend(
    pts: Sequence[int], dts: Sequence[int], *, time_base: Fraction, stated_end: Fraction | None
) -> tuple[Sequence[int], int]:
    """Time stamps in the order of the file, those that are broken put between their neighbours; how many.

    Pictures are decoded at `dts`, which only goes forward. One that leaps away and comes back is damaged; so
    are the last ones, where they leap beyond the end that the file states (seconds); and those that are shown
    long after they are decoded. A leap that stays is believed: a picture may stay for hours.
    """
    shown, order = np.asarray(pts, np.int64), np.asarray(dts, np.int64)
    if len(order) < 3:
        return pts, 0
    step = max(1, int(np.median(np.abs(np.diff(order)))))
    leap = max(int(STRAY_SECONDS / time_base), STRAY_FRAMES * step)
    kept = np.ones(len(order), bool)
    last_tick = None if stated_end is None else int(stated_end / time_base)
    if bool((np.abs(np.diff(order)) > leap).any()):
        kept = _without_leaps(order.tolist(), leap, last_tick)
    clean = _between(order, kept, step)
    # A picture is shown when those behind it are decoded, MOST_REORDERED of them at most.
    late = np.flatnonzero(shown > clean + leap)
    if len(late) > MOST_LATE:
        return pts, 0
    around = late[:, None] + np.arange(-MOST_STRAY, MOST_REORDERED + 1)
    latest = clean[np.clip(around, 0, len(order) - 1)].max(axis=1, initial=int(clean.min()))
    at_the_end = (late + MOST_REORDERED >= len(order)) & kept[late]
    unknown = at_the_end & (last_tick is None or shown[late] <= (last_tick or 0) + leap)
    sound = shown >= clean - leap
    sound[late[(shown[late] > latest + leap) & ~unknown]] = False
    broken = int((~sound).sum())
    if not broken or 2 * broken > len(order):
        return pts, 0
    # Of a picture whose own is broken only the order is known: it comes between those decoded around it.
    usual = int(np.median((shown - clean)[sound]))
    return np.where(sound, shown, clean + usual).tolist(), broken


def _between(order: Numbers, kept: NDArray[np.bool_], step: int) -> Numbers:
    """Those that aren't kept at even distances between their neighbours."""
    if kept.all():
        return order
    places, first, last = np.arange(len(order)), *np.flatnonzero(kept)[[0, -1]]
    between = np.interp(places, places[kept], order[kept].astype(np.float64))
    between[:first] -= step * (first - places[:first])
    between[last + 1 :] += step * (places[last + 1 :] - last)
    return np.where(kept, order, between.round().astype(np.int64))


def evenly(pts: Sequence[int]) -> list[int]:
    """As many pictures at even distances, where too much is broken to tell more."""
    ordered = np.sort(np.asarray(pts, np.int64))
    step = max(1, round(float(np.median(np.diff(ordered))))) if len(ordered) > 1 else 1
    return [int(ordered[0]) + step * place for place in range(len(ordered))]


def _without_leaps(order: list[int], leap: int, last_tick: int | None) -> NDArray[np.bool_]:
    kept = np.ones(len(order), bool)
    last, place = 0, 1
    while place < len(order):
        if abs(order[place] - order[last]) <= leap:
            last, place = place, place + 1
            continue
        ahead = range(place + 1, min(place + 1 + MOST_STRAY, len(order)))
        back = next((each for each in ahead if abs(order[each] - order[last]) <= leap), None)
        many = len(order) > 2 * MOST_STRAY
        if back is not None:
            kept[place:back] = False
            place = back
        elif many and last < 2 and order[place] < order[last]:  # the first ones
            kept[:place] = False
            last, place = place, place + 1
        elif (
            many
            and len(order) - place <= MOST_STRAY
            and last_tick is not None
            and order[last] <= last_tick + leap < order[place] + leap // 2
        ):
            kept[place:] = False
            break
        else:
            last, place = place, place + 1
    return kept


def _fit(
    ordered: Numbers, time_base: Fraction, declared: Sequence[Fraction]
) -> tuple[Fraction, Numbers, bool]:
    """The rate, the frame of each picture counted from the first, and whether that is one each."""
    stated = [rate for rate in declared if LOWEST_RATE <= rate <= MOST_STATED_RATE]
    span = int(ordered[-1] - ordered[0]) * time_base
    if span <= 0:
        return next(iter(stated), FALLBACK_RATE), np.zeros(1, np.int64), True
    gaps = np.diff(ordered)
    for rate in _likely(gaps, time_base, declared):
        numbers = _numbers(ordered, time_base, rate)
        if np.array_equal(numbers, np.arange(len(ordered))):
            return rate, numbers, True
    for rate in stated:
        if _fits_with_holes(gaps, float(rate * time_base)):
            return rate, _numbers(ordered, time_base, rate), False
    for rate in (*(rate for rate in stated if rate in STANDARD_RATES), *sorted(STANDARD_RATES)):
        numbers = _numbers(ordered, time_base, rate)
        if _gives_each_a_frame(np.diff(numbers), most_holds=MOST_HOLDS if rate in stated else len(gaps) // 5):
            return rate, numbers, False
    average = _average(gaps, time_base)
    return max(
        ((rate, _numbers(ordered, time_base, rate), False) for rate in (average, *sorted(STANDARD_RATES))),
        key=lambda each: _pictures_shown(each[1], unless_dense=each[0] != average),
    )


def _pictures_shown(numbers: Numbers, *, unless_dense: bool) -> int:
    """How many pictures have a frame of their own; none where too many frames would be without one."""
    steps = np.diff(numbers)
    filled = int(np.minimum(steps, HELD_FRAMES + 1).sum())
    if unless_dense and filled > MOST_FILLED * len(numbers):
        return 0
    return len(np.unique(numbers))


def _numbers(ordered: Numbers, time_base: Fraction, rate: Fraction) -> Numbers:
    """`number_at` for a whole file at once."""
    places = (ordered - ordered[0]) * float(time_base * rate)
    frames: Numbers = np.floor(places + float(NEAREST)).astype(np.int64)
    return frames


def _likely(gaps: Numbers, time_base: Fraction, declared: Sequence[Fraction]) -> Iterator[Fraction]:
    """Rates that a constant one may be, the most plausible first: 23.98 is 24000/1001."""
    ticks = int(gaps.sum())
    measured = len(gaps) / (ticks * time_base)
    # Time stamps are rounded to ticks and a little unsteady; but 24 and 25 must stay apart in a short clip.
    unsteady = max(1.0, float(np.abs(gaps - ticks / len(gaps)).max()))
    tolerance = min(max(2 * unsteady / ticks, 1 / 5000), 0.03)

    def agrees(rate: Fraction) -> bool:
        return LOWEST_RATE <= rate <= HIGHEST_RATE and abs(rate / measured - 1) <= tolerance

    usual = [_nearest(measured), *(rate for stated in declared if (rate := _meant(stated)))]
    usual = [rate for rate in (*usual[1:], usual[0]) if agrees(rate)]
    if (
        len(gaps) > 2
        and len(set(gaps.tolist())) == 1
        and (exact := 1 / (int(gaps[0]) * time_base)) in STEADY_RATES
    ):
        yield exact  # as in AVI, whose ticks are frames: whatever FFmpeg makes of it
    # 119.88 and 120 lie within a frame of one another for long; ticks tell them apart much sooner.
    yield from sorted(usual, key=lambda rate: not _is_within_a_tick(gaps, time_base, rate))
    yield from (rate.limit_denominator(100_000) for rate in declared if agrees(rate))
    if 2 * int(gaps.min()) * len(gaps) > ticks and 2 * int(gaps.max()) * len(gaps) < 3 * ticks:
        yield from filter(agrees, [measured.limit_denominator(1001), measured.limit_denominator(100_000)])


def _nearest(rate: Fraction) -> Fraction:
    return min(STEADY_RATES, key=lambda each: abs(each / rate - 1))


def _meant(stated: Fraction) -> Fraction | None:
    """The usual rate that this one is, rounded: Matroska states nanoseconds for each frame."""
    usual = _nearest(stated) if stated > 0 else None
    return usual if usual and abs(usual / stated - 1) <= ROUGHLY else None


def _is_within_a_tick(gaps: Numbers, time_base: Fraction, rate: Fraction) -> bool:
    places = np.cumsum(gaps) - np.arange(1, len(gaps) + 1) * float(1 / (rate * time_base))
    return bool(np.abs(places).max() <= 1.01)


def _fits_with_holes(gaps: Numbers, frames_per_tick: float) -> bool:
    """Whether pictures lie on the grid of a rate and only some are missing: then that is the rate."""
    if not 0 < frames_per_tick <= 1:
        return False
    slack = frames_per_tick * 1.5 + 0.1  # rounding of both ends, and a little unsteadiness
    steps = gaps * frames_per_tick
    single = int((np.abs(steps - 1) <= slack).sum())
    holes = int((steps > HELD_FRAMES).sum())
    return single > 0.8 * len(steps) and bool((steps > 1 - slack).all()) and holes <= MOST_HOLDS


def _gives_each_a_frame(steps: Numbers, *, most_holds: int) -> bool:
    """Whether every picture has a frame of its own, and not many frames are without one."""
    filled = steps[steps <= HELD_FRAMES]
    holds = len(steps) - len(filled)
    return bool(
        steps.min() > 0
        and filled.sum() <= MOST_FILLED * (len(steps) + 1)
        and holds <= min(most_holds, MOST_HOLDS)
    )


def _average(gaps: Numbers, time_base: Fraction) -> Fraction:
    """The average rate, long holes left out, within what is sensible."""
    longest = max(10 / time_base, 10 * Fraction(float(np.median(gaps))))
    usual = gaps[gaps <= float(longest)]
    rate = len(usual) / (int(usual.sum()) * time_base)
    return min(max(rate.limit_denominator(1001), LOWEST_RATE), MOST_STATED_RATE)


def _gaps(pictures: Numbers) -> tuple[tuple[int, int], ...] | None:
    steps = np.diff(pictures)
    places = np.flatnonzero(steps > 1)
    if len(places) > MOST_GAPS or bool((steps < 1).any()):
        return None
    return tuple((int(place) + 1, int(steps[place]) - 1) for place in places)


def _gaps_of_a_cut(numbers: Numbers) -> tuple[tuple[int, int], ...]:
    """The gaps among the last pictures, if there alone are some.

    A cut that encodes nothing anew leaves them: a picture stays that others lean on, and those between
    are gone. They are few and at the end, so that closing them up moves nothing else.
    """
    steps = np.diff(numbers)
    if int(steps.min()) < 1 or int(numbers[-1]) - len(numbers) + 1 > CUT_FRAMES:
        return ()
    places = np.flatnonzero(steps > 1)
    if len(numbers) < 2 * CUT_PICTURES or int(places[0]) < len(numbers) - CUT_PICTURES:
        return ()
    return tuple((int(numbers[place]), int(steps[place]) - 1) for place in places)


def _holds(pictures: Numbers, frame_count: int) -> tuple[tuple[int, int], ...]:
    """The longest of the long stretches that show one picture, in order.

    The first frame of one always has a picture. So has the very last frame: a film must have an end.
    """
    starts = np.unique(np.concatenate([[0], pictures[pictures > 0]]))
    ends = np.append(starts[1:], frame_count) - 1
    if int(starts[-1]) < frame_count - 1:
        ends[-1] -= 1
    long = np.flatnonzero(ends - starts >= HELD_FRAMES)
    long = np.sort(long[np.argsort(starts[long] - ends[long], kind="stable")][:MOST_HOLDS])
    return tuple((int(starts[place]), int(ends[place])) for place in long)
