"""A brand's own fields in CSV files: out, edited, checked by row and column, in, and taken back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.bulk import edits, field_columns, importing, previewing
from dam.bulk.models import BulkEdit, EditState, Outcome
from dam.catalog import assets
from dam.catalog.models import Asset
from dam.custom_fields import fields, schema, values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import OptionWish, Wish
from dam.search import search
from tests.factories import VersionFactory, member
from tests.integration.dam.bulk.test_files import exported, file_of, report, run
from tests.integration.dam.bulk.work import undone

TYPED = {
    "campaign": "=Sunburst, “2027”\nand on",
    "budget": "1234.5",
    "shooting": "2027-05-03",
    "season": "summer",
    "lines": ["juice", "soda_pop"],
    "site": "https://example.com/?a=1,2",
    "children": "no",
}


@pytest.fixture
def librarian(librarian: Member) -> Member:
    """The brand has a field of each kind."""
    seasons = (OptionWish("High summer", key="summer"), OptionWish("Winter"))
    lines = (OptionWish("Juice"), OptionWish("Soda, pop"))  # one has a comma in it
    fields.make(Wish("Campaign"), kind=Kind.TEXT, by=librarian)
    fields.make(Wish("Budget"), kind=Kind.NUMBER, by=librarian)
    fields.make(Wish("Shooting"), kind=Kind.DATE, by=librarian)
    fields.make(Wish("Season", options=seasons), kind=Kind.CHOICE, by=librarian)
    fields.make(Wish("Lines", options=lines), kind=Kind.MULTI_CHOICE, by=librarian)
    fields.make(Wish("Producer"), kind=Kind.PERSON, by=librarian)
    fields.make(Wish("Site"), kind=Kind.LINK, by=librarian)
    fields.make(Wish("Children"), kind=Kind.YES_NO, by=librarian)
    return librarian


def has(asset: Asset) -> values.Values:
    return values.of_one(Asset.objects.select_related("brand").get(pk=asset.pk))


def row_of(rows: list[dict[str, str]], title: str) -> dict[str, str]:
    return next(row for row in rows if row["title"] == title)


def told(draft: BulkEdit) -> list[list[object]]:
    return [list(each) for each in report(draft)["told"]]


def test_what_is_taken_out_and_brought_into_another_clip_is_the_same_value(
    clips: list[Asset], librarian: Member
) -> None:
    typed = {**TYPED, "producer": librarian.user.email}
    values.set_values(clips[0], typed, by=librarian)
    rows = exported(librarian)
    mine = row_of(rows, "A")
    assert (mine["field:season"], mine["field:lines"]) == ("High summer", "Juice, soda_pop")
    assert mine["field:producer"] == librarian.user.email
    columns = [name for name in mine if name.startswith("field:")]
    assert columns == [field_columns.name(field.key) for field in schema.of(librarian.brand).in_use]
    row_of(rows, "B").update({name: mine[name] for name in columns})
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert (draft.total, report(draft)["same"], report(draft)["refused"]) == (1, 2, 0)
    assert not any(name.startswith("field:") for name in report(draft)["ignored"])
    (seen,) = previewing.of_file(draft, by=librarian)
    assert "Season: empty → High summer" in seen.told
    assert has(clips[1]) == {}
    edits.start(draft, by=librarian)
    assert (run(draft).state, draft.changed) == (EditState.DONE, 1)
    assert has(clips[1]) == has(clips[0])
    assert [hit.asset.title for hit in search.find(librarian, words="sunburst").hits] == ["B"]
    undone(draft, by=librarian)
    assert has(clips[1]) == {}


def test_words_and_fields_of_a_row_change_together(clips: list[Asset], librarian: Member) -> None:
    rows = exported(librarian)
    row_of(rows, "A").update({"title": "New", "field:campaign": "Frost"})
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    edits.start(draft, by=librarian)
    assert (run(draft).changed, draft.left) == (1, 0)
    assert Asset.objects.get(pk=clips[0].pk).title == "New"
    assert has(clips[0]) == {"campaign": ("Frost",)}
    assert not draft.items.exclude(reason="").exists()


def test_an_empty_cell_clears_and_a_column_that_isnt_there_stays(
    clips: list[Asset], librarian: Member
) -> None:
    values.set_values(clips[0], {"campaign": "Frost", "budget": "5"}, by=librarian)
    rows = exported(librarian)
    row_of(rows, "A")["field:campaign"] = ""
    draft = importing.draft(file_of(rows, "id", "field:campaign"), "clips.csv", by=librarian)
    edits.start(draft, by=librarian)
    run(draft)
    assert has(clips[0]) == {"budget": ("5",)}


def test_all_that_is_wrong_with_a_row_is_told_by_its_columns(clips: list[Asset], librarian: Member) -> None:
    rows = exported(librarian)
    row_of(rows, "A").update(
        {"title": "", "field:budget": "a lot", "field:season": "autumn", "field:producer": "who@example.com"}
    )
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert (draft.total, report(draft)["same"], report(draft)["refused"]) == (0, 2, 1)
    line = 2 + rows.index(row_of(rows, ""))
    assert [each[:2] for each in told(draft)] == [
        [line, "field:budget"],
        [line, "field:producer"],
        [line, "field:season"],
        [line, "title"],
    ]
    assert told(draft)[2][2] == "“autumn” isn't an option of “Season”."


def test_an_option_that_doesnt_go_with_the_clip_is_told_at_its_column(
    clips: list[Asset], librarian: Member
) -> None:
    sports = (OptionWish("Surfing", only_with=frozenset({"summer"})),)
    fields.make(Wish("Sport", options=sports, depends_on="season"), kind=Kind.CHOICE, by=librarian)
    rows = exported(librarian)
    row_of(rows, "A")["field:sport"] = "Surfing"
    row_of(rows, "B").update({"field:sport": "Surfing", "field:season": "High summer"})
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert (draft.total, report(draft)["refused"]) == (1, 1)
    assert told(draft)[0][1] == "field:sport"


def test_what_can_stay_is_no_change_and_no_mistake(clips: list[Asset], librarian: Member) -> None:
    left = member(librarian.brand, Role.CREATOR)
    values.set_values(clips[0], {"producer": left.user.email, "season": "winter"}, by=librarian)
    values.set_values(clips[0], {"budget": "1.500"}, by=librarian)
    left.user.memberships.all().delete()
    season = CustomField.objects.get(key="season")
    fields.edit(season, Wish("Season", options=(OptionWish("High summer", key="summer"),)), by=librarian)
    librarian.brand.refresh_from_db()
    rows = exported(librarian)
    assert row_of(rows, "A")["field:producer"] == left.user.email
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert (draft.total, report(draft)["same"], report(draft)["refused"]) == (0, 3, 0)


def test_a_field_that_was_changed_after_the_export_or_the_check_is_left_alone(
    clips: list[Asset], librarian: Member
) -> None:
    rows = exported(librarian)
    for title in "AB":
        row_of(rows, title)["field:campaign"] = "Frost"
    values.set_values(clips[0], {"campaign": "Mine"}, by=librarian)
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert (draft.total, report(draft)["refused"]) == (1, 1)
    assert told(draft)[0][1] == "updated_at"
    draft = importing.draft(file_of(rows, "id", "field:campaign"), "clips.csv", by=librarian)
    assert draft.total == 2
    values.set_values(clips[1], {"campaign": "Theirs"}, by=librarian)
    assets.edit(Asset.objects.get(pk=clips[0].pk), by=librarian, title="A, too")
    edits.start(draft, by=librarian)
    assert (run(draft).changed, draft.left) == (1, 1)
    assert has(clips[1]) == {"campaign": ("Theirs",)}
    assert "since the file was checked" in draft.items.get(outcome=Outcome.LEFT).reason


def test_a_column_of_no_field_and_one_of_a_retired_field_are_named_as_not_imported(
    clips: list[Asset], librarian: Member
) -> None:
    fields.retire(CustomField.objects.get(key="campaign"), by=librarian)
    librarian.brand.refresh_from_db()
    rows = exported(librarian)
    assert "field:campaign" not in rows[0]
    rows = [{"id": row["id"], "title": row["title"], "field:campaign": "x", "field:no": "x"} for row in rows]
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert report(draft)["ignored"] == ["field:campaign", "field:no"]


def test_addresses_of_people_stand_in_the_files_of_those_who_edit_alone(
    clips: list[Asset], librarian: Member
) -> None:
    values.set_values(clips[0], {"producer": librarian.user.email}, by=librarian)
    cells = field_columns.people_in(
        [has(clips[0])], known=schema.of(librarian.brand), by=member(librarian.brand, Role.VIEWER)
    )
    assert list(cells.values()) == [librarian.user.name]


def test_many_rows_are_taken_out_and_checked_in_as_many_queries_as_few(
    brand: Brand, librarian: Member
) -> None:
    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as out:
            rows = exported(librarian)
        for row in rows:
            row["field:campaign"] = "Frost"
        content = file_of(rows)
        with CaptureQueriesContext(connection) as checked:
            importing.draft(content, "clips.csv", by=librarian)
        return len(out), len(checked)

    def more(count: int) -> None:
        for _ in range(count):
            clip = VersionFactory.create(asset__brand=brand).asset
            values.set_values(clip, {"producer": librarian.user.email, "season": "winter"}, by=librarian)

    more(2)
    few = asked()
    more(7)
    assert asked() == few
