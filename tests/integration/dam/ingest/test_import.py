import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset, Version
from dam.notifications import following, inbox
from dam.notifications.lines import Line
from tests import media_factory
from tests.factories import BrandFactory, VersionFactory, member


def run(*arguments: str, brand: Brand) -> tuple[list[dict[str, Any]], int]:
    """The command's JSON and exit status."""
    out = StringIO()
    try:
        call_command("import", *arguments, "--brand", brand.slug, "--json", stdout=out, stderr=StringIO())
    except SystemExit as end:
        return json.loads(out.getvalue()), int(end.code or 0)
    return json.loads(out.getvalue()), 0


def test_a_file_is_taken_and_the_second_time_known(clip: Path, brand: Brand, creator: User) -> None:
    first, status = run(str(clip), brand=brand)
    second, again = run(str(clip), brand=brand)
    assert (first[0]["outcome"], second[0]["outcome"], status, again) == ("taken", "known", 0, 0)
    assert first[0]["asset"] == second[0]["asset"] == str(Asset.objects.get().pk)
    assert Asset.objects.get().created_by == creator


def test_one_bad_file_never_stops_the_others(tmp_path: Path, brand: Brand, creator: User) -> None:
    folder = tmp_path / "below"
    folder.mkdir()
    (tmp_path / "a.mp4").write_text("no video")
    (tmp_path / ".hidden.mp4").write_text("no video")
    media_factory.clip(folder / "quote'; $(id) & -i.mp4")
    outcomes, status = run(str(tmp_path), str(tmp_path / "gone.mp4"), brand=brand)
    assert [outcome["outcome"] for outcome in outcomes] == ["refused", "taken", "refused"]
    assert "as a video" in outcomes[0]["reason"]
    assert "not found" in outcomes[2]["reason"]
    assert status == 1


def test_a_file_is_taken_as_the_next_version_of_a_clip(clip: Path, brand: Brand, creator: User) -> None:
    first = VersionFactory.create(asset__brand=brand)
    outcomes, status = run(str(clip), "--asset", str(first.asset_id), brand=brand)
    second = Version.objects.get(number=2)
    assert (outcomes[0]["asset"], outcomes[0]["version"]) == (str(first.asset_id), str(second.pk))
    assert (second.asset, status) == (first.asset, 0)


def test_a_clip_that_is_not_there_or_two_files_for_one_clip_are_an_error(
    clip: Path, brand: Brand, creator: User
) -> None:
    first = VersionFactory.create(asset__brand=brand)
    with pytest.raises(CommandError, match="doesn't exist"):
        run(str(clip), "--asset", str(first.pk), brand=brand)
    with pytest.raises(CommandError, match="one file"):
        run(str(clip), str(clip), "--asset", str(first.asset_id), brand=brand)


def test_the_source_file_stays_where_it_is(tmp_path: Path, brand: Brand, creator: User) -> None:
    source = media_factory.clip(tmp_path / "mine.mp4", seed=5)
    run(str(source), brand=brand)
    assert source.exists()


def test_somebody_without_the_capability_is_named(clip: Path, brand: Brand) -> None:
    viewer = member(brand, Role.VIEWER)
    with pytest.raises(CommandError, match="can't do that"):
        run(str(clip), "--as", viewer.user.email, brand=brand)


def test_a_stranger_or_an_unknown_brand_is_an_error(clip: Path, brand: Brand) -> None:
    with pytest.raises(CommandError, match="isn't a member"):
        run(str(clip), "--as", "who@example.com", brand=brand)
    with pytest.raises(CommandError, match="no brand"):
        run(str(clip), brand=BrandFactory.build(slug="nowhere"))


def test_waiting_without_a_worker_ends_and_says_so(clip: Path, brand: Brand, creator: User) -> None:
    outcomes, status = run(str(clip), "--wait", "--timeout", "0", brand=brand)
    assert (outcomes[0]["state"], status) == ("waiting", 1)
    assert "worker" in outcomes[0]["reason"]


def test_whoever_imports_a_folder_hears_when_it_is_done(
    clip: Path, tmp_path: Path, brand: Brand, creator: User
) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video")
    run(str(clip), brand=brand)
    assert not Event.objects.filter(verb="files.imported").exists()  # the clip tells of itself
    run(str(clip), str(bad), brand=brand)
    event = Event.objects.get(verb="files.imported")
    assert [event.data[name] for name in ("taken", "known", "refused")] == [0, 1, 1]
    following.run(brand.pk, at=timezone.now())
    reader = Member(creator, brand, Role.CREATOR)
    told = inbox.told(inbox.listed(reader), to=reader)
    assert [Line(each).sentence for each in told] == ["The import is done. Some files were refused: 1 of 2"]
