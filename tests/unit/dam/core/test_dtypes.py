from pathlib import Path

import pytest
import torch

from dam.core import dtypes

CPU = torch.device("cpu")


@pytest.fixture
def processor(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """What the processor can; filled by the test."""
    can: dict[str, bool] = {}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: can)
    return can


def weights(folder: Path, size: int) -> Path:
    with (folder / "model.safetensors").open("wb") as file:
        file.truncate(size)  # takes no room on the disk
    return folder


@pytest.mark.parametrize("name", ["amx_bf16", "avx512_bf16", "bf16"])
def test_bfloat16_is_taken_where_the_processor_multiplies_it(
    processor: dict[str, bool], name: str, tmp_path: Path
) -> None:
    processor[name] = True
    assert dtypes.to_load(weights(tmp_path, 1000), CPU) is torch.bfloat16


def test_float32_is_taken_where_the_processor_would_imitate_bfloat16(
    processor: dict[str, bool], tmp_path: Path
) -> None:
    processor["avx512_bf16"] = False
    assert dtypes.to_load(weights(tmp_path, 1000), CPU) is torch.float32


@pytest.mark.usefixtures("processor")
def test_a_model_that_would_fill_the_memory_stays_as_small_as_it_is(tmp_path: Path) -> None:
    assert dtypes.to_load(weights(tmp_path, 2**43), CPU) is torch.bfloat16


def test_training_takes_what_the_processor_multiplies(processor: dict[str, bool]) -> None:
    numbers = torch.ones(2, 2)
    with dtypes.autocast(CPU):
        assert (numbers @ numbers).dtype is torch.float32
    processor["avx512_bf16"] = True
    with dtypes.autocast(CPU):
        assert (numbers @ numbers).dtype is torch.bfloat16


@pytest.mark.usefixtures("processor")
def test_a_gpu_multiplies_bfloat16() -> None:
    assert dtypes.fast_bfloat16(torch.device("cuda"))
