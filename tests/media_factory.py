"""Small video files for tests, made on the spot: good ones, odd ones and bad ones."""

import subprocess
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from dam.media import ffmpeg, runner

BITS = 6


def numbered(index: int, *, width: int = 128, height: int = 80) -> NDArray[np.uint8]:
    """A frame that says its own number: vertical bars, black or white, one for each bit."""
    bars = [(index >> bit) & 1 for bit in range(BITS)]
    row = np.repeat(np.array(bars, np.uint8) * 215 + 20, -(-width // BITS))[:width]
    return np.broadcast_to(row[None, :, None], (height, width, 3)).copy()


def number_of(rgb: NDArray[np.uint8]) -> int:
    """The number that a (decoded, scaled) frame says."""
    height, width = rgb.shape[:2]
    bar = -(-width / BITS)
    middles = [rgb[height // 2, min(int((bit + 0.5) * bar), width - 1)].mean() for bit in range(BITS)]
    return sum(1 << bit for bit, value in enumerate(middles) if value > 127)


def clip(
    path: Path,
    *,
    frames: int = 17,
    width: int = 128,
    height: int = 80,
    rate: Fraction = Fraction(24),
    seed: int = 0,
) -> Path:
    """A generated-looking MP4: numbered frames; another seed gives other bytes."""
    path.write_bytes(_encoded(path.suffix, frames, width, height, rate, seed))
    return path


@lru_cache(maxsize=64)  # hundreds of tests want one of a few, and each would start FFmpeg for it
def _encoded(suffix: str, frames: int, width: int, height: int, rate: Fraction, seed: int) -> bytes:
    pictures = np.stack([numbered(index % 64, width=width, height=height) for index in range(frames)])
    pictures[:, 0, :, 0] = (np.arange(width) * (seed + 1)) % 251
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"clip{suffix}"
        runner.encode_frames(pictures, frame_rate=rate, path=path)
        return path.read_bytes()


def movie(
    path: Path,
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    width: int = 128,
    height: int = 80,
    frames: int = 12,
    rate: Fraction = Fraction(25),
    at: Sequence[int] | None = None,
    tick: Fraction | None = None,
    rotation: int = 0,
    sound: bool = False,
    picture: bool = True,
    format: str | None = None,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """A file of any container and codec. `at` shows frame n at at[n] ticks, for a variable rate."""
    with av.open(str(path), "w", format=format, container_options=container_options) as container:
        video: Any = None
        if picture:
            video = container.add_stream(codec, rate=rate, options=options or {})
            video.width, video.height, video.pix_fmt = width, height, pix_fmt
            video.time_base = tick or 1 / rate
            if rotation:
                video.set_display_rotation(rotation)
        audio: Any = (
            container.add_stream("libopus" if path.suffix == ".webm" else "aac", rate=48_000)
            if sound
            else None
        )
        if video is not None:
            for place in range(frames):
                frame = _frame(place % 64, width, height, pix_fmt)
                frame.pts = at[place] if at else place
                frame.time_base = tick or 1 / rate
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        if audio is not None:
            for packet in _tone(audio, seconds=Fraction(frames) / rate):
                container.mux(packet)
    return path


def busy(path: Path, *, frames: int = 30) -> Path:
    """A film of 320×176 that is hard to encode: patterns that move, under noise."""
    graph = f"testsrc2=s=320x176:r=25:d={frames / 25},noise=alls=30:allf=t"
    command = [ffmpeg.binary(), "-v", "error", "-f", "lavfi", "-i", graph, "-c:v", "libx264", "-crf", "10"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", path], check=True)
    return path


def _frame(number: int, width: int, height: int, pix_fmt: str) -> av.VideoFrame:
    if pix_fmt == "gray":  # for huge pictures: nothing to see, quickly made
        return av.VideoFrame.from_ndarray(np.zeros((height, width), np.uint8), format="gray")
    return av.VideoFrame.from_ndarray(numbered(number, width=width, height=height), format="rgb24")


def _tone(stream: Any, *, seconds: Fraction) -> Iterable[Any]:
    samples = int(seconds * 48_000)
    wave = np.sin(np.arange(samples) / 48_000 * 2 * np.pi * 440).astype(np.float32)[None] * 0.2
    frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
    yield from stream.encode(frame)
    yield from stream.encode(None)


def bad_files(folder: Path) -> dict[str, Path]:
    """Files that must be refused, under the code they must be refused with (`code` or `code-variant`)."""
    whole = clip(folder / "whole.mp4", frames=48).read_bytes()
    made = {
        "empty": b"",
        "not_a_video-text": b"This is not a video.\n" * 50,
        "not_a_video-noise": np.random.default_rng(1).bytes(50_000),
        "playlist-hls": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.ts\n",
        "playlist-concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "playlist-dash": b'<?xml version="1.0"?><MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>',
        "not_a_picture-jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(200),
        "no_frames-gif": b"GIF89a\xe8\xfd\xe8\xfd\x80\x00\x00" + bytes(30),
        "picture-bmp": b"BM" + bytes(12) + b"\x28" + bytes(187),
        "damaged-mp3": b"ID3\x04" + bytes(200),
        "damaged-noise": whole[:32] + np.random.default_rng(2).bytes(20_000),
        "truncated-half": whole[: len(whole) // 2],
    }
    files = {}
    for code, content in made.items():
        files[code] = folder / f"{code}.mp4"
        files[code].write_bytes(content)
    files["too_wide-side"] = movie(
        folder / "wide.mkv", codec="ffv1", pix_fmt="gray", width=20_000, height=16, frames=1
    )
    files["too_wide-bomb"] = movie(
        folder / "bomb.mkv", codec="ffv1", pix_fmt="gray", width=9_600, height=9_600, frames=1
    )
    files["too_long"] = movie(folder / "day.mp4", frames=2, at=[0, 86_400], tick=Fraction(1))
    return files
