"""The hash of a video's decoded pictures: the same after its container was changed, or metadata taken out.

Runs in the decoder process alone. It is what FFmpeg's own muxer says of the file, so that anybody can work it
out without this product:

    ffmpeg -noautorotate -i FILE -map 0:v:0 -fps_mode passthrough -f hash -hash sha256 -
"""

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from dam.media import frames
from dam.media.probe import MediaInfo

_Shape = tuple[int, int, str]


class DecodedHash:
    """SHA-256 over the bytes of all pictures, in the order shown, as they were decoded: without padding,
    turned, scaled or converted by nothing.
    """

    def __init__(self) -> None:
        self._whole = hashlib.sha256()
        self._shape: _Shape | None = None
        self._raw: Any = None
        self.count = 0

    def feed(self, picture: av.VideoFrame) -> None:
        """The next one. FFmpeg's coder of raw video lays its planes out as every program does."""
        shape = (picture.width, picture.height, picture.format.name)
        if shape != self._shape:
            self._raw = av.CodecContext.create("rawvideo", "w")
            self._raw.width, self._raw.height, self._raw.pix_fmt = shape
            self._raw.time_base = Fraction(1, 1000)
            self._shape = shape
        for packet in self._raw.encode(picture):
            self._whole.update(packet)
        self.count += 1

    @property
    def sha256(self) -> str:
        """In hex; empty as long as there was no picture."""
        return self._whole.hexdigest() if self.count else ""


def of(path: Path, *, info: MediaInfo) -> DecodedHash:
    """Decode the whole video for it alone. Damaged pictures are passed over."""
    found = DecodedHash()
    with frames.open_media(path, info.format.demuxer, **info.reading) as container:
        stream = frames.stream_at(container, info.video_index)
        stream.codec_context.options = frames.DECODING
        stream.codec_context.thread_count = 2
        stream.codec_context.thread_type = "AUTO"
        for picture in frames.decode(container, stream):
            found.feed(picture)
    return found
