import json
import os
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone

from dam.accounts import principals
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset, Version
from dam.ingest import folders, importer
from dam.media import runner
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


def test_the_report_says_which_bytes_are_in_the_library(clip: Path, brand: Brand, creator: User) -> None:
    outcomes, _ = run(str(clip), brand=brand)
    assert outcomes[0]["sha256"] == Version.objects.get().sha256 == sha256(clip.read_bytes()).hexdigest()


def test_an_import_that_goes_on_reads_what_it_took_and_looks_no_further(
    clip: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(str(clip), brand=brand)
    monkeypatch.setattr(runner, "probe", lambda path: pytest.fail("looked at again"))
    assert run(str(clip), brand=brand)[0][0]["outcome"] == "known"


def test_a_link_out_of_the_folder_is_refused_and_one_within_it_is_not(
    tmp_path: Path, brand: Brand, creator: User
) -> None:
    outside = media_factory.clip(tmp_path / "outside.mp4", seed=8)
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    inside = media_factory.clip(folder / "inside.mp4", seed=9)
    (folder / "out.mp4").symlink_to(outside)
    (folder / "way out").symlink_to(tmp_path, target_is_directory=True)
    (folder / "below" / "again.mp4").symlink_to(inside)
    outcomes, _ = run(str(folder), brand=brand)
    by_name = {Path(each["path"]).name: each for each in outcomes}
    assert {name: each["outcome"] for name, each in by_name.items()} == {
        "inside.mp4": "taken",
        "out.mp4": "refused",
        "way out": "refused",
        "again.mp4": "known",
    }
    assert "outside the folder" in by_name["out.mp4"]["reason"]
    assert Version.objects.count() == 1


def test_a_file_that_is_still_written_is_left_for_the_next_time(
    clip: Path, tmp_path: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "growing.mp4"
    path.write_bytes(clip.read_bytes())

    def write_on(seconds: float) -> None:
        with path.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr("dam.ingest.folders.time.sleep", write_on)
    outcomes, status = run(str(path), brand=brand)
    assert (outcomes[0]["outcome"], status, Version.objects.count()) == ("refused", 1, 0)
    assert "still being written" in outcomes[0]["reason"]


def test_a_pipe_holds_nothing_up(tmp_path: Path, brand: Brand, creator: User) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for named in (tmp_path / "pipe.mp4", tmp_path):
        outcomes, _ = run(str(named), brand=brand)
        assert [(Path(each["path"]).name, each["outcome"]) for each in outcomes] == [("pipe.mp4", "refused")]


@pytest.mark.parametrize("swapped", ["file", "folder"])
def test_a_link_that_comes_after_the_folder_was_read_leads_nowhere(
    swapped: str, tmp_path: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    below = tmp_path / "folder" / "below"
    for place in (outside, below):
        place.mkdir(parents=True)
        media_factory.clip(place / "a.mp4", seed=8)
    as_they_stand = principals.member

    def swap(user: User, in_brand: Brand) -> Member | None:  # asked once the folder was read
        if swapped == "file":
            (below / "a.mp4").unlink()
            (below / "a.mp4").symlink_to(outside / "a.mp4")
        else:
            below.rename(tmp_path / "gone")
            below.symlink_to(outside, target_is_directory=True)
        return as_they_stand(user, in_brand)

    monkeypatch.setattr(principals, "member", swap)
    outcomes, _ = run(str(tmp_path / "folder"), brand=brand)
    assert "outside the folder" in outcomes[0]["reason"]
    assert not Version.objects.exists()


def test_links_in_a_circle_stop_no_other_file(tmp_path: Path, brand: Brand, creator: User) -> None:
    media_factory.clip(tmp_path / "a.mp4", seed=8)
    (tmp_path / "circle.mp4").symlink_to("circle.mp4")
    table = tmp_path / "said.csv"
    table.write_text("file,title\ncircle.mp4,C\na.mp4,A\n")
    outcomes, _ = run(str(tmp_path), "--sidecar", str(table), brand=brand)
    assert [each["outcome"] for each in outcomes] == ["taken", "refused"]
    assert run(str(tmp_path / "circle.mp4"), brand=brand)[0][0]["outcome"] == "refused"


def test_what_hostile_sidecars_say_reaches_no_terminal_as_it_is(
    clip: Path, tmp_path: Path, brand: Brand, creator: User
) -> None:
    hostile = [
        '{"\\u001b]0;x\\u0007": 1}', '{"\\ud800": 1}', json.dumps({"tags": ["x" * 900_000]}),
        json.dumps({"fields": {"\x1b[31m": "x"}}), " " * 1_000_001,
    ]  # fmt: skip
    for number, text in enumerate(hostile):
        (tmp_path / f"{number}.mp4").write_bytes(clip.read_bytes())
        (tmp_path / f"{number}.mp4.json").write_text(text)
    outcomes, _ = run(str(tmp_path), brand=brand)
    assert [each["outcome"] for each in outcomes] == ["refused"] * len(hostile)
    for each in outcomes:
        each["reason"].encode()
        assert each["reason"].isprintable()
        assert 0 < len(each["reason"]) <= 500


def test_rows_about_files_that_are_not_named_are_no_failure(
    tmp_path: Path, brand: Brand, creator: User
) -> None:
    for seed, name in enumerate("ab"):
        media_factory.clip(tmp_path / f"{name}.mp4", seed=seed)
    table = tmp_path / "said.csv"
    table.write_text("file,title\na.mp4,A\nb.mp4,B\n")
    outcomes, status = run(str(tmp_path / "a.mp4"), "--sidecar", str(table), brand=brand)
    assert ([each["outcome"] for each in outcomes], status) == (["taken"], 0)
    asset = Asset.objects.get()
    assert asset.title == "A"
    more = (str(tmp_path / "b.mp4"), "--sidecar", str(table), "--asset", str(asset.pk))
    outcomes, status = run(*more, brand=brand)
    assert (len(outcomes), asset.versions.count(), status) == (1, 2, 0)


def test_a_row_that_names_no_possible_file_stops_no_other(
    tmp_path: Path, brand: Brand, creator: User
) -> None:
    media_factory.clip(tmp_path / "a.mp4", seed=1)
    table = tmp_path / "said.csv"
    table.write_text(f"file,title\na.mp4,A\n{'x' * 300}.mp4,B\n")
    outcomes, _ = run(str(tmp_path / "a.mp4"), "--sidecar", str(table), brand=brand)
    assert [each["outcome"] for each in outcomes] == ["taken", "refused"]


def test_a_folder_that_tells_names_alone_stops_no_other_file(
    tmp_path: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.mp4", "b.mp4"):
        media_factory.clip(tmp_path / name, seed=1)
    is_file = Path.is_file

    def refused(path: Path) -> bool:
        if path.name == "a.mp4":
            raise PermissionError(13, "Permission denied")
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refused)
    found = list(folders.files([tmp_path]))
    assert [(each.path.name, bool(each.problem)) for each in found] == [("a.mp4", True), ("b.mp4", False)]


def test_a_database_that_goes_while_processing_is_waited_for_costs_no_report(
    clip: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object, **options: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(QuerySet, "in_bulk", away)
    outcomes, _ = run(str(clip), "--wait", "--timeout", "5", brand=brand)
    assert outcomes[0]["outcome"] == "taken"
    assert "database" in outcomes[0]["reason"]


@pytest.mark.parametrize("jobs", ["0", "-1", "100"])
def test_more_side_by_side_than_can_be_is_an_error(
    clip: Path, brand: Brand, creator: User, jobs: str
) -> None:
    with pytest.raises(CommandError, match="--jobs takes 1 to"):
        run(str(clip), "--jobs", jobs, brand=brand)


def test_a_database_that_is_away_costs_one_file_and_no_report(
    tmp_path: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed, name in enumerate("ab"):
        media_factory.clip(tmp_path / f"{name}.mp4", seed=seed)
    take = importer.take_from_disk

    def away(path: Path, **options: Any) -> Version:
        if path.name == "a.mp4":
            raise OperationalError("the connection is closed")
        return take(path, **options)

    monkeypatch.setattr(importer, "take_from_disk", away)
    outcomes, status = run(str(tmp_path), brand=brand)
    assert ([each["outcome"] for each in outcomes], status) == (["refused", "taken"], 1)


def test_names_of_any_bytes_are_taken_and_printed(tmp_path: Path, brand: Brand, creator: User) -> None:
    source = media_factory.clip(tmp_path / "one.mp4")
    os.rename(source, os.fsencode(tmp_path) + b"/\xff\x1b[31mred\n.mp4")
    outcomes, status = run(str(tmp_path), brand=brand)
    assert (outcomes[0]["outcome"], status) == ("taken", 0)
    outcomes[0]["path"].encode()
    assert "\x1b" not in outcomes[0]["path"]
    Version.objects.get().filename.encode()


def test_what_a_sidecar_says_is_put_onto_the_clip(
    clip: Path, brand: Brand, creator: User, tmp_path: Path
) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip.read_bytes())
    said = {"title": "Walk", "tags": ["summer", "hero"], "licence": "CC BY", "declared_origin": "camera"}
    (tmp_path / "a.mp4.json").write_text(json.dumps(said))
    outcomes, status = run(str(tmp_path), brand=brand)
    assert ([each["outcome"] for each in outcomes], status) == (["taken"], 0)
    version = Version.objects.select_related("asset", "rights").get()
    assert (version.asset.title, version.rights.licence) == ("Walk", "CC BY")
    assert (version.asset.tags.count(), version.declared_origin) == (2, "camera")


@pytest.mark.parametrize(
    "said", ["{", "[]", '{"colour": "red"}', '{"tags": {}}', '{"fields": 1}', '{"fields": {"no": "x"}}']
)
def test_a_bad_sidecar_keeps_its_file_out_until_it_is_mended(
    clip: Path, brand: Brand, creator: User, tmp_path: Path, said: str
) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip.read_bytes())
    (tmp_path / "a.mp4.json").write_text(said)
    outcomes, status = run(str(path), brand=brand)
    assert (outcomes[0]["outcome"], status, Version.objects.count()) == ("refused", 1, 0)
    assert outcomes[0]["reason"]
    (tmp_path / "a.mp4.json").write_text('{"title": "Mended"}')
    assert run(str(path), brand=brand)[0][0]["outcome"] == "taken"


def test_rows_of_a_table_are_put_on_and_bad_ones_told(tmp_path: Path, brand: Brand, creator: User) -> None:
    for seed, name in enumerate("abcd"):
        media_factory.clip(tmp_path / f"{name}.mp4", seed=seed)
    table = tmp_path / "said.csv"
    rows = [
        "file,title,tags",
        'a.mp4,Ä,"one,two"',
        "b.mp4,B",
        "c.mp4,C,",
        "c.mp4,C again,",
        "e.mp4,E,",
        "../x,X,",
    ]
    table.write_text("\n".join(rows), encoding="utf-8-sig")
    outcomes, status = run(str(tmp_path), "--sidecar", str(table), brand=brand)
    by_name = {Path(each["path"]).name: each for each in outcomes}
    assert {name: each["outcome"] for name, each in by_name.items()} == {
        "a.mp4": "taken",
        "b.mp4": "refused",
        "c.mp4": "refused",
        "d.mp4": "taken",
        "e.mp4": "refused",
        "line 7": "refused",
    }
    assert status == 1
    assert {asset.title for asset in Asset.objects.all()} == {"Ä", "d"}
    assert "second time" in by_name["c.mp4"]["reason"]


def test_whoever_loses_the_right_meanwhile_takes_no_more(
    clip: Path, brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(principals, "member", lambda user, brand: None)
    outcomes, _ = run(str(clip), brand=brand)
    assert (outcomes[0]["outcome"], Version.objects.count()) == ("refused", 0)


@pytest.mark.django_db(transaction=True)
def test_files_are_taken_side_by_side(tmp_path: Path) -> None:
    brand = BrandFactory.create()
    member(brand)
    for seed in range(4):
        media_factory.clip(tmp_path / f"{seed}.mp4", seed=seed)
    (tmp_path / "same.mp4").write_bytes((tmp_path / "0.mp4").read_bytes())
    outcomes, status = run(str(tmp_path), "--jobs", "3", brand=brand)
    assert [Path(each["path"]).name for each in outcomes] == ["0.mp4", "1.mp4", "2.mp4", "3.mp4", "same.mp4"]
    assert sorted(each["outcome"] for each in outcomes) == ["known", *["taken"] * 4]
    assert (Version.objects.count(), status) == (4, 0)
