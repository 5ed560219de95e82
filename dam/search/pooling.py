"""The embeddings that are stored of a version, from those of its frames. Pure.

A shot's and the whole version's are the mean of their frames', made unit length again: they stand in the
graph for all of them, and the frames say afterwards how good a candidate is and where.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dam.media.shots import Shot
from dam.search.encoders.base import Vectors
from dam.search.models import Scope


@dataclass(frozen=True)
class Looked:
    """A frame that an encoder has looked at: Frame (dam.media.frames) without its picture."""

    index: int
    time_ms: int
    shot: int = 0


@dataclass(frozen=True)
class Pooled:
    """What becomes a row of Embedding."""

    scope: Scope
    shot: int
    frame: int
    start_ms: int
    end_ms: int
    vector: NDArray[np.float32]


def pool(
    looked: Sequence[Looked], vectors: Vectors, *, duration_ms: int, shots: Sequence[Shot] = ()
) -> list[Pooled]:
    """A row for each frame (in time order), each shot where there are several, and the version.

    Where `shots` doesn't say so, a shot begins with its first frame and ends where the next one begins.
    """
    end = max(duration_ms, looked[-1].time_ms)
    bounds = _bounds(looked, shots, end)
    rows = []
    for place, frame in enumerate(looked):
        following = looked[place + 1].time_ms if place + 1 < len(looked) else end
        until = max(frame.time_ms, min(following, bounds[frame.shot][1]))
        rows.append(Pooled(Scope.FRAME, frame.shot, frame.index, frame.time_ms, until, vectors[place]))
    if len(bounds) > 1:
        for shot, (start, until) in bounds.items():
            places = [place for place, frame in enumerate(looked) if frame.shot == shot]
            vector, nearest = mean(vectors[places])
            rows.append(Pooled(Scope.SHOT, shot, looked[places[nearest]].index, start, until, vector))
    vector, nearest = mean(vectors)
    rows.append(Pooled(Scope.VERSION, looked[nearest].shot, looked[nearest].index, 0, end, vector))
    return rows


def _bounds(looked: Sequence[Looked], shots: Sequence[Shot], end: int) -> dict[int, tuple[int, int]]:
    """Start and end of each shot that has a frame."""
    starts: dict[int, int] = {}
    for frame in looked:
        starts.setdefault(frame.shot, frame.time_ms)
    if shots:
        return {shot: (shots[shot].start_ms, shots[shot].end_ms) for shot in starts}
    ends = [*list(starts.values())[1:], end]
    return {shot: (start, until) for (shot, start), until in zip(starts.items(), ends, strict=True)}


def mean(vectors: Vectors) -> tuple[NDArray[np.float32], int]:
    """The mean as a unit vector, and which of the vectors is nearest to it."""
    middle = vectors.mean(axis=0)
    length = float(np.linalg.norm(middle))
    unit = middle / length if length > 0 else vectors[0]
    return unit.astype(np.float32), int(np.argmax(vectors @ unit))
