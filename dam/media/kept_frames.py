"""The frames of a clip that are kept for search, in one file: a ZIP of JPEGs, named by their numbers.

They are what is embedded, read and shown of it, so that the master is decoded for them once.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dam.media import runner, sampling, shots
from dam.media.errors import FileRefused
from dam.media.frames import Frame
from dam.media.probe import MediaInfo
from dam.media.shots import Shot
from dam.media.watching import Asked, Cut, Decoded, Thinned, Wishes

MAX_SIDE = 960  # pixels: what is written in a picture can still be read
QUALITY = 85


@dataclass(frozen=True)
class Footage:
    """The shots of a clip and the frames kept of it, in the order of time: (index, time_ms, shot)."""

    shots: tuple[Shot, ...]
    frames: tuple[tuple[int, int, int], ...]
    gap_ms: int = 0  # where frames had to be left out: they lie at least so far apart
    # Of all pictures: kept with the master and not with these, so not in to_json.
    decoded: Decoded | None = field(default=None, compare=False)

    def to_json(self) -> dict[str, Any]:
        return {
            "shots": [[shot.start_ms, shot.end_ms] for shot in self.shots],
            "frames": [list(frame) for frame in self.frames],
            "gap_ms": self.gap_ms,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Footage":
        return cls(
            shots=tuple(Shot(start, end) for start, end in kept["shots"]),
            frames=tuple((index, time_ms, shot) for index, time_ms, shot in kept["frames"]),
            gap_ms=kept["gap_ms"],
        )


def write(
    path: Path,
    out: Path,
    *,
    info: MediaInfo,
    told: runner.Told | None = None,
    wishes: Wishes | None = None,
    take: Callable[[Asked], object] = lambda asked: None,
) -> Footage:
    """Look at the whole clip once and write the frames to keep of it. Raises FileRefused or MediaFailed.

    `take` gets those that are asked for beside by `wishes`.
    """
    kept: dict[int, tuple[int, bytes]] = {}
    cuts: list[int] = []
    gap_ms = 0
    decoded: Decoded | None = None
    for found in runner.watch(path, info=info, max_side=MAX_SIDE, wishes=wishes):
        match found:
            case Asked():
                take(found)
            case Cut(time_ms):
                cuts.append(time_ms)
            case Decoded():
                decoded = found
            case Thinned(gap_ms):
                numbers = sorted(kept)
                stay = sampling.thinned([kept[number][0] for number in numbers], gap_ms=gap_ms)
                kept = {numbers[place]: kept[numbers[place]] for place in stay}
            case _:
                kept[found.index] = found.time_ms, _jpeg(found)
                if told is not None:
                    told(found.index / max(1, info.frame_count))
    if not kept:
        raise FileRefused("no_frames")
    numbers = sorted(kept)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for number in numbers:
            # A fixed date, so that the same frames make the same file.
            file.writestr(zipfile.ZipInfo(_name(number)), kept[number][1])
    found_shots = shots.between(cuts, duration_ms=info.duration_ms)
    joined, places = shots.with_frames(found_shots, [kept[number][0] for number in numbers])
    frames = tuple((number, kept[number][0], place) for number, place in zip(numbers, places, strict=True))
    return Footage(joined, frames, gap_ms, decoded)


def read(path: Path, footage: Footage, *, max_side: int = MAX_SIDE) -> Iterator[Frame]:
    """The kept frames, in order, none larger than `max_side`."""
    with zipfile.ZipFile(path) as file:
        for index, time_ms, shot in footage.frames:
            with Image.open(io.BytesIO(file.read(_name(index)))) as picture:
                picture.draft("RGB", (max_side, max_side))  # the decoder itself leaves out what isn't needed
                picture.thumbnail((max_side, max_side), Image.Resampling.BOX)
                yield Frame(index, time_ms, np.asarray(picture.convert("RGB")), shot)


def jpeg_of(path: Path, index: int) -> bytes:
    """One of the frames as it is kept. KeyError for one that isn't."""
    with zipfile.ZipFile(path) as file:
        return file.read(_name(index))


def shown_at(frames: Sequence[tuple[int, int, int]], time_ms: int) -> int:
    """The number of the kept frame nearest to that time."""
    return min(frames, key=lambda frame: abs(frame[1] - time_ms))[0]


def _jpeg(frame: Frame) -> bytes:
    out = io.BytesIO()
    Image.fromarray(frame.rgb).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _name(index: int) -> str:
    return f"{index:08}.jpg"
