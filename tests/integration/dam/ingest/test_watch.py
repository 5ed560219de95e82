"""A watched folder: files are taken once they are whole, once, and until somebody stops it."""

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
from dam.core import database
from dam.ingest import importer
from dam.ingest.watching import Watch
from dam.management.commands import watch as command
from tests import still_factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def names(watch: Watch, now: float) -> list[str]:
    return [found.path.name for found in watch.whole(now)]


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
    watch, path = Watch(inbox, still=10), inbox / "a.png"
    path.write_bytes(b"half")
    assert names(watch, 0) == []
    path.write_bytes(b"half and more")
    assert names(watch, 9) == names(watch, 18) == []
    assert names(watch, 19) == ["a.png"]
    assert names(watch, 100) == []
    path.write_bytes(b"another")
    assert (names(watch, 101), names(watch, 111)) == ([], ["a.png"])


def test_a_sidecar_that_is_mended_gives_its_file_out_again(inbox: Path) -> None:
    watch = Watch(inbox, still=10)
    (inbox / "a.png").write_bytes(b"a")
    (inbox / "a.png.json").write_text("{")
    assert (names(watch, 0), names(watch, 10)) == ([], ["a.png"])
    (inbox / "a.png.json").write_text('{"title": "A"}')
    assert (names(watch, 11), names(watch, 21)) == ([], ["a.png"])


def test_what_goes_is_forgotten_and_what_is_to_be_tried_again_comes_again(inbox: Path) -> None:
    watch, path = Watch(inbox, still=0), inbox / "a.png"
    path.write_bytes(b"a")
    assert names(watch, 0) == ["a.png"]
    watch.again(path, at=60)
    assert (names(watch, 59), names(watch, 60)) == ([], ["a.png"])
    path.unlink()
    assert names(watch, 61) == []
    assert not watch._seen


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


@pytest.mark.parametrize("arguments", [("--still", "1"), ("--every", "0"), ("--still", "nan")])
def test_what_cannot_be_is_told(inbox: Path, brand: Brand, creator: User, arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        call_command("watch", str(inbox), "--brand", brand.slug, "--as", creator.email, *arguments)
