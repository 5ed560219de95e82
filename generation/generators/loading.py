"""The generators of model folders: loaded when first asked for, and kept while there is room.

A worker makes one take at a time, so that what is kept waits; the model that was used longest ago goes first.
"""

import gc
import importlib
import json
import sys
import threading
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple, cast

from dam.embedded import memory as machine_memory
from generation.generators import families, model_card, trust
from generation.generators.base import VideoGenerator

SHARE = 0.5
"""Of the memory that models lie in, how much they may fill together; the rest is for making clips."""


class _Key(NamedTuple):
    """Another folder of the same name, fetched or put there since, is another model."""

    folder: Path
    modified: int


class _Warm(NamedTuple):
    generator: VideoGenerator
    size: int  # bytes of its weight files


_warm: OrderedDict[_Key, _Warm] = OrderedDict()  # the one used last at the end
_one = threading.RLock()


def load(folder: Path) -> VideoGenerator:
    """The generator of `folder`, from memory if this process has loaded it. Raises GeneratorError."""
    trust.check(folder)
    key = _Key(folder.resolve(), (folder / "model_index.json").stat().st_mtime_ns)
    with _one:
        if key not in _warm:
            size = sum(path.stat().st_size for path in folder.rglob("*.safetensors"))
            _make_room(size, instead_of=key.folder)
            _warm[key] = _Warm(_loaded(key.folder), size)
        _warm.move_to_end(key)
        return _warm[key].generator


def is_warm(folder: Path) -> bool:
    """Whether it is in memory already."""
    return any(key.folder == folder.resolve() for key in list(_warm))


def let_go(*, but: VideoGenerator) -> bool:
    """Let go of all others, as where memory ran out; whether there were any."""
    with _one:
        return _drop([key for key, warm in _warm.items() if warm.generator is not but])


def forget(generator: VideoGenerator) -> None:
    """It can't be used any more: whoever asks for its folder next has it loaded anew."""
    with _one:
        _drop([key for key, warm in _warm.items() if warm.generator is generator])


def _make_room(size: int, *, instead_of: Path) -> None:
    _drop([key for key in _warm if key.folder == instead_of])
    budget, used = SHARE * memory(), sum(warm.size for warm in _warm.values())
    oldest = list(_warm)
    leaving: list[_Key] = []
    while oldest and used + size > budget:
        leaving.append(oldest.pop(0))
        used -= _warm[leaving[-1]].size
    _drop(leaving)


def _drop(keys: list[_Key]) -> bool:
    for key in keys:
        del _warm[key]
    if keys:
        gc.collect()
        if "torch" in sys.modules:
            sys.modules["torch"].cuda.empty_cache()
    return bool(keys)


def memory() -> int:
    """Bytes that models lie in: the GPU's, where there is one; else what this process may use."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[1])
    return machine_memory.whole()


def _loaded(folder: Path) -> VideoGenerator:
    index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    family = families.of(index["_class_name"])
    assert family is not None  # trust.check asked
    module = importlib.import_module(f"generation.generators.{family.module}")
    return cast(VideoGenerator, module.load(folder, model_card.read(folder, digest=True)))
