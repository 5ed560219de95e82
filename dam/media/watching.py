"""Looking at a whole clip once: its cuts, and the frames worth keeping. Runs in the decoder process alone."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
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


@dataclass(frozen=True)
class Asked:
    """A frame that was asked for by its number, and for what."""

    what: str
    frame: Frame


Found = Frame | Cut | Thinned | Decoded | Asked
Wishes = Mapping[str, tuple[int, Sequence[int]]]
"""Frames that are given beside: for what, none of their sides longer than so much, their numbers in order."""


def watch(path: Path, *, info: MediaInfo, max_side: int, wishes: Wishes | None = None) -> Iterator[Found]:
    """Every picture is decoded, in order, and few are given: in constant memory whatever the length.

    Of a long film some pictures are passed over, also those that are among the `wishes`.

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
    asked = [_Wish(what, side, indexes, info) for what, (side, indexes) in (wishes or {}).items()]
    scaler = VideoReformatter()  # one for all: making one takes as long as using it
    hashed: Future[None] | None = None
    with (
        frames.open_media(path, info.format.demuxer, **info.reading) as container,
        ThreadPoolExecutor(1) as beside,
    ):
        stream = frames.stream_at(container, info.video_index)
        stream.codec_context.options = options
        stream.codec_context.thread_count = 2
        stream.codec_context.thread_type = "AUTO"
        for number, picture in frames.numbered(container, stream, info):
            if whole is not None:
                if hashed is not None:
                    hashed.result()  # one picture at a time waits for it
                hashed = beside.submit(whole.feed, picture)
            for each in asked:
                found.extend(each.feed(number, picture))
            index = max(0, min(number, info.frame_count - 1))
            if index <= latest:
                continue  # another picture is shown in its place
            latest = index
            look, time_ms = glance.take(_small(picture, scaler)), frames.time_of(index, info)
            found.extend(map(Cut, cuts.feed(time_ms, look)))
            draw = partial(frames.upright, picture, info, max_side)
            sampler.feed(Candidate(index, time_ms, look, draw))
            yield from found
            found.clear()
        if hashed is not None:
            hashed.result()
        for each in asked:
            found.extend(each.finish())
    found.extend(map(Cut, cuts.finish()))
    sampler.finish()
    if whole is not None and whole.count:
        found.append(Decoded(whole.sha256, whole.count))
    yield from found


class _Wish:
    """Frames that are asked for: of each the picture that is shown then, as frames.sample finds it."""

    def __init__(self, what: str, max_side: int, indexes: Sequence[int], info: MediaInfo) -> None:
        self.what, self.max_side, self.info = what, max_side, info
        self.left = deque(indexes)
        self.shown: av.VideoFrame | None = None
        self.drawn: Pixels | None = None  # as it is shown

    def feed(self, number: int, picture: av.VideoFrame) -> Iterator[Asked]:
        """The next picture, which is shown from this frame on: those that are shown before it."""
        if self.left and self.left[0] < number:
            if self.shown is None:
                self.shown = picture
            yield from self._give(until=number)
        self.shown, self.drawn = picture, None

    def finish(self) -> Iterator[Asked]:
        if self.shown is not None:
            yield from self._give(until=None)

    def _give(self, *, until: int | None) -> Iterator[Asked]:
        while self.left and self.shown is not None and (until is None or self.left[0] < until):
            index = self.left.popleft()
            if self.drawn is None:
                self.drawn = frames.upright(self.shown, self.info, self.max_side)
            yield Asked(self.what, Frame(index, frames.time_of(index, self.info), self.drawn))


def _decoding(info: MediaInfo) -> dict[str, str]:
    """Of a long film the pictures that no other leans on are passed over: a cut may be told a little late."""
    if info.counted or not budgets.is_long(frames=info.frame_count, pixels=info.width * info.height):
        return frames.DECODING
    return {**frames.DECODING, "skip_frame": "noref"}


def _small(picture: av.VideoFrame, scaler: VideoReformatter) -> Any:
    """Luma and chroma as they are in the file, [3, HEIGHT, WIDTH]: what they mean is the same all along."""
    rec709, full = Colorspace.ITU709, ColorRange.JPEG
    small = scaler.reformat(
        picture,
        width=glance.WIDTH,
        height=glance.HEIGHT,
        format="yuv444p",
        interpolation="AREA",
        src_colorspace=rec709,
        dst_colorspace=rec709,
        src_color_range=full,
        dst_color_range=full,
    )
    rows = [np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1) for plane in small.planes]
    return np.stack([plane[:, : glance.WIDTH] for plane in rows])
