"""WebP that moves: when its pictures come, and the film that is read in its place.

PyAV and many an FFmpeg read one picture of such a file. Pillow reads them all, so it lays them out once as a
film of the same pixels, transparency and times, which is then read as any other. Runs in the decoder process
alone (decoder_process.py).
"""

import itertools
import math
import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from dam.media import stills, timing
from dam.media.errors import FileRefused, require_length, require_size
from dam.media.probe import MediaInfo
from dam.media.sniffer import ANIMATED_WEBP

MS = Fraction(1, 1000)
# Browsers show a picture that says so little for longer, and files count on it.
HARDLY, INSTEAD = 10, 100  # ms
LOOKED_AT = 12  # pictures that are decoded before a file is taken, as of other kinds (first_picture)
CODEC = "ffv1"  # lossless, transparency too, and every picture stands alone
_MOVES = 0x02  # of VP8X's flags
_HEAD, _FRAME = 30, 16  # bytes up to the end of VP8X, and of what stands before a frame's own chunks


@dataclass(frozen=True)
class Animation:
    """What a file says before anything of it is decoded: pixels and milliseconds."""

    width: int
    height: int
    starts: Sequence[int]
    end: int


def read(path: Path) -> Animation | None:
    """None of a WebP that stands still. In constant memory but for eight bytes a picture.

    Raises FileRefused for what is larger, longer or less than is taken.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if len(head) < _HEAD or head[12:16] != b"VP8X" or not head[20] & _MOVES:
            return None
        width, height = _number(head[24:27]) + 1, _number(head[27:30]) + 1
        require_size(width, height)
        starts, end = array("q"), 0
        for shown in _durations(file, end=8 + _number(head[4:8])):
            starts.append(end)
            end += shown if shown > HARDLY else INSTEAD
            require_length(end * MS)
    return Animation(width, height, starts, end) if len(starts) > 1 else None


def read_info(path: Path, animation: Animation) -> MediaInfo:
    """The facts about it, of which the first pictures are decoded. Raises FileRefused."""
    first, transparent = "", False
    for picture in itertools.islice(_pictures(path), LOOKED_AT):
        first = first or picture.mode
        transparent = transparent or stills.is_transparent(picture)
    if not first:
        raise FileRefused("no_frames")
    timeline = timing.measure(
        animation.starts,
        time_base=MS,
        # It states no rate: the one at which every picture comes with a frame is as good as stated.
        declared=[1 / (math.gcd(*animation.starts) * MS)],
        last_duration=animation.end - animation.starts[-1],
    )
    return MediaInfo(
        container=ANIMATED_WEBP.label,
        video_codec="webp",
        video_index=0,
        width=animation.width,
        height=animation.height,
        rotation=0,
        mirrored=False,
        pixel_aspect=Fraction(1),
        pixel_format=_pixel_format(first),
        transfer="sdr",
        interlaced=False,
        **timeline.facts,
        transparent=transparent,
        embedded=stills.read_embedded(path, ANIMATED_WEBP),
    )


def write_film(path: Path, out: Path) -> None:
    """Write its pictures as Matroska, each at its time; where one is damaged the film ends before it.

    One picture is held at a time. Raises FileRefused where none can be decoded.
    """
    import av  # which takes longer to load than most files to be read

    animation = read(path)
    if animation is None:
        raise FileRefused("damaged")
    with av.open(str(out), "w", format=ANIMATED_WEBP.demuxer) as film:
        stream: Any = None
        for start, picture in zip(animation.starts, _pictures(path), strict=False):
            if stream is None:
                stream = film.add_stream(CODEC, rate=1 / MS, options={"slices": "4"})
                stream.width, stream.height = picture.size
                stream.pix_fmt = _pixel_format(picture.mode)
                stream.thread_count = 2
            frame = av.VideoFrame(*picture.size, stream.pix_fmt)
            frame.planes[0].update(_rows(picture, stream.pix_fmt, frame.planes[0].line_size))
            frame.pts, frame.time_base = start, MS
            film.mux(stream.encode(frame))
        if stream is None:
            raise FileRefused("no_frames")
        film.mux(stream.encode())


def _durations(file: BinaryIO, *, end: int) -> Iterator[int]:
    """How long each picture is shown, ms, as the file says it. Raises FileRefused for one that breaks off."""
    if end > file.seek(0, 2):
        raise FileRefused("truncated")
    at = 12
    while at + 8 <= end:
        file.seek(at)
        kind, size = struct.unpack("<4sI", file.read(8))
        if at + 8 + size > end:
            raise FileRefused("truncated")
        if kind == b"ANMF":
            if size < _FRAME:
                raise FileRefused("damaged")
            yield _number(file.read(_FRAME)[12:15])
        at += 8 + size + size % 2


def _pictures(path: Path) -> Iterator[Image.Image]:
    """Every picture of the whole canvas as far as they can be decoded, in sRGB; each ends the one before."""
    with stills.opened(path, (ANIMATED_WEBP.decoder,)) as file:
        for number in range(getattr(file, "n_frames", 1)):
            try:
                file.seek(number)
                file.load()
            except (EOFError, OSError):
                return
            yield stills.in_srgb(file)


def _pixel_format(mode: str) -> str:
    return "bgra" if mode == "RGBA" else "bgr0"


def _rows(picture: Image.Image, pixel_format: str, line_size: int) -> bytes:
    return picture.tobytes("raw", "BGRA" if pixel_format == "bgra" else "BGRX", line_size)


def _number(said: bytes) -> int:
    return int.from_bytes(said, "little")
