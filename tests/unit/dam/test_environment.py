"""Secrets that are made on first use: one, whole, for its owner alone."""

import errno
import os
import threading
from itertools import count
from pathlib import Path

import pytest

from dam import environment


def test_of_those_that_start_together_all_get_the_same_whole_text(tmp_path: Path) -> None:
    numbers, found, together = count(), [], threading.Barrier(8)

    def get() -> None:
        together.wait()
        found.append(environment.made_once(tmp_path / "key", lambda: f"key {next(numbers)}"))

    threads = [threading.Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(found) == {(tmp_path / "key").read_text()}
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_it_is_made_where_files_have_one_name_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*paths: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    first = environment.made_once(tmp_path / "key", lambda: "first")
    assert (first, environment.made_once(tmp_path / "key", lambda: "second")) == ("first", "first")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    environment.made_once(tmp_path / "deep" / "key", lambda: "secret")
    assert (tmp_path / "deep" / "key").stat().st_mode & 0o777 == 0o600


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("known")
    assert environment.made_once(tmp_path / "key", lambda: "another") == "known"


def test_a_secret_key_that_is_given_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    assert environment.secret_key(tmp_path) == "given"
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, kept = tmp_path / "key", []

    def sync(file: int) -> None:
        kept.append((path.exists(), os.fstat(file).st_size))

    monkeypatch.setattr(os, "fsync", sync)
    assert environment.made_once(path, lambda: "secret") == "secret"
    assert kept == [(False, 6)]
