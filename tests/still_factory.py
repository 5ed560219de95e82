"""Small still pictures for tests, made on the spot."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

FORMATS = ("png", "jpg", "webp", "avif", "tiff")
RED, WHITE = (200, 30, 40), (255, 255, 255)


def still(path: Path, *, size: tuple[int, int] = (96, 64), colour: tuple[int, ...] = RED, **how: Any) -> Path:
    """A picture of one colour with a white corner at its top left; its suffix says the format."""
    picture = Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour)
    picture.paste(WHITE, (0, 0, size[0] // 4, size[1] // 4))
    picture.save(path, **how)
    return path


def noise(path: Path, *, seed: int = 0, size: tuple[int, int] = (96, 64)) -> Path:
    """A picture that is like no other."""
    rng = np.random.default_rng(seed)
    Image.fromarray(rng.integers(0, 255, (size[1], size[0], 3)).astype(np.uint8)).save(path)
    return path


def bomb(path: Path, *, side: int = 60_000) -> Path:
    """A PNG of some hundred bytes that says it has 3.6 thousand million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
    return path
