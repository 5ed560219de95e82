"""How much memory a process may count on."""

from pathlib import Path

import pytest

from dam.embedded import memory


@pytest.mark.parametrize(("limit", "expected"), [("268435456\n", 268435456), ("max\n", None)])
def test_a_container_has_what_it_may_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, expected: int | None
) -> None:
    monkeypatch.setattr(memory, "CONTAINER_LIMIT", tmp_path / "none")
    whole = memory.whole()
    (tmp_path / "memory.max").write_text(limit)
    monkeypatch.setattr(memory, "CONTAINER_LIMIT", tmp_path / "memory.max")
    assert memory.whole() == (expected or whole)
