"""The weights in a model folder, and the name of the card that lies beside them."""

import hashlib
from functools import lru_cache
from pathlib import Path

CARD_NAME = "reelproof.json"


def digest(folder: Path) -> str:
    """SHA-256 over one line per safetensors file, sorted by path: path, NUL, SHA-256 of the file, newline."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors"), key=lambda p: p.relative_to(folder).as_posix()):
        state = path.stat()
        name = path.relative_to(folder).as_posix()
        whole.update(f"{name}\0{_file_digest(path, state.st_size, state.st_mtime_ns)}\n".encode())
    return whole.hexdigest()


@lru_cache(maxsize=256)
def _file_digest(path: Path, size: int, modified: int) -> str:
    """Size and time are keys of the cache alone: a file of many gigabytes is read once."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
