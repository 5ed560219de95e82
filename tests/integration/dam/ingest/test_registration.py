import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.audit.models import Event
from dam.catalog import assets
from dam.catalog.models import Asset, Origin, Version
from dam.core import locks, storage
from dam.ingest import cleanup, disk_space, registration, step_specs
from dam.ingest.models import Step
from dam.ingest.registration import AlreadyKnown
from dam.media.errors import FileRefused
from dam.media.probe import MediaInfo
from dam.rights.models import MadeFrom, Relation
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member

pytestmark = pytest.mark.usefixtures("either_store")

Accept = Callable[..., Version]


@pytest.fixture
def accept(clip: Path, info: MediaInfo, brand: Brand, creator: User) -> Accept:
    def accept(**changes: Any) -> Version:
        given: dict[str, Any] = {
            "brand": brand,
            "user": creator,
            "filename": "summer_launch.mp4",
            "title": "summer launch",
            "origin": Origin.UPLOADED,
            "media_info": info,
            "content_type": "video/mp4",
        }
        return registration.accept(clip, **(given | changes))

    return accept


def test_a_file_becomes_an_asset_with_all_that_belongs_to_it(
    accept: Accept, clip: Path, creator: User
) -> None:
    version = accept()
    asset = version.asset
    assert asset.latest == version
    assert (version.sha256, version.frame_count, version.rate_numerator) == (storage.sha256_of(clip), 17, 24)
    named = [spec.name for _place, spec in step_specs.first_of(version)]
    assert [step.name for step in version.steps.all()] == named
    assert version.rights.uses == []
    event = Event.objects.get(asset_id=asset.pk)
    assert (event.verb, event.actor, event.data["sha256"]) == ("asset.uploaded", creator, version.sha256)


def test_the_stored_file_is_named_by_its_content(accept: Accept, clip: Path, brand: Brand) -> None:
    version = accept()
    assert version.storage_key == f"{brand.pk}/{version.sha256[:2]}/{version.sha256}.mp4"
    with storage.open_file(version.storage_key) as stored:
        assert stored.read() == clip.read_bytes()


def test_a_new_version_is_made_from_what_the_one_before_was_made_from(accept: Accept, brand: Brand) -> None:
    """The lock of the brand is taken alone before anything takes it together with others: no deadlock."""
    before = VersionFactory.create(asset__brand=brand)
    other = VersionFactory.create(asset__brand=brand)
    source = VersionFactory.create(asset__brand=brand)
    made_from = partial(MadeFrom.objects.create, source=source, relation=Relation.INPUT)
    made_from(version=before)
    with CaptureQueriesContext(connection) as asked:
        later = accept(asset=before.asset)
    assert later.made_from.get().source == source
    assert _alone_first(asked)
    made_from(version=later, source=before)
    with CaptureQueriesContext(connection) as asked:
        again = registration.repeat(later, asset=other.asset, user=later.created_by)
    assert set(again.made_from.values_list("source", flat=True)) == {source.pk, before.pk}
    assert _alone_first(asked)


def _alone_first(asked: CaptureQueriesContext) -> bool:
    said = [each["sql"] for each in asked]
    alone = [at for at, sql in enumerate(said) if "xact_lock(" in sql and "made from" in sql]
    rights = [at for at, sql in enumerate(said) if 'INSERT INTO "dam_rightsrecord"' in sql]
    return alone[0] < rights[0]


def test_the_same_bytes_are_known_the_second_time(accept: Accept) -> None:
    version = accept()
    with pytest.raises(AlreadyKnown) as known:
        accept(filename="other.mp4")
    assert known.value.version == version
    assert Asset.objects.count() == 1


def test_what_is_known_but_trashed_says_so(accept: Accept, brand: Brand) -> None:
    assets.trash(accept().asset, by=member(brand, Role.LIBRARIAN))
    with pytest.raises(AlreadyKnown, match="in the trash"):
        accept()


def test_another_brand_takes_the_same_bytes_for_itself(accept: Accept) -> None:
    first = accept()
    other = BrandFactory.create()
    second = accept(brand=other, user=member(other).user)
    assert first.sha256 == second.sha256
    assert first.storage_key != second.storage_key


def test_a_failure_leaves_neither_rows_nor_file(accept: Accept, brand: Brand, clip: Path) -> None:
    def fail(version: Version) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        accept(on_accept=fail)
    assert not Version.objects.exists()
    key = storage.key_for(brand_id=brand.pk, sha256=storage.sha256_of(clip), suffix=".mp4")
    assert not storage.exists(key)


