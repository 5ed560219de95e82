"""Which parts of a clip answer a search. Pure: scored samples in, time ranges out."""

from collections.abc import Sequence
from dataclasses import dataclass

# A neighbour of the best sample belongs to the moment if it is at least this likely beside it.
NEIGHBOUR_SHARE = 0.8
# A second moment is shown beside the best one if it is at least this likely beside it.
SECOND_SHARE = 0.6


@dataclass(frozen=True)
class Sample:
    time_ms: int
    likelihood: float


@dataclass(frozen=True)
class Run:
    """Good samples side by side: from when to when, and the best of them."""

    start_ms: int
    end_ms: int
    at_ms: int
    likelihood: float


def best(samples: Sequence[Sample], *, duration_ms: int | None) -> Run:
    """The run of good samples around the best one. Samples are in time order.

    A sample stands for the time until the next one; the last for the rest of the clip.
    """
    return several(samples, duration_ms=duration_ms, most=1)[0]


def several(samples: Sequence[Sample], *, duration_ms: int | None, most: int) -> list[Run]:
    """The best runs, best first, at most so many; none overlaps another."""
    runs: list[Run] = []
    free = set(range(len(samples)))
    while free and len(runs) < most:
        peak = max(free, key=lambda place: (samples[place].likelihood, -place))
        if runs and samples[peak].likelihood < SECOND_SHARE * runs[0].likelihood:
            break
        first, last = _around(samples, peak, free)
        free -= set(range(first, last + 1))
        # What only trails off beside a better moment is not another one.
        if runs and _touches_another(samples, first, last, free):
            continue
        runs.append(_run(samples, first, last, peak, duration_ms))
    return runs


def _around(samples: Sequence[Sample], peak: int, free: set[int]) -> tuple[int, int]:
    line = NEIGHBOUR_SHARE * samples[peak].likelihood
    first = last = peak
    while first - 1 in free and samples[first - 1].likelihood >= line:
        first -= 1
    while last + 1 in free and samples[last + 1].likelihood >= line:
        last += 1
    return first, last


def _touches_another(samples: Sequence[Sample], first: int, last: int, free: set[int]) -> bool:
    return any(0 <= place < len(samples) and place not in free for place in (first - 1, last + 1))


def _run(samples: Sequence[Sample], first: int, last: int, peak: int, duration_ms: int | None) -> Run:
    if last + 1 < len(samples):
        end = samples[last + 1].time_ms
    else:
        end = max(duration_ms or 0, samples[last].time_ms)
    return Run(
        start_ms=samples[first].time_ms,
        end_ms=end,
        at_ms=samples[peak].time_ms,
        likelihood=samples[peak].likelihood,
    )
