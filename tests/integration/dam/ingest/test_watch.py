"""A watched folder: files are taken once they are whole, once, and until somebody stops it."""

import errno
import json
import os
import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from dam.accounts.models import Brand, Membership, User
from dam.audit.models import Event
from dam.catalog.models import Version
from dam.core import database, storage
from dam.core.sandbox import Interrupted
from dam.ingest import folders, importer, sidecars
from dam.ingest.watch_folder import FORGET_SECONDS, WatchFolder
from dam.management.commands import watch as command
from tests import still_factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def names(watch: WatchFolder, now: float) -> list[str]:
    return [found.path.name for found in watch.settled(lambda: now)]


def run(inbox: Path, brand: Brand, user: User, monkeypatch: pytest.MonkeyPatch, *rounds: Any) -> list[Any]:
    """What is reported in so many rounds; each is called before the next look, a minute later."""
    clock, left = [0.0], list(rounds)

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            clock[0] += 61
            if not left:
                self.set()
            else:
                left.pop(0)()
            return self.is_set()

    monkeypatch.setattr(command, "Event", Stop)
    monkeypatch.setattr(command, "monotonic", lambda: clock[0])
    out = StringIO()
    arguments = (str(inbox), "--brand", brand.slug, "--as", user.email, "--json")
    call_command("watch", *arguments, stdout=out, stderr=StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_file_is_whole_once_it_has_not_changed_for_a_while(inbox: Path) -> None:
    watch, path = WatchFolder(inbox, still=10), inbox / "a.png"
    path.write_bytes(b"half")
    assert names(watch, 0) == []
    path.write_bytes(b"half and more")
    assert names(watch, 9) == names(watch, 18) == []
    assert names(watch, 19) == ["a.png"]
    assert names(watch, 100) == []
    path.write_bytes(b"another")
    assert (names(watch, 101), names(watch, 111)) == ([], ["a.png"])


def test_a_file_that_changes_while_another_is_taken_is_not_whole(inbox: Path) -> None:
    watch, clock = WatchFolder(inbox, still=10), [0.0]
    (inbox / "a.png").write_bytes(b"a")
    (inbox / "b.png").write_bytes(b"b")
    assert list(watch.settled(lambda: clock[0])) == []
    clock[0] = 10
    look = watch.settled(lambda: clock[0])
    assert next(look).path.name == "a.png"
    clock[0] = 100  # so long it took
    (inbox / "b.png").write_bytes(b"b and more")
    assert list(look) == []
    assert (names(watch, 105), names(watch, 110)) == ([], ["b.png"])


def test_a_sidecar_that_is_mended_gives_its_file_out_again(inbox: Path) -> None:
    watch = WatchFolder(inbox, still=10)
    (inbox / "a.png").write_bytes(b"a")
    (inbox / "a.png.json").write_text("{")
    assert (names(watch, 0), names(watch, 10)) == ([], ["a.png"])
    (inbox / "a.png.json").write_text('{"title": "A"}')
    assert (names(watch, 11), names(watch, 21)) == ([], ["a.png"])


def test_what_is_to_be_tried_again_comes_again(inbox: Path) -> None:
    watch, path = WatchFolder(inbox, still=0), inbox / "a.png"
    path.write_bytes(b"a")
    assert names(watch, 0) == ["a.png"]
    watch.again(path, at=60)
    assert (names(watch, 59), names(watch, 60)) == ([], ["a.png"])


def test_what_is_away_for_a_while_is_not_given_out_again(inbox: Path) -> None:
    watch, path, elsewhere = WatchFolder(inbox, still=10), inbox / "a.png", inbox.with_name("elsewhere")
    path.write_bytes(b"a")
    assert (names(watch, 0), names(watch, 10)) == ([], ["a.png"])
    inbox.rename(elsewhere)
    inbox.mkdir()  # as the mount point of a share is empty without it
    assert names(watch, 20) == []
    inbox.rmdir()
    elsewhere.rename(inbox)
    assert (names(watch, 30), names(watch, 100)) == ([], [])


def test_what_went_is_forgotten_in_the_end(inbox: Path) -> None:
    watch, path = WatchFolder(inbox, still=0), inbox / "a.png"
    path.write_bytes(b"a")
    assert names(watch, 0) == ["a.png"]
    path.unlink()
    assert names(watch, FORGET_SECONDS - 1) == []
    assert watch._seen
    assert names(watch, FORGET_SECONDS) == []
    assert not watch._seen


@pytest.mark.parametrize("number", [errno.ESTALE, errno.EIO, errno.EACCES])
def test_a_share_that_answers_with_an_error_is_waited_for(
    inbox: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    still_factory.noise(inbox / "a.png")
    (inbox / "a.png.json").write_text('{"title": "Walk"}')
    stat = os.stat

    def failing(path: Any, *args: Any, **options: Any) -> os.stat_result:
        if isinstance(path, str | Path) and Path(path).is_relative_to(inbox):
            raise OSError(number, os.strerror(number))
        return stat(path, *args, **options)

    told = run(
        inbox,
        brand,
        creator,
        monkeypatch,
        lambda: monkeypatch.setattr(os, "stat", failing),
        lambda: monkeypatch.setattr(os, "stat", stat),
        lambda: None,
        lambda: None,
    )
    assert [each["outcome"] for each in told] == ["taken"]
    assert Version.objects.get().asset.title == "Walk"


def test_a_share_that_goes_in_the_middle_of_a_look_ends_nothing(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(path: Any, *_args: Any, **_options: Any) -> os.stat_result:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", stale)
        assert [(found.root, found.problem) for found in folders.files([inbox])] == [(None, "")]
        assert not sidecars.is_one(inbox / "a.png.json")


def test_files_that_come_are_taken_once_and_stay(
    inbox: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_factory.noise(inbox / "a.png", seed=1)

    def later() -> None:
        still_factory.noise(inbox / "b.png", seed=2)

    told = run(inbox, brand, creator, monkeypatch, later, lambda: None, lambda: None)
    assert [(each["outcome"], Path(each["path"]).name) for each in told] == [
        ("taken", "a.png"),
        ("taken", "b.png"),
    ]
    assert sorted(path.name for path in inbox.iterdir()) == ["a.png", "b.png"]
    assert Version.objects.count() == 2
    again = run(inbox, brand, creator, monkeypatch, lambda: None)  # as after a kill
    assert [each["outcome"] for each in again] == ["known", "known"]


def test_sidecars_and_links_are_as_for_an_import(
    inbox: Path, brand: Brand, creator: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_factory.noise(inbox / "a.png")
    (inbox / "a.png.json").write_text('{"title": "Walk"}')
    still_factory.noise(tmp_path / "outside.png", seed=3)
    os.symlink(tmp_path / "outside.png", inbox / "b.png")
    told = run(inbox, brand, creator, monkeypatch, lambda: None)
    assert [each["outcome"] for each in told] == ["taken", "refused"]
    assert Version.objects.get().asset.title == "Walk"
    assert Event.objects.filter(verb="files.imported").count() == 1


def test_a_database_that_is_away_for_a_while_costs_nothing(
    inbox: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_factory.noise(inbox / "a.png")
    take, calls = importer.take_from_disk, []

    def away_once(path: Path, **options: Any) -> Version:
        calls.append(path)
        if len(calls) == 1:
            raise OperationalError("the connection is closed")
        return take(path, **options)

    monkeypatch.setattr(importer, "take_from_disk", away_once)
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.0)
    told = run(inbox, brand, creator, monkeypatch, lambda: None, lambda: None, lambda: None)
    assert [each["outcome"] for each in told][-1] == "taken"


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (OSError(errno.EIO, "Input/output error"), "away"),
        (storage.Unavailable("The store didn't answer."), "away"),
        (Interrupted("The program was ended."), "away"),
    ],
)
def test_what_passes_is_tried_again_and_logged_once_it_is_decided(
    inbox: Path,
    brand: Brand,
    creator: User,
    monkeypatch: pytest.MonkeyPatch,
    problem: Exception,
    code: str,
) -> None:
    still_factory.noise(inbox / "a.png", seed=1)
    still_factory.noise(inbox / "b.png", seed=2)
    take, calls = importer.take_from_disk, []

    def fail_twice(path: Path, **options: Any) -> Version:
        calls.append(path)
        if len(calls) <= 2:
            raise problem
        return take(path, **options)

    monkeypatch.setattr(importer, "take_from_disk", fail_twice)
    told = run(inbox, brand, creator, monkeypatch, lambda: None, lambda: None)
    assert [(each["outcome"], each["code"]) for each in told] == [("refused", code)] * 2 + [("taken", "")] * 2
    assert Event.objects.get(verb="files.imported").data == {"taken": 2, "known": 0, "refused": 0}


def test_what_says_something_about_the_file_is_not_tried_again(
    inbox: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_factory.noise(inbox / "a.png")

    def denied(path: Path, **options: Any) -> Version:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(importer, "take_from_disk", denied)
    told = run(inbox, brand, creator, monkeypatch, lambda: None, lambda: None)
    assert [each["outcome"] for each in told] == ["refused"]


def test_a_folder_that_is_away_is_waited_for(
    inbox: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_factory.noise(inbox / "a.png")
    elsewhere = inbox.with_name("elsewhere")
    told = run(
        inbox,
        brand,
        creator,
        monkeypatch,
        lambda: inbox.rename(elsewhere),
        lambda: elsewhere.rename(inbox),
        lambda: None,
        lambda: None,
    )
    assert [each["outcome"] for each in told] == ["taken"]


def test_it_ends_when_its_person_may_no_longer_upload(
    inbox: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_factory.noise(inbox / "a.png")
    with pytest.raises(CommandError, match="no longer"):
        run(inbox, brand, creator, monkeypatch, lambda: Membership.objects.all().delete(), lambda: None)
    assert not Version.objects.exists()


def test_what_was_taken_before_the_right_went_is_logged(
    inbox: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed, name in enumerate(("a.png", "b.png", "c.png")):
        still_factory.noise(inbox / name, seed=seed)
    take = importer.take_from_disk

    def revoke_after_two(path: Path, **options: Any) -> Version:
        version = take(path, **options)
        if path.name == "b.png":
            Membership.objects.all().delete()
        return version

    monkeypatch.setattr(importer, "take_from_disk", revoke_after_two)
    with pytest.raises(CommandError, match="no longer"):
        run(inbox, brand, creator, monkeypatch, lambda: None)
    assert Event.objects.get(verb="files.imported").data == {"taken": 2, "known": 0, "refused": 0}


@pytest.mark.parametrize("arguments", [("--still", "1"), ("--every", "0"), ("--still", "nan")])
def test_what_cannot_be_is_told(inbox: Path, brand: Brand, creator: User, arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        call_command("watch", str(inbox), "--brand", brand.slug, "--as", creator.email, *arguments)
