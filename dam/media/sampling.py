"""Which frames of a clip are kept: those that show something new, sharp, and not too many. Pure.

Pictures are looked at in order, each once. Of each stretch of time the sharpest is a candidate, kept when it
differs from the one kept last. One picture is held at a time, and a few more until enough are kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dam.media import glance
from dam.media.glance import Glance

GAP_MS = 500  # at most one for each
LEAST = 3
MOST = 600  # beyond it the gap is doubled, and of those kept every one too near to another goes
CHANGED = 0.15  # glance.difference from the one kept last
CUT = 0.22  # from one picture to the next: a candidate of the time before it stands alone
BLURRED = 0.45  # of the usual sharpness
PATIENCE_MS = 2000  # so long nothing sharp: then the sharpest there is
REPEATED = 0.004  # below it two frames are the same picture
SPARES = 8

Drawn = TypeVar("Drawn")


@dataclass(frozen=True)
class Candidate(Generic[Drawn]):
    index: int
    time_ms: int
    glance: Glance
    draw: Callable[[], Drawn]


class Sampler(Generic[Drawn]):
    """Keeps by calling `keep`, in any order; `thin` when those kept before must lie further apart."""

    def __init__(
        self,
        *,
        duration_ms: int,
        keep: Callable[[Candidate[Drawn], Drawn], None],
        thin: Callable[[int], None],
        most: int = MOST,
    ) -> None:
        # A short clip has its three all the same.
        self.gap_ms = min(GAP_MS, max(1, duration_ms // (LEAST + 1)))
        self._keep, self._thin, self._most = keep, thin, most
        self._times: list[int] = []
        self._kept: list[Glance] = []  # the first of them
        self._last: Glance | None = None
        self._latest_ms = -GAP_MS
        self._before: Glance | None = None
        self._best: Candidate[Drawn] | None = None  # of this stretch
        self._stretch_ms = 0
        self._blurred: Candidate[Drawn] | None = None  # the sharpest of those since the one kept last
        self._usual = 0.0
        self._spares: list[tuple[Candidate[Drawn], Drawn]] = []
        self._stride = self._skipped = 1

    def feed(self, candidate: Candidate[Drawn]) -> None:
        cut = self._before is not None and glance.difference(self._before, candidate.glance) >= CUT
        self._before = candidate.glance
        if self._best is not None and (cut or candidate.time_ms - self._stretch_ms >= self.gap_ms):
            self._decide(self._best, at_cut=cut)
            self._best = None
        if self._best is None:
            self._stretch_ms = candidate.time_ms
            self._best = candidate
        elif _is_better(candidate.glance, self._best.glance):
            self._best = candidate

    def finish(self) -> None:
        if self._best is not None:
            self._decide(self._best, at_cut=True)
        self._fill_up()

    def _decide(self, best: Candidate[Drawn], *, at_cut: bool) -> None:
        new = self._last is None or glance.difference(self._last, best.glance) >= CHANGED
        soon = best.time_ms - self._latest_ms < self.gap_ms
        if best.glance.blank or not new or soon:
            self._spare(best)
        elif best.glance.sharpness < BLURRED * self._usual:
            self._spare(best)
            if self._blurred is None or _is_better(best.glance, self._blurred.glance):
                self._blurred = best
        else:
            self._take(best)
        self._usual = max(0.9 * self._usual, 0.0 if best.glance.blank else best.glance.sharpness)
        waited = best.time_ms - max(self._latest_ms, 0) >= PATIENCE_MS
        if self._blurred is not None and (waited or at_cut):
            self._take(self._blurred)

    def _take(self, candidate: Candidate[Drawn], drawn: Drawn | None = None) -> None:
        self._keep(candidate, candidate.draw() if drawn is None else drawn)
        self._last, self._latest_ms, self._blurred = candidate.glance, candidate.time_ms, None
        self._times.append(candidate.time_ms)
        if len(self._kept) < LEAST:
            self._kept.append(candidate.glance)
        if len(self._times) >= LEAST:
            self._spares = []
        if len(self._times) > self._most:
            while len(self._times) > self._most // 2:
                self.gap_ms *= 2
                self._times = [self._times[place] for place in thinned(self._times, gap_ms=self.gap_ms)]
            self._thin(self.gap_ms)

    def _spare(self, candidate: Candidate[Drawn]) -> None:
        """Hold it in case nothing better comes: in a long still clip fewer and fewer."""
        if len(self._times) >= LEAST:
            return
        self._skipped += 1
        if self._skipped < self._stride:
            return
        self._skipped = 0
        self._spares.append((candidate, candidate.draw()))
        if len(self._spares) > SPARES:
            self._spares = self._spares[::2]
            self._stride *= 2

    def _fill_up(self) -> None:
        """Where too few are kept, those of the others that differ most; one in any case."""
        blank = [each for each in self._spares if each[0].glance.blank]
        spares = [each for each in self._spares if not each[0].glance.blank]
        if not self._kept and not spares:
            spares = blank[:1]
        while spares and len(self._times) < LEAST:
            apart = [
                min((glance.difference(one, spare.glance) for one in self._kept), default=1.0)
                for spare, _ in spares
            ]
            place = max(range(len(spares)), key=lambda at: apart[at])
            if apart[place] < REPEATED:
                return
            candidate, drawn = spares.pop(place)
            self._take(candidate, drawn)


def thinned(times_ms: Sequence[int], *, gap_ms: int) -> list[int]:
    """The places of those times (in order) that lie at least this far from the one before that stays."""
    places: list[int] = []
    for place, time in enumerate(times_ms):
        if not places or time - times_ms[places[-1]] >= gap_ms:
            places.append(place)
    return places


def _is_better(one: Glance, other: Glance) -> bool:
    """Sharper; but what is blank is worse than anything."""
    return (not one.blank, one.sharpness) > (not other.blank, other.sharpness)
