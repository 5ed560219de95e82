"""How many processes share the tests."""

from pathlib import Path

import pytest

from dam.embedded import memory
from tests import processes

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("cores", "free", "expected"),
    [
        pytest.param(2, 7 * GB, 3, id="a machine of 8 GB"),
        pytest.param(4, 15 * GB, 5, id="a machine of 16 GB"),
        pytest.param(8, 12 * GB, 5, id="more cores than memory"),
        pytest.param(2, 3 * GB, 2, id="little memory"),
        pytest.param(1, 7 * GB, 2, id="one core"),
    ],
)
def test_one_more_than_cores_where_memory_allows(cores: int, free: int, expected: int) -> None:
    assert processes.number(cores=cores, memory=free) == expected


def test_a_container_may_have_less_than_its_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "CONTAINER_LIMIT", limit)
    free = processes.memory()
    assert free > 0
    limit.write_text("1000000\n")
    assert processes.memory() == 1_000_000
    limit.write_text("max\n")
    assert processes.memory() > 1_000_000
