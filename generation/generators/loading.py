"""The generator of a model folder: loaded once per process, when first asked for."""

import importlib
import json
from functools import lru_cache
from pathlib import Path
from typing import cast

from generation.generators import families, model_card, trust
from generation.generators.base import VideoGenerator


def load(folder: Path) -> VideoGenerator:
    """The generator of `folder`, from memory if this process has loaded it. Raises GeneratorError."""
    trust.check(folder)
    return _load(folder.resolve(), (folder / "model_index.json").stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _load(folder: Path, _modified: int) -> VideoGenerator:
    """One at a time: a second model would have to find room beside the first."""
    index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    family = families.of(index["_class_name"])
    assert family is not None  # trust.check asked
    module = importlib.import_module(f"generation.generators.{family.module}")
    return cast(VideoGenerator, module.load(folder, model_card.read(folder, digest=True)))
