"""Files in storage: the same promises whether they lie in a folder or in a bucket."""

import errno
import os
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from dam.core import storage
from dam.core.storage.base import PART_BYTES
from dam.core.storage.folder import FolderStorage
from dam.core.storage.s3 import S3Storage
from tests import s3_server as server

KEY = "staging/uploads/one"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    path = tmp_path / "content.mp4"
    path.write_bytes(bytes(range(256)) * 8)
    return path


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.STORAGE = str(tmp_path / "storage")
    return tmp_path / "storage"


def read(key: str, **span: int) -> bytes:
    with storage.open_file(key, **span) as file:
        return file.read()


def send(*pieces: bytes, key: str = KEY) -> storage.Parts:
    """Stage a file piece by piece; the last one says so."""
    parts: storage.Parts = {}
    offset = 0
    for number, piece in enumerate(pieces, start=1):
        parts = storage.append(key, parts, offset=offset, data=piece, last=number == len(pieces))
        offset += len(piece)
    return parts


@pytest.mark.usefixtures("either_store")
class TestEitherStore:
    def test_a_file_comes_back_as_it_went_in(self, content: Path) -> None:
        stored = storage.put(content, brand_id=7, suffix=".mp4")
        assert stored.key == f"7/{stored.sha256[:2]}/{stored.sha256}.mp4"
        assert read(stored.key) == content.read_bytes()
        assert storage.exists(stored.key)

    def test_a_part_of_a_file_is_read_from_where_it_begins(self, content: Path) -> None:
        key = storage.put(content, brand_id=7, suffix=".mp4").key
        with storage.open_file(key, start=100, stop=300) as file:
            assert file.read(200) == content.read_bytes()[100:300]
        assert read(key, start=2000) == content.read_bytes()[2000:]

    def test_a_path_holds_the_same_bytes(self, content: Path) -> None:
        key = storage.put(content, brand_id=7, suffix=".mp4").key
        with storage.local_copy(key) as path:
            assert path.read_bytes() == content.read_bytes()
            assert path.suffix == ".mp4"

    def test_the_same_bytes_are_stored_once(self, content: Path) -> None:
        first = storage.put(content, brand_id=7, suffix=".mp4")
        assert storage.put(content, brand_id=7, suffix=".mp4") == first
        assert len(list(storage.entries("7"))) == 1

    def test_a_stored_file_of_the_wrong_size_is_replaced(self, content: Path) -> None:
        stored = storage.put(content, brand_id=7, suffix=".mp4")
        storage.keep(BytesIO(b"half"), key=stored.key)
        storage.put(content, brand_id=7, suffix=".mp4")
        assert read(stored.key) == content.read_bytes()

    def test_what_is_not_there_is_said_to_be_missing(self) -> None:
        for ask in (storage.open_file, lambda key: storage.local_copy(key).__enter__()):
            with pytest.raises(FileNotFoundError):
                ask("7/ab/none.mp4")
        assert storage.stat("7/ab/none.mp4") is None
        storage.delete("7/ab/none.mp4")

    def test_a_deleted_file_is_gone(self, content: Path) -> None:
        key = storage.put(content, brand_id=7, suffix=".mp4").key
        storage.delete(key)
        assert not storage.exists(key)

    def test_files_are_listed_with_size_and_age_and_by_folder_alone(self, content: Path) -> None:
        key = storage.put(content, brand_id=7, suffix=".mp4").key
        storage.put(content, brand_id=77, suffix=".mp4")
        (entry,) = storage.entries("7")
        assert (entry.key, entry.size) == (key, content.stat().st_size)
        assert abs(entry.modified - timezone.now()) < timedelta(minutes=1)
        assert list(storage.entries("8")) == []

    def test_pieces_of_any_length_become_one_file(self) -> None:
        pieces = [b"a" * 3, b"b" * PART_BYTES, b"c" * (PART_BYTES - 1), b"d", b"e" * 100]
        parts = send(*pieces)
        storage.complete(KEY, parts, size=sum(map(len, pieces)))
        assert read(KEY) == b"".join(pieces)

    def test_a_piece_that_comes_again_counts_once(self) -> None:
        parts = storage.append(KEY, {}, offset=0, data=b"abc", last=False)
        storage.append(KEY, parts, offset=3, data=b"defgh", last=False)  # its answer was lost
        parts = storage.append(KEY, parts, offset=3, data=b"def", last=False)
        large = b"x" * PART_BYTES
        storage.append(KEY, parts, offset=6, data=large, last=False)  # and so was this one's
        parts = storage.append(KEY, parts, offset=6, data=large, last=False)
        parts = storage.append(KEY, parts, offset=6 + PART_BYTES, data=b"gh", last=True)
        storage.complete(KEY, parts, size=8 + PART_BYTES)
        assert read(KEY) == b"abcdef" + large + b"gh"

    def test_a_staged_file_is_made_whole_once_or_twice(self) -> None:
        parts = send(b"one", b"two")
        storage.complete(KEY, parts, size=6)
        storage.complete(KEY, parts, size=6)
        assert read(KEY) == b"onetwo"

    def test_a_staged_file_that_lost_a_piece_is_not_made_whole(self) -> None:
        parts = send(b"one", b"two")
        with pytest.raises(FileNotFoundError):
            storage.complete(KEY, parts, size=7)

    def test_a_staged_file_is_kept_under_its_contents_name_without_being_sent_again(
        self, content: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parts = send(content.read_bytes())
        storage.complete(KEY, parts, size=content.stat().st_size)
        monkeypatch.setattr(storage, "keep", lambda file, **_: pytest.fail("It was sent again."))
        stored = storage.put(content, brand_id=7, suffix=".mp4", staged=KEY)
        storage.discard(KEY)
        assert read(stored.key) == content.read_bytes()

    def test_a_staged_file_under_way_is_listed_and_can_be_dropped(self) -> None:
        for key, pieces in {"staging/a": [b"x" * PART_BYTES, b"y", b"z"], "staging/b": [b"x", b"y"]}.items():
            parts: storage.Parts = {}
            for piece in pieces[:-1]:
                parts = storage.append(key, parts, offset=0, data=piece, last=False)
            assert any(entry.key.startswith(key) for entry in storage.entries("staging"))
            storage.discard(key)
            storage.discard(key)
        assert list(storage.entries("staging")) == []


def test_in_a_folder_a_staged_file_is_linked_and_not_copied(folder: Path) -> None:
    parts = send(b"onetwo")
    storage.complete(KEY, parts, size=6)
    stored = storage.put(folder / KEY, brand_id=7, suffix=".mp4", staged=KEY)
    assert (folder / stored.key).samefile(folder / KEY)
    assert storage.put(folder / KEY, brand_id=7, suffix=".mp4", staged=KEY) == stored
    assert sorted(path.name for path in (folder / stored.key).parent.iterdir()) == [Path(stored.key).name]


def test_a_disk_that_knows_no_links_copies(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    send(b"onetwo")
    storage.put(folder / KEY, brand_id=7, suffix=".mp4", staged=KEY)
    assert [entry.size for entry in storage.entries("7")] == [6]


def test_a_full_disk_leaves_nothing_of_a_file(
    folder: Path, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        storage.put(content, brand_id=7, suffix=".mp4")
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_full_disk_leaves_a_staged_file_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = storage.append(KEY, {}, offset=0, data=b"one", last=False)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        storage.append(KEY, parts, offset=3, data=b"two", last=True)
    assert (folder / KEY).read_bytes() == b"one"


def test_a_staged_file_that_lost_its_beginning_takes_no_more(folder: Path) -> None:
    parts = storage.append(KEY, {}, offset=0, data=b"one", last=False)
    os.truncate(folder / KEY, 1)
    with pytest.raises(FileNotFoundError):
        storage.append(KEY, parts, offset=3, data=b"two", last=True)


@pytest.mark.parametrize("away", ["moved", "unmounted"])
def test_a_folder_that_went_away_is_waited_for_and_not_made_anew(
    folder: Path, content: Path, away: str
) -> None:
    key = storage.put(content, brand_id=7, suffix=".mp4").key
    parts = storage.append(KEY, {}, offset=0, data=b"one", last=False)
    disk = folder.rename(folder.with_name("disk"))
    if away == "unmounted":
        folder.mkdir()
    acts: list[Callable[[], object]] = [
        lambda: storage.open_file(key),
        lambda: storage.exists(key),
        lambda: storage.local_copy(key).__enter__(),
        lambda: storage.put(content, brand_id=8, suffix=".mp4"),
        lambda: storage.copy(key, to="8/ab/x.mp4"),
        lambda: storage.append(KEY, parts, offset=3, data=b"two", last=True),
        lambda: storage.append("staging/uploads/two", {}, offset=0, data=b"one", last=False),
        lambda: storage.complete(KEY, parts, size=3),
        lambda: list(storage.entries("7")),
        storage.free,
    ]
    for act in acts:
        with pytest.raises(storage.Unavailable):
            act()
    assert not any(folder.iterdir()) if away == "unmounted" else not folder.exists()
    if away == "unmounted":
        folder.rmdir()
    disk.rename(folder)
    assert read(key) == content.read_bytes()
    storage.append(KEY, parts, offset=3, data=b"two", last=True)
    assert read(KEY) == b"onetwo"


@pytest.mark.parametrize("code", [errno.EROFS, errno.EIO, errno.EACCES, errno.ESTALE, errno.ETIMEDOUT])
def test_a_folder_that_fails_is_told_as_unavailable_and_leaves_nothing(
    folder: Path, content: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    send(b"one", key="staging/uploads/two")
    parts = storage.append(KEY, {}, offset=0, data=b"one", last=False)

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    acts: list[Callable[[], object]] = [
        lambda: storage.put(content, brand_id=7, suffix=".mp4"),
        lambda: storage.copy("staging/uploads/two", to="7/ab/x.mp4"),
        lambda: storage.append(KEY, parts, offset=3, data=b"two", last=True),
    ]
    for act in acts:
        with pytest.raises(storage.Unavailable):
            act()
    assert (folder / KEY).read_bytes() == b"one"
    assert [entry.key for entry in storage.entries("7") if not entry.key.endswith("x.mp4")] == []


def test_a_folder_that_cannot_be_listed_is_not_told_as_empty(
    folder: Path, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.put(content, brand_id=7, suffix=".mp4")
    assert list(storage.entries("8")) == []  # nobody stored anything there

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "scandir", fail)
    with pytest.raises(storage.Unavailable):
        list(storage.entries("7"))


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "7/../../outside", ""])
def test_no_key_leads_out_of_the_folder(folder: Path, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        storage.open_file(key)


def test_a_folder_tells_how_much_still_fits(folder: Path) -> None:
    assert (storage.free() or 0) > 0
    assert storage.url("7/ab/x.mp4", disposition="attachment", content_type="video/mp4", seconds=60) is None


def test_s3_gets_no_part_below_its_least_size_but_the_last(s3_server: str, monkeypatch: Any) -> None:
    """Our test server takes smaller ones; Amazon does not."""
    store = bucket(s3_server)
    sent: list[int] = []
    upload_part = store._s3.upload_part

    def noted(**part: Any) -> Any:
        sent.append(len(part["Body"]))
        return upload_part(**part)

    monkeypatch.setattr(store._s3, "upload_part", noted)
    parts: storage.Parts = {}
    for size in (5_000_000, 5_000_000, 1, PART_BYTES, 10):
        parts = store.append("part/one", parts, offset=0, data=b"x" * size, last=size == 10)
    assert min(sent[:-1]) >= 5 * 1024 * 1024
    assert sum(sent) == 10_000_011 + PART_BYTES


def test_s3_deletes_what_was_begun_under_a_key_and_never_completed(s3_server: str) -> None:
    """As a worker leaves it that was killed while it stored a large file."""
    store = bucket(s3_server)
    store.append("7/ab/x.mp4", {}, offset=0, data=b"x" * PART_BYTES, last=False)
    store.append("7/ab/x.mp4.other", {}, offset=0, data=b"x" * PART_BYTES, last=False)
    assert [entry.size for entry in store.entries("7")] == [0, 0]
    store.delete("7/ab/x.mp4")
    assert [entry.key for entry in store.entries("7")] == ["7/ab/x.mp4.other"]
    store.delete("7/ab/x.mp4.other")


def test_a_wrong_key_and_a_server_that_is_away_are_told_as_unavailable(s3_server: str) -> None:
    for store in (bucket("http://127.0.0.1:9"), bucket(s3_server, name="no-such-bucket")):
        with pytest.raises((storage.Unavailable, FileNotFoundError)):
            store.put("a/b", BytesIO(b"x"))
    with pytest.raises(storage.Unavailable):
        bucket("http://127.0.0.1:9").stat("a/b")


def test_a_store_that_stops_answering_in_the_middle_is_told_as_unavailable(
    s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = bucket(s3_server)
    store.put("7/ab/y.mp4", BytesIO(b"the bytes"))

    def stop(*_: object) -> bytes:
        raise ReadTimeoutError(endpoint_url=s3_server)

    monkeypatch.setattr(StreamingBody, "read", stop)
    with store.open("7/ab/y.mp4") as file, pytest.raises(storage.Unavailable):
        file.read()


def test_s3_gives_an_address_that_serves_the_file_as_a_download(s3_server: str) -> None:
    store = bucket(s3_server, public_url=s3_server)
    store.put("7/ab/x.mp4", BytesIO(b"the bytes"))
    disposition = "attachment; filename*=UTF-8''%C3%A9t%C3%A9.mp4"
    url = store.url("7/ab/x.mp4", disposition=disposition, content_type="video/mp4", seconds=60)
    assert url is not None
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == b"the bytes"
        assert answer.headers["Content-Disposition"] == disposition
        assert answer.headers["Content-Type"] == "video/mp4"


def test_s3_gives_no_address_where_browsers_do_not_reach_it(s3_server: str) -> None:
    assert bucket(s3_server).url("a", disposition="", content_type="video/mp4", seconds=60) is None


def test_a_bucket_needs_a_name(settings: Any) -> None:
    settings.STORAGE = "s3://"
    with pytest.raises(ImproperlyConfigured, match="s3://bucket"):
        storage.exists("a/b")


def test_a_folder_keeps_what_it_writes_from_others(folder: Path, content: Path) -> None:
    stored = storage.put(content, brand_id=7, suffix=".mp4")
    assert (folder / stored.key).stat().st_mode & 0o007 == 0
    assert isinstance(storage._store(), FolderStorage)


def bucket(url: str, *, name: str = server.BUCKET, public_url: str = "") -> S3Storage:
    return S3Storage(
        bucket=name, prefix="direct", endpoint_url=url, region="us-east-1", public_url=public_url
    )
