"""How much one file from outside may cost. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from dam.core.program_limits import Limits

GIB = 1024**3

MAX_SIDE = 16_384  # pixels
MAX_PIXELS = 80_000_000  # 8K in either direction, and some room
MAX_SECONDS = 6 * 3600


PROBE = Limits(wall_seconds=180, cpu_seconds=120, memory_bytes=4 * GIB, file_bytes=1024**2)
FRAMES = Limits(wall_seconds=900, cpu_seconds=900, memory_bytes=5 * GIB, file_bytes=1024**2)
# Somebody waits for it: a picture that takes longer is none to search by.
STILL = Limits(wall_seconds=20, cpu_seconds=15, memory_bytes=2 * GIB, file_bytes=1024**2)
# Anybody may ask, and somebody waits: pictures that take longer to decode aren't compared with releases'.
ASKED = Limits(
    wall_seconds=15, cpu_seconds=25, memory_bytes=4 * GIB, file_bytes=1024**2, stdout_bytes=64 * 1024
)
FRAME_HEAD_BYTES = 1024  # what is said of a frame before its pixels
ENCODE = Limits(wall_seconds=1800, cpu_seconds=1800, memory_bytes=4 * GIB, file_bytes=8 * GIB)


def transcode(*, frames: int, seconds: float, pixels: int) -> Limits:
    """Limits for making one video of another: a floor, and more for what there is to do.

    `frames` are those that are encoded: a picture that is held for hours is one. `seconds` are the sound's.
    """
    megapixels = max(1.0, pixels / 1_000_000)
    wall = min(300 + 0.6 * frames * megapixels + 0.1 * seconds, 5 * 3600)
    size = 256 * 1024**2 + frames * 320 * 1024 * megapixels + seconds * 64 * 1024
    return Limits(
        wall_seconds=wall,
        cpu_seconds=int(wall * 8),  # of all its threads
        memory_bytes=6 * GIB,
        file_bytes=int(min(size, 200 * GIB)),
    )


def raw(*, frames: int, pixels: int, size: int) -> Limits:
    """Limits for laying out frames of one video, `size` bytes of them."""
    return replace(transcode(frames=frames, seconds=0, pixels=pixels), file_bytes=size + 1024**2)


MOST_FILM_BYTES = 8 * GIB  # on the disk, while something is made of a WebP that moves


def film(*, frames: int, pixels: int) -> Limits:
    """Limits for laying out a WebP as the film that is read in its place."""
    size = 64 * 1024**2 + 5 * frames * pixels
    return replace(transcode(frames=frames, seconds=0, pixels=pixels), file_bytes=min(size, MOST_FILM_BYTES))


def stream(*, frames: int, seconds: float, pixels: int) -> Limits:
    """Limits for making the rungs of a stream of one video, which is decoded once."""
    one = transcode(frames=frames, seconds=seconds, pixels=pixels)
    wall = min(one.wall_seconds * 2, 5 * 3600)
    return replace(one, wall_seconds=wall, cpu_seconds=int(wall * 8))


def sound(*, seconds: float, rate: int) -> Limits:
    """Limits for taking the sound out of a file, as 16-bit samples of one channel."""
    return replace(
        ENCODE, wall_seconds=120 + 0.1 * seconds, file_bytes=int((seconds + 60) * rate * 2) + 1024**2
    )


def converted_sound(*, seconds: float, lossless: bool) -> Limits:
    """Limits for making one sound of another. A WAV can't say that it is larger than 4 GiB."""
    size = 4 * GIB - 1024**2 if lossless else int((seconds + 60) * 64 * 1024)
    return replace(ENCODE, wall_seconds=300 + 0.2 * seconds, file_bytes=size)


def described(size: int) -> Limits:
    """Limits for copying a file of so many bytes with more metadata in it."""
    return replace(FRAMES, wall_seconds=120 + size / (10 * 1024**2), file_bytes=size + 64 * 1024**2)


SUBTITLES = Limits(wall_seconds=300, cpu_seconds=300, memory_bytes=4 * GIB, file_bytes=16 * 1024**2)
LONG = 60_000  # megapixels decoded: twenty minutes of 1080p


def is_long(*, frames: int, pixels: int) -> bool:
    """Whether decoding every picture would take many minutes."""
    return frames * pixels / 1_000_000 > LONG


def watch(
    *, frames: int, pixels: int, most: int, max_side: int, more: Iterable[tuple[int, int]] = ()
) -> Limits:
    """Limits for looking at every picture of a clip and giving out `most` of them at a time.

    `more` are others beside: how large at most, and how many.
    """
    wall = min(300 + 0.05 * frames * max(1.0, pixels / 1_000_000), 3 * 3600)
    # Of those given, half and more go each time that there are too many: so often at most.
    given = [(max_side, most * 8), *more]
    return replace(
        FRAMES,
        wall_seconds=wall,
        cpu_seconds=int(wall * 2),
        stdout_bytes=sum(count * (3 * side**2 + FRAME_HEAD_BYTES) for side, count in given)
        + frames * 64
        + FRAME_HEAD_BYTES,
    )


def still(*, max_side: int) -> Limits:
    """Limits for decoding one picture."""
    return replace(STILL, stdout_bytes=4 * max_side**2 + FRAME_HEAD_BYTES)


WHOLE = replace(FRAMES, stdout_bytes=4 * MAX_PIXELS + FRAME_HEAD_BYTES)  # one picture of full size


def frames(*, count: int, max_side: int, within: Limits | None = None) -> Limits:
    """Limits for decoding so many frames, none larger than `max_side` in either direction."""
    most = count * (3 * max_side**2 + FRAME_HEAD_BYTES) + FRAME_HEAD_BYTES
    return replace(within or FRAMES, stdout_bytes=most)
