"""Decoding with PyAV. Runs in the decoder process alone (decoder_process.py), never in a worker itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from dam.media import budgets, colour
from dam.media.probe import MediaInfo

# Shorter ones are decoded through: seeking depends on an index that may be wrong.
SEEK_BEYOND_FRAMES = 600
MOST_UNKNOWN = 10_000  # packets of streams that aren't there
SEEK_BEFORE = (0, 10, budgets.MAX_SECONDS)  # seconds: tried in this order
OPTIONS = {"protocol_whitelist": "file"}
# Damaged pictures are shown as far as they go, as in the proxy (dam.media.commands). The header may lie about
# the size; the decoder itself must not go beyond.
DECODING = {"err_detect": "ignore_err", "max_pixels": str(budgets.MAX_PIXELS)}


@dataclass(frozen=True)
class Frame:
    """A decoded picture, turned upright, in square pixels.

    `index` counts along the review timeline, `time_ms` from the first frame; `rgb` is [H, W, 3] uint8.
    `shot` is the number of the shot that it belongs to, from 0, where shots were looked for.
    """

    index: int
    time_ms: int
    rgb: NDArray[np.uint8]
    shot: int = 0


def open_media(path: Path, demuxer: str, **options: str) -> InputContainer:
    """The file, read by this one demuxer, which may open no other file and no address."""
    return av.open(str(path), format=demuxer, options={**options, **OPTIONS}, metadata_errors="replace")


def stream_at(container: InputContainer, index: int) -> Any:
    """The stream of that index in the file; PyAV's own list leaves unknown kinds out."""
    return next(stream for stream in container.streams if stream.index == index)


