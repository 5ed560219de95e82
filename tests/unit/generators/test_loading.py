"""Which models stay in a worker's memory."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from dam.embedded import memory
from generation.generators import loading, model_card
from generation.generators.base import Cancelled
from generation.generators.pipeline import PipelineGenerator
from tests.integration.generation.models import FakeGenerator, write_card

GB = 1_000_000_000


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the folders that were loaded, on a machine with room for two models of a gigabyte."""
    names: list[str] = []

    def loaded(folder: Path) -> FakeGenerator:
        names.append(folder.name)
        return FakeGenerator()

    monkeypatch.setattr(loading, "_warm", type(loading._warm)())
    monkeypatch.setattr(loading, "_loaded", loaded)
    monkeypatch.setattr(loading, "memory", lambda: 4 * GB)
    return names


def model(place: Path, name: str, *, size: int = GB) -> Path:
    folder = write_card(place / name)
    with (folder / "model.safetensors").open("wb") as file:
        file.truncate(size)  # a hole, which takes no disk
    return folder


def test_models_stay_loaded_while_there_is_room(tmp_path: Path, asked: list[str]) -> None:
    one, other = model(tmp_path, "one"), model(tmp_path, "other")
    first = loading.load(one)
    loading.load(other)
    assert loading.load(one) is first
    assert asked == ["one", "other"]
    assert loading.is_warm(one)
    assert not loading.is_warm(tmp_path)


def test_the_one_used_longest_ago_goes_first(tmp_path: Path, asked: list[str]) -> None:
    one, other, third = (model(tmp_path, name) for name in ("one", "other", "third"))
    for folder in (one, other, one, third):
        loading.load(folder)
    loading.load(one)
    assert asked == ["one", "other", "third"]
    loading.load(other)
    assert asked == ["one", "other", "third", "other"]


def test_one_larger_than_the_room_is_loaded_alone(tmp_path: Path, asked: list[str]) -> None:
    one, large = model(tmp_path, "one"), model(tmp_path, "large", size=5 * GB)
    for folder in (one, large, large, one):
        loading.load(folder)
    assert asked == ["one", "large", "one"]


def test_a_folder_that_was_put_there_anew_is_loaded_anew(tmp_path: Path, asked: list[str]) -> None:
    one = model(tmp_path, "one")
    before = loading.load(one)
    os.utime(one / "model_index.json", (1, 1))
    assert loading.load(one) is not before
    assert (asked, len(loading._warm)) == (["one", "one"], 1)


def test_where_memory_ran_out_the_others_go(tmp_path: Path, asked: list[str]) -> None:
    one, other = model(tmp_path, "one"), model(tmp_path, "other")
    loading.load(one)
    kept = loading.load(other)
    assert loading.let_go(but=kept)
    assert not loading.let_go(but=kept)
    assert loading.load(other) is kept
    loading.load(one)
    assert asked == ["one", "other", "one"]


def test_what_cannot_be_loaded_takes_no_room(
    tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(folder: Path) -> Any:
        raise MemoryError

    one = model(tmp_path, "one")
    with monkeypatch.context() as patch:
        patch.setattr(loading, "_loaded", fails)
        with pytest.raises(MemoryError):
            loading.load(one)
    assert not loading._warm


def test_a_container_without_a_gpu_has_room_for_no_more_than_it_may_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("268435456\n")
    monkeypatch.setattr(memory, "CONTAINER_LIMIT", limit)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert loading.memory() == 268435456


class _Stuck:
    """A pipeline on a GPU that it can't be moved back to."""

    _execution_device = SimpleNamespace(type="cuda")

    def enable_model_cpu_offload(self, *, device: object) -> None:
        """Nothing is moved."""

    def remove_all_hooks(self) -> None:
        """There are none."""

    def to(self, device: object) -> None:
        raise torch.OutOfMemoryError("no room for it")


@pytest.mark.parametrize(
    "first", [None, Cancelled(), MemoryError("the steps")], ids=["made", "cancelled", "full"]
)
def test_a_model_that_cannot_be_moved_back_to_the_gpu_is_loaded_anew(
    tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, first: Exception | None
) -> None:
    """What the take is told is what went wrong first."""
    stuck = PipelineGenerator(_Stuck(), model_card.read(model(tmp_path, "other")))
    one = model(tmp_path, "one")
    with monkeypatch.context() as patch:
        patch.setattr(loading, "_loaded", lambda folder: stuck)
        assert loading.load(one) is stuck

    def make() -> None:
        with stuck._offloaded(True):
            if first:
                raise first

    with pytest.raises(type(first) if first else MemoryError) as told:
        make()
    assert first is None or told.value is first
    assert not loading.is_warm(one)
    assert loading.load(one) is not stuck
