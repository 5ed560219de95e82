"""Checksums that senders give with a piece, by the names that tus has for them. Pure."""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest

ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
}


@dataclass(frozen=True)
class Checksum:
    """What bytes must come to. Raises ValueError for an algorithm that is not of ALGORITHMS."""

    algorithm: str
    digest: bytes

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            raise ValueError(f"{self.algorithm!r} is none of {', '.join(ALGORITHMS)}.")

    def fits(self, data: bytes) -> bool:
        return compare_digest(ALGORITHMS[self.algorithm](data), self.digest)
