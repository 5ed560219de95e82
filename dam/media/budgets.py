"""How much one file from outside may cost. Pure."""

from dataclasses import dataclass

GIB = 1024**3

MAX_SIDE = 16_384  # pixels
MAX_PIXELS = 80_000_000  # 8K in either direction, and some room
MAX_SECONDS = 6 * 3600


@dataclass(frozen=True)
class Limits:
    """What a child process may use; the kernel ends it beyond."""

    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int  # of address space
    file_bytes: int  # of any file it writes


PROBE = Limits(wall_seconds=180, cpu_seconds=120, memory_bytes=4 * GIB, file_bytes=1024**2)
FRAMES = Limits(wall_seconds=900, cpu_seconds=900, memory_bytes=5 * GIB, file_bytes=1024**2)
ENCODE = Limits(wall_seconds=1800, cpu_seconds=1800, memory_bytes=4 * GIB, file_bytes=8 * GIB)


def transcode(*, seconds: float, pixels: int) -> Limits:
    """Limits for making one video of another: a floor, and more for longer and larger ones."""
    megapixels = max(1.0, pixels / 1_000_000)
    wall = min(300 + 15 * seconds * megapixels, 5 * 3600)
    return Limits(
        wall_seconds=wall,
        cpu_seconds=int(wall * 8),  # of all its threads
        memory_bytes=6 * GIB,
        file_bytes=int(min(256 * 1024**2 + seconds * 8 * 1024**2 * megapixels, 200 * GIB)),
    )
