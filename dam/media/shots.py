"""Shots: the stretches between one cut and the next. Pure.

Pictures are looked at in order, each once; a cut is told some pictures after it.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dam.media import glance
from dam.media.glance import Glance

CUT = 0.22  # a difference (glance.difference) from one picture to the next that may be a cut
BESIDE = 3.0  # and so many times that of the pictures around it
AROUND = 6  # pictures on each side
FADE = 12  # pictures before and after a blank stretch that no fade has reached
FLASH = 4  # pictures: what is the same again so soon was lit, not cut
SAME = 0.5  # of the difference: below it a picture is the same again
REACH_MS = 400  # how far a dissolve is looked for on each side
MOST_REACH = 24  # pictures
DISSOLVED = 0.35  # pixels that differ (glance.pixels) from before a dissolve to after it
BLENDED = 0.15  # at most (glance.between)
SHORTEST_MS = 200


@dataclass(frozen=True)
class Shot:
    """From its first picture to the next shot's, on the review timeline. Frames name it by its place."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Seen:
    time_ms: int
    glance: Glance
    change: float  # from the picture before


@dataclass(frozen=True)
class _Blank:
    """A stretch with nothing to see: the picture before it, one well before, and how many had been fed."""

    near: Glance
    far: Glance
    since: int


class CutFinder:
    """Finds hard cuts, dissolves and fades among pictures that are given one by one."""

    def __init__(self) -> None:
        self._seen: deque[Seen] = deque(maxlen=2 * MOST_REACH + 1)
        self._fed = 0
        self._last_cut = 0
        self._shown = False  # whether this shot has had anything to see
        self._blank: _Blank | None = None  # while there is nothing to see
        self._dissolve: tuple[float, int] | None = None  # how different, when: the best so far

    def feed(self, time_ms: int, look: Glance) -> Iterator[int]:
        """When (ms) the cuts came that this picture makes certain."""
        change = glance.difference(self._seen[-1].glance, look) if self._seen else 0.0
        self._seen.append(Seen(time_ms, look, change))
        self._fed += 1
        if len(self._seen) > MOST_REACH:
            yield from self._judge(len(self._seen) - 1 - MOST_REACH)

    def finish(self) -> Iterator[int]:
        """The cuts among the last pictures."""
        first = len(self._seen) - min(MOST_REACH, len(self._seen))
        for place in range(first, len(self._seen)):
            yield from self._judge(place)
        if self._dissolve is not None:
            yield from self._cut(self._dissolve[1])

    def _judge(self, place: int) -> Iterator[int]:
        at = self._seen[place]
        if at.glance.blank:
            if self._blank is None:
                near, far = self._seen[max(place - 1, 0)].glance, self._seen[max(place - FADE, 0)].glance
                self._blank = _Blank(near, far, self._fed)
            self._dissolve = None
            return
        if self._blank is not None:
            if not self._is_back(place, self._blank):
                yield from self._cut(at.time_ms)
            self._blank = None
        self._shown = True
        if self._is_hard(place):
            self._dissolve = None
            yield from self._cut(at.time_ms)
            return
        apart = self._dissolves(place)
        if apart and (self._dissolve is None or apart > self._dissolve[0]):
            self._dissolve = apart, at.time_ms
        elif not apart and self._dissolve is not None:
            when, self._dissolve = self._dissolve[1], None
            yield from self._cut(when)

    def _is_back(self, place: int, blank: "_Blank") -> bool:
        """Whether what was to be seen before a blank stretch is there again after it."""
        if self._fed - blank.since <= FLASH:
            return glance.difference(blank.near, self._seen[place].glance) < SAME * CUT
        after = self._seen[min(place + FADE, len(self._seen) - 1)].glance
        return glance.difference(blank.far, after) < SAME * CUT

    def _cut(self, time_ms: int) -> Iterator[int]:
        if time_ms - self._last_cut >= SHORTEST_MS and self._shown:
            self._last_cut = time_ms
            yield time_ms

    def _is_hard(self, place: int) -> bool:
        at = self._seen[place]
        if at.change < CUT or place == 0:
            return False
        near = [
            self._seen[other].change
            for other in range(max(1, place - AROUND), min(len(self._seen), place + AROUND + 1))
            if other != place
        ]
        if near and (at.change < max(near) and at.change < BESIDE * sum(near) / len(near)):
            return False
        if near and at.change < BESIDE * sorted(near)[len(near) // 2]:
            return False
        return not self._is_flash(place)

    def _is_flash(self, place: int) -> bool:
        """Whether what was before comes again at once, or is what comes again here."""
        at = self._seen[place]
        before = self._seen[place - 1].glance
        after = [self._seen[p].glance for p in range(place + 1, min(len(self._seen), place + FLASH + 1))]
        earlier = [self._seen[p].glance for p in range(max(0, place - FLASH - 1), place - 1)]
        same = SAME * at.change
        return any(glance.difference(before, each) < same for each in after) or any(
            glance.difference(each, at.glance) < same for each in earlier
        )

    def _dissolves(self, place: int) -> float:
        """How different the pictures on both sides are, where this one blends them; else 0."""
        at = self._seen[place]
        first = next((p for p in range(place) if self._seen[p].time_ms >= at.time_ms - REACH_MS), place)
        reach = min(place - first, len(self._seen) - 1 - place)
        if reach < 3:
            return 0.0
        one, other = self._seen[place - reach].glance, self._seen[place + reach].glance
        if one.blank or other.blank:
            return 0.0  # a fade: told when there is something to see again
        apart = glance.pixels(one, other)
        if apart < DISSOLVED or glance.between(one, at.glance, other) > BLENDED:
            return 0.0
        quarter, third = self._seen[place - reach // 2].glance, self._seen[place + reach // 2].glance
        if glance.between(quarter, at.glance, third) > 2 * BLENDED:
            return 0.0
        return apart


def between(cuts: Iterable[int], *, duration_ms: int) -> tuple[Shot, ...]:
    """The shots that these cuts make of a clip: at least one."""
    starts = [0, *sorted({cut for cut in cuts if 0 < cut < duration_ms})]
    return tuple(
        Shot(start, end) for start, end in zip(starts, [*starts[1:], max(duration_ms, 1)], strict=True)
    )


def with_frames(shots: Sequence[Shot], times_ms: Sequence[int]) -> tuple[tuple[Shot, ...], tuple[int, ...]]:
    """The shots of which some frame is kept, each with those behind it that have none; each frame's shot."""
    starts = [shot.start_ms for shot in shots]
    places = [max(bisect_right(starts, time) - 1, 0) for time in times_ms]
    used = sorted(set(places))
    ends = [shots[place].start_ms for place in used[1:]] + [shots[-1].end_ms] if used else []
    begins = [0, *(shots[place].start_ms for place in used[1:])]
    joined = tuple(Shot(begin, end) for begin, end in zip(begins, ends, strict=False))
    return joined, tuple(used.index(place) for place in places)
