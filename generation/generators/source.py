"""Where a fetched model came from: a file beside its weights, written when it had come as a whole."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

SOURCE_NAME = "reelproof-source.json"


@dataclass(frozen=True, slots=True)
class Source:
    """`licence` as the hub says; `weights_sha256` as weights.digest gave it."""

    repository: str
    revision: str
    page: str
    licence: str
    weights_sha256: str


def write(folder: Path, source: Source) -> None:
    (folder / SOURCE_NAME).write_text(json.dumps(asdict(source), indent=2) + "\n", encoding="utf-8")


def read(folder: Path) -> Source | None:
    """None for a folder that somebody put there, and where the file can't be read."""
    try:
        said = json.loads((folder / SOURCE_NAME).read_text(encoding="utf-8"))
        return Source(**{name: str(said[name]) for name in Source.__slots__})
    except (OSError, ValueError, KeyError, TypeError):
        return None
