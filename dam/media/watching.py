"""Looking at a whole clip once: its cuts, and the frames worth keeping. Runs in the decoder process alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from dam.media import budgets, frames, glance
from dam.media.decoded_hash import DecodedHash
from dam.media.frames import Frame
from dam.media.probe import MediaInfo
from dam.media.sampling import Candidate, Sampler
from dam.media.shots import CutFinder

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Cut:
    time_ms: int


@dataclass(frozen=True)
class Thinned:
    """Of the frames that were given, those stay alone that lie at least this far apart (sampling.thinned)."""

    gap_ms: int


@dataclass(frozen=True)
class Decoded:
    """All pictures of the clip, as they were decoded (dam.media.decoded_hash); none is passed over."""

    sha256: str
    count: int


Found = Frame | Cut | Thinned | Decoded


def watch(path: Path, *, info: MediaInfo, max_side: int) -> Iterator[Found]:
    """Every picture is decoded, in order, and few are given: in constant memory whatever the length.

    Frames are given in the order in which it shows that they are worth it, which is nearly that of time.
    """
    found: list[Found] = []

    def keep(candidate: Candidate[Pixels], rgb: Pixels) -> None:
        found.append(Frame(candidate.index, candidate.time_ms, rgb))

    cuts = CutFinder()
    sampler = Sampler[Pixels](
        duration_ms=info.duration_ms, keep=keep, thin=lambda gap_ms: found.append(Thinned(gap_ms))
    )
    latest = -1
    options = _decoding(info)
    whole = DecodedHash() if options == frames.DECODING else None
    with frames.open_media(path, info.format.demuxer, **info.reading) as container:
        stream = frames.stream_at(container, info.video_index)
        stream.codec_context.options = options
        stream.codec_context.thread_count = 2
        stream.codec_context.thread_type = "AUTO"
        for number, picture in frames.numbered(container, stream, info):
            if whole is not None:
                whole.feed(picture)
            index = max(0, min(number, info.frame_count - 1))
            if index <= latest:
                continue  # another picture is shown in its place
            latest = index
            look, time_ms = glance.take(_small(picture)), frames.time_of(index, info)
            found.extend(map(Cut, cuts.feed(time_ms, look)))
            draw = partial(frames.upright, picture, info, max_side)
            sampler.feed(Candidate(index, time_ms, look, draw))
            yield from found
            found.clear()
    found.extend(map(Cut, cuts.finish()))
    sampler.finish()
    if whole is not None and whole.count:
        found.append(Decoded(whole.sha256, whole.count))
    yield from found


def _decoding(info: MediaInfo) -> dict[str, str]:
    """Of a long film the pictures that no other leans on are passed over: a cut may be told a little late."""
    if info.counted or not budgets.is_long(frames=info.frame_count, pixels=info.width * info.height):
        return frames.DECODING
    return {**frames.DECODING, "skip_frame": "noref"}


def _small(picture: av.VideoFrame) -> Any:
    """Luma and chroma as they are in the file, [3, HEIGHT, WIDTH]: what they mean is the same all along."""
    small = picture.reformat(
        width=glance.WIDTH,
        height=glance.HEIGHT,
        format="yuv444p",
        interpolation="AREA",
        src_colorspace="ITU709",
        dst_colorspace="ITU709",
        src_color_range="JPEG",
        dst_color_range="JPEG",
    )
    rows = [np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1) for plane in small.planes]
    return np.stack([plane[:, : glance.WIDTH] for plane in rows])
