"""The shots and kept frames of a version: what search looks at of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dam.catalog.models import Rendition, Version
from dam.core import storage
from dam.media import kept_frames, runner
from dam.media.frames import Frame
from dam.media.kept_frames import Footage
from dam.media.probe import MediaInfo
from dam.media.shots import Shot

KIND = "frames"  # of dam.media.specs


@dataclass(frozen=True)
class FoundFootage:
    """`frames` come in the order of time, once, each with the number of its shot."""

    shots: tuple[Shot, ...]
    kept: tuple[tuple[int, int, int], ...]  # of each frame its number, time_ms and shot
    frames: Iterator[Frame]


@contextmanager
def of(version: Version, *, max_side: int = kept_frames.MAX_SIDE) -> Iterator[FoundFootage]:
    """The kept frames, none larger than `max_side`, while the block runs.

    A version whose step has not made them yet is looked at here. Raises media errors.
    """
    kept = Rendition.objects.filter(version=version, kind=KIND).first()
    if kept is not None:
        footage = Footage.from_json(kept.details)
        with storage.local_copy(kept.storage_key) as path:
            yield FoundFootage(
                footage.shots, footage.frames, kept_frames.read(path, footage, max_side=max_side)
            )
        return
    with storage.local_copy(version.storage_key) as master, storage.scratch() as folder:
        info = MediaInfo.from_json(version.media_info) if version.media_info else runner.probe(master)
        out = folder / "frames.zip"
        footage = kept_frames.write(master, out, info=info)
        yield FoundFootage(footage.shots, footage.frames, kept_frames.read(out, footage, max_side=max_side))