def choose(info: MediaInfo, *, count: int | None = None, every_ms: int | None = None) -> list[int]:
    """Frame numbers, in order and each once: `count` of them in the middle of equal parts, or one at
    each `every_ms` from the first."""
    last = max(info.frame_count - 1, 0)
    if count is not None:
        indexes = [(2 * part + 1) * info.frame_count // (2 * count) for part in range(count)]
    elif every_ms is not None:
        step = max(Fraction(every_ms, 1000) * info.frame_rate, Fraction(1))
        indexes = [int(step * n) for n in range(int(info.frame_count / step) + 1)]
    else:
        raise ValueError("Say how many frames: count or every_ms.")
    return sorted({min(index, last) for index in indexes})


def sample(path: Path, *, info: MediaInfo, indexes: Sequence[int], max_side: int) -> Iterator[Frame]:
    """The frames at these numbers (in order), none larger than `max_side` pixels on its longer side.

    Each shows the picture that is on screen then (dam.media.timing): one that can't be decoded is replaced
    by the picture before it.
    """
    with open_media(path, info.format.demuxer, **info.reading) as container:
        stream = stream_at(container, info.video_index)
        stream.codec_context.options = DECODING
        stream.codec_context.thread_count = 2
        stream.codec_context.thread_type = "AUTO"
        pictures = _Pictures(container, stream, info)
        drawn: tuple[av.VideoFrame, NDArray[np.uint8]] | None = None
        for index in indexes:
            shown = pictures.at(index)
            if shown is None:
                return
            if drawn is None or drawn[0] is not shown:
                drawn = shown, upright(shown, info, max_side)
            yield Frame(index, time_of(index, info), drawn[1])


def time_of(index: int, info: MediaInfo) -> int:
    """When the frame is shown, ms."""
    return round(Fraction(index) / info.frame_rate * 1000)


class _Pictures:
    """A place in the stream: goes forward by decoding, or by a seek when that is far."""

    def __init__(self, container: InputContainer, stream: Any, info: MediaInfo) -> None:
        self.container, self.stream, self.info = container, stream, info
        self.decoded = self._decode()
        self.count = 0  # of pictures decoded
        self.place = -1  # of the one decoded last
        self.shown: av.VideoFrame | None = None
        self.coming: tuple[int, av.VideoFrame] | None = None  # and the frame from which it is shown

    def at(self, index: int) -> av.VideoFrame | None:
        """The last picture that has come by frame `index`; before the first one, the first."""
        if self.coming is not None and index < self.coming[0]:
            return self.shown or self.coming[1]
        if index - self.place > SEEK_BEYOND_FRAMES and not self.info.counted:
            self._seek(index)
        while self.coming is None or self.coming[0] <= index:
            if self.coming is not None:
                self.shown = self.coming[1]
            self.coming = self._next()
            if self.coming is None:
                return self.shown
        return self.shown or self.coming[1]

    def _next(self) -> tuple[int, av.VideoFrame] | None:
        frame = next(self.decoded, None)
        if frame is None:
            return None
        self.place = _number(frame, self.info, count=self.count, after=self.place)
        self.count += 1
        return self.place, frame

    def _seek(self, index: int) -> None:
        """Go on before `index`; what was shown stays unless there is a later picture there."""
        for seconds_before in SEEK_BEFORE:
            seconds = self.info.first_pts + Fraction(index) / self.info.frame_rate - seconds_before
            try:
                self.container.seek(int(seconds / self.stream.time_base), stream=self.stream)
            except av.error.FFmpegError:
                return  # no index to seek by: decode on to it
            self.decoded = self._decode()
            self.coming = self._next()
            # Where a file has no index, decoding begins at some packet, and pictures come from the next key.
            if self.coming is not None and self.coming[0] <= index:
                return

    def _decode(self) -> Iterator[av.VideoFrame]:
        return _shown(decode(self.container, self.stream), self.info)


def numbered(container: InputContainer, stream: Any, info: MediaInfo) -> Iterator[tuple[int, av.VideoFrame]]:
    """Every picture that can be decoded, with the frame from which it is shown."""
    place = -1
    for count, frame in enumerate(_shown(decode(container, stream), info)):
        place = _number(frame, info, count=count, after=place)
        yield place, frame


def _shown(decoded: Iterator[av.VideoFrame], info: MediaInfo) -> Iterator[av.VideoFrame]:
    """Those of them that are shown at all."""
    for frame in decoded:
        at = None if frame.pts is None or frame.time_base is None else Fraction(frame.pts * frame.time_base)
        if at is None or not info.is_blank(at):
            yield frame


def _number(frame: av.VideoFrame, info: MediaInfo, *, count: int, after: int) -> int:
    if info.counted:
        return info.number_of(count)
    if frame.pts is None or frame.time_base is None:
        return max(after + 1, info.first_picture)
    return info.number_at(frame.pts * frame.time_base)


def demuxed(container: InputContainer, *streams: Any) -> Iterator[Any]:
    """The packets of these streams, or of all, as far as the file can be read.

    Damage may call up a stream that PyAV knows nothing of; what comes of that is passed over.
    """
    unknown = 0
    while unknown <= MOST_UNKNOWN:
        try:
            yield from container.demux(*streams)
            return
        except av.error.FFmpegError:
            return
        except IndexError:
            unknown += 1


def decode(container: InputContainer, stream: Any) -> Iterator[av.VideoFrame]:
    """Every frame that can be decoded, in the order shown; damaged packets are passed over."""
    alpha = _alpha_decoder(stream)
    for packet in demuxed(container, stream):
        try:
            yield from alpha.decode(packet) if alpha else packet.decode()
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            continue


def _alpha_decoder(stream: Any) -> Any | None:
    """The decoder of WebM's transparency, which lies beside the picture: FFmpeg's own leaves it out."""
    name = colour.ALPHA_DECODERS.get(stream.codec_context.codec.canonical_name)
    if name is None or stream.metadata.get("alpha_mode") != "1":
        return None
    try:
        decoder = av.CodecContext.create(name, "r")
    except av.codec.codec.UnknownCodecError:
        return None
    decoder.options = DECODING
    decoder.thread_count = stream.codec_context.thread_count
    return decoder


def _as_shown(frame: av.VideoFrame, info: MediaInfo, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The coded picture scaled to width and height, as SDR in Rec.709, [H, W, 3]."""
    picture = colour.of(info)
    # FFmpeg is to scale the values as they are: with what the file says of them it would refuse some.
    rng = "JPEG" if picture.full_range or picture.layout is not colour.Layout.YUV else "MPEG"
    scaled = frame.reformat(
        width=size[0],
        height=size[1],
        format=picture.planar,
        interpolation="AREA",
        src_colorspace="ITU709",
        dst_colorspace="ITU709",
        src_color_range=rng,
        dst_color_range=rng,
    )
    planes = [_values(scaled.planes[place], picture.depth) for place in range(len(scaled.planes))]
    if picture.layout is not colour.Layout.YUV:
        planes = [planes[2], planes[0], planes[1], *planes[3:]]
    rgb = colour.to_bt709(np.stack(planes[:3], axis=-1), picture)
    if picture.alpha:
        rgb = rgb * planes[3][..., None]  # on black: colour.GROUND
    return np.asarray(rgb * 255 + 0.5).astype(np.uint8)


def _values(plane: Any, depth: int) -> NDArray[np.float32]:
    """[H, W] of 0 to 1."""
    rows = np.frombuffer(plane, np.uint8 if depth == 8 else np.dtype("<u2")).reshape(plane.height, -1)
    return np.asarray(rows[:, : plane.width] / (2**depth - 1), np.float32)


def upright(frame: av.VideoFrame, info: MediaInfo, max_side: int) -> NDArray[np.uint8]:
    """The picture as it is shown, [H, W, 3], none of its sides longer than `max_side`."""
    width, height = info.shown_width, info.height
    scale = min(1.0, max_side / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    across = info.rotation in (90, 270)
    coded = (size[1], size[0]) if across else size
    rgb = _as_shown(frame, info, coded)
    if info.mirrored:
        rgb = rgb[:, ::-1]
    return np.ascontiguousarray(np.rot90(rgb, k=-info.rotation // 90 % 4))


def codec_name(stream: Any) -> str:
    return str(stream.codec_context.codec.canonical_name)
