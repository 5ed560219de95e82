"""What the embedded database gets of a machine's memory."""

from pathlib import Path

import pytest

from dam.embedded import postgres

GIGABYTE = 1024**3


def test_a_small_machine_keeps_what_postgresql_takes_by_itself() -> None:
    assert postgres.sized(GIGABYTE // 2)["shared_buffers"] == "128MB"
    assert postgres.sized(GIGABYTE // 2)["work_mem"] == "4MB"


def test_a_large_machine_gives_an_eighth_and_no_more_than_two_gigabytes() -> None:
    assert postgres.sized(8 * GIGABYTE)["shared_buffers"] == "1024MB"
    assert postgres.sized(256 * GIGABYTE)["shared_buffers"] == "2048MB"


@pytest.mark.parametrize(("limit", "expected"), [("268435456\n", 268435456), ("max\n", None)])
def test_a_container_has_what_it_may_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, expected: int | None
) -> None:
    monkeypatch.setattr(postgres, "CONTAINER_LIMIT", tmp_path / "none")
    whole = postgres._memory()
    (tmp_path / "memory.max").write_text(limit)
    monkeypatch.setattr(postgres, "CONTAINER_LIMIT", tmp_path / "memory.max")
    assert postgres._memory() == (expected or whole)
