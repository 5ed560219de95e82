"""A backup on the same folder, night after night, while files in storage are damaged or go."""

import hashlib
import io
from pathlib import Path

import pytest

from dam.accounts.models import Brand
from dam.backups import files
from dam.core import storage

CLIP = b"a clip's bytes"


pytestmark = pytest.mark.django_db


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


def test_what_is_whole_in_the_backup_is_not_asked_about_again(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Brand.objects, "order_by", lambda *_: Keys([key.partition("/")[0]]))
    files.out(tmp_path)
    monkeypatch.setattr(storage, "stat", lambda _: pytest.fail("asked about one file"))
    (tmp_path / key).unlink()  # by hand: only a check looks there
    assert files.out(tmp_path).kept == 1
    assert files.verify(tmp_path).missing == [key]


def test_a_check_reads_every_byte(key: str, tmp_path: Path) -> None:
    files.out(tmp_path)
    assert files.verify(tmp_path).damaged == []
    (tmp_path / key).write_bytes(b"x" * len(CLIP))
    assert files.verify(tmp_path).damaged == [key]
    assert files.out(tmp_path).copied == 1  # anew, from storage
    assert files.verify(tmp_path).damaged == []
    (tmp_path / key).unlink()
    assert [files.verify(tmp_path).missing for _ in range(2)] == [[key], [key]]
    assert files.out(tmp_path).copied == 1


def test_a_backup_without_its_index_is_looked_at_once_more(key: str, tmp_path: Path) -> None:
    files.out(tmp_path)
    tmp_path.with_name(f"{tmp_path.name}.sqlite").write_bytes(b"no database" * 100)
    assert files.out(tmp_path).kept == 1
    assert files.verify(tmp_path).copied == 1


class Keys(list[str]):
    def values_list(self, *_: object, **__: object) -> list[str]:
        return self
