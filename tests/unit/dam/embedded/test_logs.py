"""Logs are nobody else's to read."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dam.embedded import logs


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("mode", ["a", "ab", "wb"])
def test_a_log_is_read_by_its_own_account_alone(tmp_path: Path, mode: str) -> None:
    log = tmp_path / "logs" / "web.log"
    logs.opened(log, mode).close()
    assert (rights(log), rights(log.parent)) == (0o600, 0o700)


def test_a_log_from_before_is_closed_to_others(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "web.log"
    log.parent.mkdir()
    log.write_text("kept\n")
    with logs.opened(log, "a") as file:
        file.write("more\n")
    assert (rights(log), rights(log.parent)) == (0o600, 0o700)
    assert log.read_text() == "kept\nmore\n"


def test_a_log_that_has_grown_large_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 3)
    log = tmp_path / "web.log"
    log.write_text("old line")
    logs.opened(log, "a").close()
    assert (log.read_text(), log.with_name("web.log.1").read_text()) == ("", "old line")
