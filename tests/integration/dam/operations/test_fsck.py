"""Stored files held against the rows that name them, with files in a folder and in a bucket."""

import hashlib
import json
import time
from datetime import timedelta
from importlib import import_module
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.audit.models import Event
from dam.catalog import stored_files
from dam.catalog.models import Version
from dam.core import storage
from dam.core.errors import Refused
from dam.ingest import cleanup, holding
from dam.ingest.models import Step, StepState
from dam.operations.fsck import looking, repairing
from dam.operations.models import StorageCheck
from tests.factories import RenditionFactory, VersionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_store")]
LATER = timedelta(days=2)  # when what is stored now may be taken for left behind


def master(content: bytes, *, stored: bytes | None = None, **fields: Any) -> Version:
    """A version with this master; in storage there may be something else, or nothing."""
    digest = hashlib.sha256(content).hexdigest()
    version: Version = VersionFactory.create(sha256=digest, size=len(content), **fields)
    keep(version.storage_key, content if stored is None else stored)
    return version


def keep(key: str, content: bytes) -> None:
    if content:
        storage.keep(BytesIO(content), key=key)


def checked() -> StorageCheck:
    check = looking.begin(at=timezone.now() + LATER)
    looking.run(check)
    return check


def found(check: StorageCheck) -> dict[str, str]:
    looking.end(check)
    return {finding.key: finding.problem for finding in check.findings.all()}


def outcome(check: StorageCheck) -> dict[str, str]:
    looking.end(check)
    return {finding.key: finding.repair for finding in check.findings.all()}


def fsck(*options: str) -> tuple[int, str]:
    said = StringIO()
    try:
        call_command("fsck", *options, stdout=said)
    except SystemExit as ended:
        return int(str(ended.code)), said.getvalue()
    return 0, said.getvalue()


def test_missing_and_altered_files_are_found_and_no_others() -> None:
    good, lost = master(b"good"), master(b"lost", stored=b"")
    altered = master(b"as it was", stored=b"as it isn")
    poster = RenditionFactory.create(version=good, size=3)
    keep(poster.storage_key, b"poster cut off")
    assert found(checked()) == {
        lost.storage_key: "missing",
        altered.storage_key: "altered",
        poster.storage_key: "altered",
    }


def test_a_file_that_may_still_get_its_row_is_no_orphan() -> None:
    key = storage.key_for(brand_id=master(b"good").brand_id, sha256="ab" * 32, suffix=".mp4")
    keep(key, b"x")
    check = looking.begin()
    looking.run(check)
    assert check.orphaned == 0


def test_masters_come_back_from_a_backup_and_what_was_there_is_kept(tmp_path: Path) -> None:
    lost = master(b"lost", stored=b"")
    altered = master(b"as it was", stored=b"as it isn", asset__brand=lost.brand)
    damaged = master(b"nowhere", stored=b"", asset__brand=lost.brand)
    other = master(b"of another brand", stored=b"")
    for version, content in ((lost, b"lost"), (altered, b"as it was"), (damaged, b"NOWHERE"), (other, b"")):
        copy = tmp_path / version.storage_key
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)
    check = checked()
    repairing.run(check, copies=tmp_path)
    assert outcome(check) == {
        lost.storage_key: "from_backup",
        altered.storage_key: "from_backup",
        damaged.storage_key: "",
        other.storage_key: "",
    }
    assert storage.open_file(altered.storage_key).read() == b"as it was"
    assert storage.open_file(stored_files.aside(altered.storage_key)).read() == b"as it isn"
    event = Event.objects.get()
    assert (event.verb, event.brand, event.target) == ("files.repaired", lost.brand, "2 files")
    assert event.data["from_backup"] == 2
    assert found(checked()).keys() == {damaged.storage_key, other.storage_key}


def test_renditions_are_made_again_by_their_steps_but_not_from_a_master_that_is_lost() -> None:
    whole, lost = master(b"whole"), master(b"lost", stored=b"")
    posters = [RenditionFactory.create(version=version) for version in (whole, lost)]
    check = checked()
    repairing.run(check)
    repairs = outcome(check)
    assert [repairs[poster.storage_key] for poster in posters] == ["made_again", ""]
    step = Step.objects.get()
    assert (step.version, step.name, step.state) == (whole, "poster", StepState.WAITING)


def test_what_belongs_to_nothing_is_counted_and_left_to_the_sweep() -> None:
    key = storage.key_for(brand_id=master(b"good").brand_id, sha256="ab" * 32, suffix=".mp4")
    keep(key, b"x")
    check = checked()
    repairing.run(check)
    assert outcome(check) == {}
    assert (check.orphaned, check.left) == (1, 0)
    assert storage.exists(key)
    assert cleanup.run(at=timezone.now() + LATER).stored == 1
    assert not storage.exists(key)
    assert checked().orphaned == 0


