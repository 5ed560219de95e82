"""Clips out into a file and back: the round trip, what a check of the rows says, and what is left alone."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.bulk import edits, importing, sheets, slices
from dam.bulk.models import BulkEdit, EditState, Outcome
from dam.catalog import assets, tags
from dam.catalog.models import Asset
from dam.rights.models import MadeFrom, Relation, RightsRecord
from dam.rights.visibility import visible_assets
from tests.factories import ApprovedVersionFactory, VersionFactory, member


def exported(by: Member) -> list[dict[str, str]]:
    text = "".join(sheets.lines(visible_assets(by), by=by, marked=False))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def file_of(rows: list[dict[str, str]], *columns: str) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(rows[0]), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def report(draft: BulkEdit) -> dict[str, Any]:
    assert draft.file is not None
    return dict(draft.file)


def run(edit: BulkEdit) -> BulkEdit:
    while slices.work(edit.pk):
        pass
    edit.refresh_from_db()
    return edit


def test_a_row_says_what_is_left_by_what_a_clip_was_made_from(librarian: Member) -> None:
    brand, until = librarian.brand, datetime(2031, 5, 31, 23, 59, 59, tzinfo=UTC)
    made = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Cut")
    source = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Take")
    terms = RightsRecord.objects.filter(version=source)
    terms.update(uses=["web"], territories=["US"], valid_until=until)
    MadeFrom.objects.create(version=made, source=source, relation=Relation.COMPONENT)
    row = next(row for row in exported(librarian) if row["title"] == "Cut")
    said = (row["uses"], row["territories"], row["cleared_until"])
    assert said == ("web", "US", until.isoformat())


def test_a_file_is_taken_out_edited_brought_back_and_undone(clips: list[Asset], librarian: Member) -> None:
    tags.assign(clips[0], ["beach", "two words"])
    rows = exported(librarian)
    for row in rows:
        if row["title"] == "A":
            assert row["tags"] == "beach, two words"
            row |= {"title": "=Summer", "tags": "lime", "description": "Two\nlines"}
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert (draft.total, report(draft)["same"], report(draft)["refused"]) == (1, 2, 0)
    assert not Asset.objects.filter(title="=Summer").exists()
    edits.start(draft, by=librarian)
    assert (run(draft).state, draft.changed) == (EditState.DONE, 1)
    changed = Asset.objects.get(pk=clips[0].pk)
    assert (changed.title, changed.description) == ("=Summer", "Two\nlines")
    assert [tag.name for tag in changed.tags.all()] == ["lime"]
    assert {row["title"] for row in exported(librarian)} == {"'=Summer", "B", "C"}
    edits.undo(draft, by=librarian)
    assert run(draft).undone == 1
    assert sorted(Asset.objects.values_list("title", flat=True)) == ["A", "B", "C"]


def test_an_export_that_is_brought_back_changes_nothing(clips: list[Asset], librarian: Member) -> None:
    titles = ["'=1", "=1", "-5", "“quoted”, with; marks", "🎬 Ελλάδα"]
    for asset, title in zip(clips, titles, strict=False):
        assets.edit(asset, by=librarian, title=title, description="\tTab")
    draft = importing.draft(file_of(exported(librarian)), "clips.csv", by=librarian)
    assert (draft.total, report(draft)["same"]) == (0, 3)


def test_rows_that_cannot_be_used_say_why(brand: Brand, clips: list[Asset], librarian: Member) -> None:
    stranger = VersionFactory.create().asset
    rows = [
        {"id": str(stranger.pk), "title": "Mine"},
        {"id": str(uuid4()), "title": "Nothing"},
        {"id": str(clips[0].pk), "title": " "},
        {"id": str(clips[1].pk), "title": "x" * 201},
        {"id": str(clips[2].pk), "title": "Fine"},
    ]
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert (draft.total, report(draft)["refused"]) == (1, 4)
    told = {line: reason for line, _column, reason in report(draft)["told"]}
    assert told[2] == told[3]
    assert "no clip of this id" in told[2]
    assert told[4] == "Enter a title."
    assert "at most 200" in told[5]


def test_a_clip_that_was_edited_after_the_export_is_left_alone(clips: list[Asset], librarian: Member) -> None:
    rows = exported(librarian)
    assets.edit(clips[0], by=librarian, description="Newer.")
    for row in rows:
        row["title"] += "!"
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert (draft.total, report(draft)["refused"]) == (2, 1)
    assert "has changed since" in report(draft)["told"][0][2]
    forced = importing.draft(file_of(rows, "id", "title"), "clips.csv", by=librarian)
    assert forced.total == 3


def test_who_may_not_edit_imports_nothing(brand: Brand, clips: list[Asset]) -> None:
    with pytest.raises(PermissionDenied):
        importing.draft(file_of([{"id": str(clips[0].pk), "title": "x"}]), "x", by=member(brand, Role.VIEWER))


def test_a_viewer_takes_out_what_is_released(brand: Brand, clips: list[Asset]) -> None:
    released = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Out").asset
    (row,) = exported(member(brand, Role.VIEWER))
    assert (row["id"], row["title"], row["state"]) == (str(released.pk), "Out", "approved")


def test_a_file_is_made_some_rows_at_a_time(
    brand: Brand, clips: list[Asset], librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "CHUNK", 2)
    pieces = list(sheets.lines(visible_assets(librarian), by=librarian, marked=True))
    assert pieces[0].startswith("\ufeffid,")
    assert [piece.count("\r\n") for piece in pieces] == [1, 2, 1]


def test_a_file_takes_as_many_queries_however_many_clips_are_in_it(brand: Brand, librarian: Member) -> None:
    def queries(more: int) -> int:
        for _each in range(more):
            ApprovedVersionFactory.create(asset__brand=brand)
        with CaptureQueriesContext(connection) as few:
            exported(librarian)
        return len(few)

    assert queries(1) == queries(4)


def test_checking_a_file_takes_as_many_queries_however_many_rows_it_has(
    brand: Brand, librarian: Member
) -> None:
    def queries(count: int) -> int:
        chosen = [VersionFactory.create(asset__brand=brand).asset for _ in range(count)]
        content = file_of([{"id": str(asset.pk), "title": "New", "tags": "x"} for asset in chosen])
        with CaptureQueriesContext(connection) as few:
            importing.draft(content, "clips.csv", by=librarian)
        return len(few)

    assert queries(1) == queries(9)


@pytest.mark.parametrize(
    ("since", "stays"),
    [({"title": "Mine"}, ("Mine", [])), ({"tag_names": ["mine"]}, ("A", ["mine"]))],
)
def test_what_somebody_changed_after_the_check_is_kept(
    clips: list[Asset], librarian: Member, since: dict[str, Any], stays: tuple[str, list[str]]
) -> None:
    rows = [{"id": str(clip.pk), "title": f"{clip.title}!", "tags": "lime"} for clip in clips]
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assets.edit(clips[0], by=librarian, **since)
    edits.start(draft, by=librarian)
    assert (run(draft).changed, draft.left) == (2, 1)
    assert "since the file was checked" in draft.items.get(outcome=Outcome.LEFT).reason
    clip = Asset.objects.get(pk=clips[0].pk)
    assert (clip.title, [tag.name for tag in clip.tags.all()]) == stays


def test_columns_that_the_file_left_as_they_were_stay_as_others_make_them_meanwhile(
    clips: list[Asset], librarian: Member
) -> None:
    rows = exported(librarian)
    for row in rows:
        row["title"] += "!"
    draft = importing.draft(file_of(rows, "id", "title", "description", "tags"), "clips.csv", by=librarian)
    assets.edit(clips[0], by=librarian, description="Newer.", tag_names=["mine"])
    edits.start(draft, by=librarian)
    assert run(draft).changed == 3
    clip = Asset.objects.get(pk=clips[0].pk)
    assert (clip.title, clip.description, clip.tags.get().name) == ("A!", "Newer.", "mine")


def test_with_the_time_of_the_export_any_edit_after_the_check_counts(
    clips: list[Asset], librarian: Member
) -> None:
    rows = exported(librarian)
    for row in rows:
        row["title"] += "!"
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assets.edit(clips[0], by=librarian, description="Newer.")
    edits.start(draft, by=librarian)
    assert (run(draft).changed, draft.left) == (2, 1)
    assert "since the export" in draft.items.get(outcome=Outcome.LEFT).reason


def test_a_description_is_no_longer_than_elsewhere_but_an_older_one_stays(
    clips: list[Asset], librarian: Member
) -> None:
    long = "x" * (assets.LONGEST_DESCRIPTION + 1)
    Asset.objects.filter(pk=clips[1].pk).update(description=long)
    rows = [{"id": str(clip.pk), "title": f"{clip.title}!", "description": long} for clip in clips[:2]]
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert (draft.total, report(draft)["refused"]) == (1, 1)
    assert "at most 5,000 characters" in report(draft)["told"][0][2]
    edits.start(draft, by=librarian)
    assert run(draft).changed == 1
    assert Asset.objects.get(pk=clips[1].pk).title == "B!"
