"""Small sound files for tests, made on the spot."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

RATE = 48_000
CODECS = {
    "wav": "pcm_s16le",
    "mp3": "libmp3lame",
    "flac": "flac",
    "m4a": "aac",
    "aac": "aac",
    "ogg": "libopus",
    "opus": "libopus",
    "mka": "aac",
}


def tone(
    path: Path,
    *,
    seconds: float = 2.0,
    loud_from: float = 0.5,
    channels: int = 2,
    of_stream: Mapping[str, str] | None = None,
    **tags: str,
) -> Path:
    """A tone that is silent up to the given share of it; its suffix says the format. With these tags."""
    count = int(seconds * RATE)
    wave = np.sin(np.arange(count) / RATE * 2 * np.pi * 440).astype(np.float32) * 0.5
    wave[: int(count * loud_from)] = 0
    with av.open(str(path), "w", format="adts" if path.suffix == ".aac" else None) as container:
        codec = CODECS[path.suffix[1:]]
        stream: Any = container.add_stream(codec, rate=RATE, layout="stereo" if channels == 2 else "mono")
        container.metadata.update(tags)
        stream.metadata.update(of_stream or {})
        samples = np.repeat(wave[None], channels, axis=0)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=stream.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        resampler = av.AudioResampler(stream.codec_context.format, stream.layout, RATE)
        fifo = av.AudioFifo()
        for part in resampler.resample(frame):
            fifo.write(part)
        size = stream.codec_context.frame_size or 1024
        while chunk := fifo.read(size, partial=True):
            container.mux(stream.encode(chunk))
        container.mux(stream.encode(None))
    return path
