"""The generator of a model folder: loaded once per process, when first asked for."""

from functools import lru_cache
from pathlib import Path

from generation.generators import model_card, wan
from generation.generators.base import VideoGenerator


def load(folder: Path) -> VideoGenerator:
    """The generator of `folder`, from memory if this process has loaded it. Raises GeneratorError."""
    wan.check(folder)
    return _load(folder.resolve(), (folder / "model_index.json").stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _load(folder: Path, _modified: int) -> VideoGenerator:
    """One at a time: a second model would have to find room beside the first."""
    return wan.load(folder, model_card.read(folder, digest=True))