def test_a_failure_is_told_also_when_the_file_cannot_be_deleted(
    accept: Accept, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(version: Version) -> None:
        raise RuntimeError("no")

    def away(key: str) -> None:
        raise storage.Unavailable("The storage did not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "delete", away)
        with pytest.raises(RuntimeError, match="no"):
            accept(on_accept=fail)
    assert cleanup.run(at=timezone.now() + timedelta(days=2)).stored == 1  # left to the cleanup


def test_a_failure_keeps_a_file_that_was_stored_before(accept: Accept, brand: Brand, clip: Path) -> None:
    stored = storage.put(clip, brand_id=brand.pk, suffix=".mp4")  # a released file that comes back

    def fail(version: Version) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        accept(on_accept=fail)
    assert storage.exists(stored.key)


def test_a_full_disk_is_refused_and_keeps_nothing(accept: Accept, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, **_: object) -> storage.Stored:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "put", full)
    with pytest.raises(FileRefused) as refused:
        accept()
    assert refused.value.code == "disk_full"
    assert not Version.objects.exists()


def test_room_is_asked_for_before_a_file_grows(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "free", lambda: 10**12)
    settings.DISK_RESERVE_BYTES = 10**18
    for ask in (disk_space.require, disk_space.require_copy):
        with pytest.raises(FileRefused, match="out of disk space"):
            ask(1)


def test_work_asks_for_room_in_storage_and_in_scratch(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk_space.require_work(1)
    monkeypatch.setattr(storage, "free", lambda: 0)
    with pytest.raises(FileRefused, match="out of disk space"):
        disk_space.require_work(1)
    monkeypatch.setattr(storage, "free", lambda: None)
    disk_space.require_work(1)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=0))
    with pytest.raises(FileRefused, match="out of disk space"):
        disk_space.require_work(1)


def test_on_one_disk_what_is_made_and_stored_is_there_twice(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.STORAGE, settings.SCRATCH_DIR = str(tmp_path), tmp_path / "scratch"
    settings.DISK_RESERVE_BYTES = 0
    monkeypatch.setattr(storage, "free", lambda: 150)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=150))
    disk_space.require_work(75)
    with pytest.raises(FileRefused, match="out of disk space"):
        disk_space.require_work(100)


def test_where_storage_is_no_disk_its_room_is_not_ours_to_know(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "free", lambda: None)
    settings.DISK_RESERVE_BYTES = 10**18
    disk_space.require(1)
    with pytest.raises(FileRefused, match="out of disk space"):  # to look at it, it is copied to this machine
        disk_space.require_local(1)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_file_is_sent(
    servers: None, accept: Accept, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_transactions: list[bool] = []
    keep = storage.keep

    def noted(file: BinaryIO, *, key: str) -> None:
        open_transactions.append(connection.in_atomic_block)
        keep(file, key=key)

    monkeypatch.setattr(storage, "keep", noted)
    accept()
    assert open_transactions == [False]


def test_a_staged_file_is_taken_without_being_sent_again(
    accept: Accept, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = clip.read_bytes()
    parts = storage.append("staging/one", {}, offset=0, data=content, last=True)
    storage.complete("staging/one", parts, size=len(content))
    monkeypatch.setattr(storage, "keep", lambda file, **_: pytest.fail("It was sent again."))
    version = accept(staged="staging/one")
    storage.discard("staging/one")
    with storage.open_file(version.storage_key) as stored:
        assert stored.read() == content


def test_a_file_that_the_cleanup_took_at_the_last_moment_is_stored_again(
    accept: Accept, brand: Brand, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was old and had no row, until now."""
    key = storage.put(clip, brand_id=brand.pk, suffix=".mp4").key
    hold = locks.hold

    def cleanup_first(name: str, **how: bool) -> None:
        if name.startswith(f"{brand.pk}/"):
            storage.delete(key)
        hold(name, **how)

    monkeypatch.setattr(locks, "hold", cleanup_first)
    assert storage.exists(accept().storage_key)


def test_a_failure_keeps_a_file_that_somebody_else_has_come_to_need(
    accept: Accept, brand: Brand, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both stored the same bytes; this one fails, the other made its row meanwhile."""
    key = storage.key_for(brand_id=brand.pk, sha256=storage.sha256_of(clip), suffix=".mp4")

    def fail(**_: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(registration, "_write", lambda *_, **__: fail())
    put = storage.put

    def other_first(path: Path, **given: Any) -> storage.Stored:
        stored = put(path, **given)
        RenditionFactory.create(version__asset__brand=brand, storage_key=key)
        monkeypatch.setattr(storage, "put", put)
        return stored

    monkeypatch.setattr(storage, "put", other_first)
    with pytest.raises(RuntimeError):
        accept()
    assert storage.exists(key)


@pytest.mark.django_db(transaction=True)
def test_twice_at_once_makes_one_asset(servers: None, accept: Accept) -> None:
    """Both have looked, neither found it; the lock and the unique constraint let one through."""
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def bring() -> None:
        start.wait(10)
        try:
            accept()
        except AlreadyKnown:
            outcomes.append("known")
        else:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=bring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["known", "taken"]
    assert Step.objects.count() == len(step_specs.first_of(Version.objects.get()))
