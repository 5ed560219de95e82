"""WebP that moves, put together chunk by chunk, so that it can say what no encoder would."""

import io
import struct
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

MOVES, ALPHA = 0x02, 0x10
SIZE = (128, 80)


def chunk(kind: bytes, said: bytes) -> bytes:
    return kind + struct.pack("<I", len(said)) + said + bytes(len(said) % 2)


def picture(colour: tuple[int, ...], *, size: tuple[int, int] = SIZE) -> bytes:
    """The chunks of one picture of this colour; of four numbers the last is how opaque it is."""
    made = io.BytesIO()
    image = Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour)
    image.save(made, "WEBP", lossless=True, exact=True)
    return made.getvalue()[12:]


def frame(
    shown: bytes,
    *,
    ms: int,
    size: tuple[int, int] = SIZE,
    at: tuple[int, int] = (0, 0),
    flags: int = 0,
) -> bytes:
    """A picture laid into the canvas; its place is even."""
    numbers = (at[0] // 2, at[1] // 2, size[0] - 1, size[1] - 1, ms)
    head = b"".join(number.to_bytes(3, "little") for number in numbers)
    return chunk(b"ANMF", head + bytes([flags]) + shown)


def whole(frames: bytes, *, canvas: tuple[int, int] = SIZE, flags: int = MOVES | ALPHA) -> bytes:
    sides = b"".join((side - 1).to_bytes(3, "little") for side in canvas)
    head = chunk(b"VP8X", bytes([flags, 0, 0, 0]) + sides) + chunk(b"ANIM", bytes(6))
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(frames)) + b"WEBP" + head + frames


def animation(path: Path, *, durations: Sequence[int], colour: tuple[int, ...] = (200, 30, 60)) -> Path:
    """The same picture for so many milliseconds each time."""
    shown = picture(colour)
    path.write_bytes(whole(b"".join(frame(shown, ms=each) for each in durations)))
    return path


def noise(path: Path, *, frames: int, size: tuple[int, int]) -> Path:
    """Large pictures that differ, 40 ms each: soft noise that moves, as much work as a film's."""
    side = Image.effect_noise((size[0] // 8 + frames, size[1] // 8), 80).convert("RGB")
    made = []
    for number in range(frames):
        part = side.crop((number, 0, number + size[0] // 8, size[1] // 8))
        made.append(part.resize(size, Image.Resampling.BICUBIC))
    made[0].save(path, "WEBP", save_all=True, append_images=made[1:], duration=40, quality=80, method=0)
    return path
