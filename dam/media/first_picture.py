"""The first picture of a video, decoded. Runs in the decoder process alone (decoder_process.py)."""

import itertools
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import av

from dam.media import colour, frames
from dam.media.errors import FileRefused, require_size
from dam.media.sniffer import FileKind

ALWAYS_ALPHA = ("gif", "apng", "webp")  # their decoders give it to every picture
LOOKED_AT_FOR_TRANSPARENCY = 12  # frames
LOOKED_AT_FOR_ORDER = 16


@dataclass(frozen=True)
class Picture:
    """Its facts, sizes in pixels before it is turned; `pts` in ticks of its stream."""

    pts: int | None
    width: int
    height: int
    rotation: int
    mirrored: bool
    pixel_format: str
    interlaced: bool
    bit_depth: int
    transparent: bool
    colour_matrix: int  # these as in MediaInfo
    colour_primaries: int
    colour_transfer: int
    colour_range: int


def read(path: Path, kind: FileKind, index: int, **options: str) -> Picture:
    """Decode until one frame comes out. Raises FileRefused where none does."""
    with frames.open_media(path, kind.demuxer, **options) as container:
        stream = frames.stream_at(container, index)
        stream.codec_context.thread_count = 1
        stream.codec_context.options = frames.DECODING
        decoded = frames.decode(container, stream)
        frame = next(decoded, None)
        if frame is None:
            raise FileRefused("no_frames")
        require_size(frame.width, frame.height)
        rotation, mirrored = _orientation(frame)
        return Picture(
            pts=frame.pts,
            width=frame.width,
            height=frame.height,
            rotation=rotation,
            mirrored=mirrored,
            pixel_format=frame.format.name,
            interlaced=bool(frame.interlaced_frame),
            bit_depth=max(part.bits for part in frame.format.components),
            transparent=_is_transparent(frame, decoded, codec=frames.codec_name(stream)),
            colour_matrix=int(frame.colorspace),
            colour_primaries=int(frame.color_primaries),
            colour_transfer=int(frame.color_trc),
            colour_range=int(frame.color_range),
        )


def is_out_of_order(path: Path, kind: FileKind, index: int, **options: str) -> bool:
    """Whether the decoder's pictures come in another order than their time stamps."""
    with frames.open_media(path, kind.demuxer, **options) as container:
        stream = frames.stream_at(container, index)
        stream.codec_context.options = frames.DECODING
        stream.codec_context.thread_count = 1
        some = itertools.islice(frames.decode(container, stream), LOOKED_AT_FOR_ORDER)
        pts = [frame.pts for frame in some if frame.pts is not None]
        return pts != sorted(pts)


def _is_transparent(first: av.VideoFrame, others: Iterator[av.VideoFrame], *, codec: str) -> bool:
    """Whether there is an alpha channel; where a format always has one, whether it is used."""
    if not colour.has_alpha(first.format.name):
        return False
    if codec not in ALWAYS_ALPHA and first.format.name != "pal8":
        return True
    some = itertools.chain([first], itertools.islice(others, LOOKED_AT_FOR_TRANSPARENCY - 1))
    return any(frame.reformat(format="rgba").to_ndarray()[..., 3].min() < 255 for frame in some)


def _orientation(frame: av.VideoFrame) -> tuple[int, bool]:
    """Degrees clockwise, and whether the picture is mirrored first, from the display matrix.

    The matrix (FFmpeg's libavutil/display.h) maps x' = a x + c y, y' = b x + d y with y downwards.
    """
    try:
        matrices = [bytes(data) for data in cast(Any, frame).side_data if data.type.name == "DISPLAYMATRIX"]
    except ValueError:  # a kind of side data that PyAV has no name for
        return -round(frame.rotation / 90) * 90 % 360, False
    if not matrices:
        return 0, False
    a, b, _, c, d = struct.unpack("5i", matrices[0][:20])
    mirrored = a * d - b * c < 0
    angle = math.atan2(-b, -a) if mirrored else math.atan2(b, a)
    return round(math.degrees(angle) / 90) * 90 % 360, mirrored
