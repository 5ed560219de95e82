"""Which part of a clip answers a search. Pure: scored samples in, a time range out."""

from collections.abc import Sequence
from dataclasses import dataclass

# A neighbour of the best sample belongs to the moment if it is at least this likely beside it.
NEIGHBOUR_SHARE = 0.8


@dataclass(frozen=True)
class Sample:
    time_ms: int
    likelihood: float


def best(samples: Sequence[Sample], *, duration_ms: int | None) -> tuple[int, int]:
    """Start and end (ms) of the run of good samples around the best one. Samples are in time order.

    A sample stands for the time until the next one; the last for the rest of the clip.
    """
    peak = max(range(len(samples)), key=lambda place: samples[place].likelihood)
    line = NEIGHBOUR_SHARE * samples[peak].likelihood
    first = last = peak
    while first > 0 and samples[first - 1].likelihood >= line:
        first -= 1
    while last + 1 < len(samples) and samples[last + 1].likelihood >= line:
        last += 1
    if last + 1 < len(samples):
        end = samples[last + 1].time_ms
    else:
        end = max(duration_ms or 0, samples[last].time_ms)
    return samples[first].time_ms, end