def test_a_check_that_was_cut_off_goes_on_and_reads_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "BATCH", 1)
    for content in (b"one", b"two", b"three"):
        master(content)
    lost = master(b"lost", stored=b"")
    opened: list[str] = []
    open_file = storage.open_file

    def failing(key: str) -> Any:
        if len(opened) == 2:
            raise storage.Unavailable("Gone.")
        opened.append(key)
        return open_file(key)

    monkeypatch.setattr(storage, "open_file", failing)
    with pytest.raises(CommandError, match="again to continue"):
        call_command("fsck", stdout=StringIO())

    def noting(key: str) -> Any:
        opened.append(key)
        return open_file(key)

    monkeypatch.setattr(storage, "open_file", noting)
    status, said = fsck()
    assert status == 1
    assert f"Missing  {lost.storage_key}" in said
    assert len(opened) == len(set(opened)) == 3
    assert StorageCheck.objects.get().files == 4


def test_two_checks_at_once_are_refused() -> None:
    looking.begin()
    with pytest.raises(Refused, match="Another check"):
        looking.begin(again=True)


def test_a_check_ends_with_status_0_when_all_is_well_and_says_as_json_what_is_not() -> None:
    version = master(b"good")
    assert fsck() == (
        0,
        "Checked 1 file, 0.0 MB of them to the last byte: 0 missing, 0 altered.\n",
    )
    storage.delete(version.storage_key)
    status, said = fsck("--json")
    answer = json.loads(said)
    assert (status, answer["missing"], answer["left"]) == (1, 1, 1)
    assert answer["findings"][0]["key"] == version.storage_key
    last = looking.last()
    assert last is not None
    assert last.left == 1


def test_how_to_repair_is_refused_without_repair_and_without_a_backup(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="add --repair"):
        call_command("fsck", backup=tmp_path)
    with pytest.raises(CommandError, match="holds no backup"):
        call_command("fsck", repair=True, backup=tmp_path)
    assert not StorageCheck.objects.exists()


def test_a_check_that_worked_for_longer_than_a_week_goes_on_and_one_left_for_as_long_does_not() -> None:
    long_ago, an_hour_ago = timezone.now() - timedelta(days=8), timezone.now() - timedelta(hours=1)
    check = StorageCheck.objects.create(started_at=long_ago, held_until=an_hour_ago)
    assert looking.begin() == check
    StorageCheck.objects.filter(pk=check.pk).update(held_until=long_ago)
    assert looking.begin() != check


def test_what_is_found_costs_no_query_of_its_own() -> None:
    """In an empty bucket everything is missing: it must not take a query or two for each file."""

    def queries(files: int) -> int:
        for number in range(files):
            master(f"{files}/{number}".encode(), stored=b"")
        with CaptureQueriesContext(connection) as asked:
            check = looking.begin(again=True)
            looking.run(check)
        assert check.findings.count() == Version.objects.count()
        looking.end(check)
        return len(asked)

    assert queries(1) == queries(20)


@pytest.mark.django_db(transaction=True)
def test_a_check_is_held_while_one_file_takes_longer_than_a_sign_of_life(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    master(b"good")
    monkeypatch.setattr(holding, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(holding, "HELD", timedelta(seconds=1))
    seen: list[bool] = []

    def slow(key: str, **_each: Any) -> str:
        time.sleep(1.5)
        with pytest.raises(Refused, match="Another check"):
            looking.begin()
        seen.append(True)
        return hashlib.sha256(b"good").hexdigest()

    monkeypatch.setattr(looking, "digest", slow)
    assert fsck()[0] == 0
    assert seen == [True]


def test_what_an_earlier_release_wrote_of_files_without_rows_is_forgotten() -> None:
    check = StorageCheck.objects.create(started_at=timezone.now(), repaired=3, orphaned=2)
    for key, problem, repair in (
        ("1/a", "orphaned", "set_aside"),
        ("1/b", "orphaned", ""),
        ("1/c", "missing", "made_again"),
    ):
        check.findings.create(key=key, problem=problem, repair=repair)
    step = import_module("dam.migrations.0056_orphans_are_the_sweeps")
    step.forget_orphans(apps, None)
    check.refresh_from_db()
    assert (check.repaired, check.orphaned) == (2, 0)
    assert [finding.key for finding in check.findings.all()] == ["1/c"]
