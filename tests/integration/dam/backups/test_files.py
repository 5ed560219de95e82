"""A backup on the same folder, night after night, while files in storage are damaged or go."""

import hashlib
import io
from pathlib import Path

import pytest

from dam.backups import files
from dam.core import storage

CLIP = b"a clip's bytes"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A stored file, the only one that a row names."""
    key = f"backup-trials/{hashlib.sha256(CLIP).hexdigest()}.mp4"
    storage.keep(io.BytesIO(CLIP), key=key)
    monkeypatch.setattr(files, "named", lambda: iter([key]))
    return key


def test_a_file_damaged_in_storage_never_replaces_the_whole_copy(key: str, tmp_path: Path) -> None:
    files.out(tmp_path)
    storage.keep(io.BytesIO(CLIP[:3]), key=key)
    assert files.out(tmp_path).damaged == [key]
    storage.delete(key)
    assert files.back(tmp_path).damaged == []
    with storage.open_file(key) as file:
        assert file.read() == CLIP


def test_a_damaged_file_is_reported_each_time_and_restored_if_there_is_no_better(
    key: str, tmp_path: Path
) -> None:
    storage.keep(io.BytesIO(b"A clip's bytes"), key=key)
    assert [files.out(tmp_path).damaged for _ in range(2)] == [[key], [key]]
    storage.delete(key)
    assert files.back(tmp_path).damaged == [key]
    assert storage.exists(key)


def test_a_file_mended_in_storage_takes_its_place(key: str, tmp_path: Path) -> None:
    storage.keep(io.BytesIO(b"A clip's bytes"), key=key)
    files.out(tmp_path)
    storage.keep(io.BytesIO(CLIP), key=key)
    assert files.out(tmp_path).damaged == []
    assert [path.name for path in (tmp_path / key).parent.iterdir()] == [Path(key).name]


def test_a_file_deleted_while_the_backup_runs_is_missing(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = storage.stat(key)
    storage.delete(key)
    monkeypatch.setattr(storage, "stat", lambda _: known)
    assert files.out(tmp_path).missing == [key]
