"""The pages of bulk edits: from a selection or a whole list to a preview, and to what came of it."""

import re
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.bulk import edits, slices
from dam.bulk.changes import Change
from dam.bulk.models import BulkEdit, EditState
from dam.catalog import tags
from dam.catalog.models import Approval, Asset
from dam.collections import collections
from dam.custom_fields import fields, values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.planning import Wish
from dam.web import listing
from tests.factories import VersionFactory, member
from tests.integration.dam.web.conftest import SignIn

NEW, LIBRARY = "/b/northwind/bulk/new/", "/b/northwind/"


@pytest.fixture
def clips(brand: Brand) -> list[Asset]:
    return [VersionFactory.create(asset__brand=brand, asset__title=title).asset for title in "ABC"]


@pytest.fixture
def librarian(sign_in: SignIn) -> Client:
    return sign_in(Role.LIBRARIAN)


def shown(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def content(answer: Any) -> str:
    """What is sent piece by piece."""

    async def all_of() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(all_of)().decode()


def opened(client: Client, data: dict[str, object]) -> str:
    answer = client.post(NEW, data)
    assert answer.status_code == 302
    return answer.headers["Location"]


def seen(client: Client, address: str) -> str:
    """What the button of a preview sends along."""
    mark = re.search(r'name="seen" value="(\w+)"', shown(client, address))
    assert mark
    return mark[1]


def start(client: Client, address: str) -> None:
    client.post(f"{address}start/", {"seen": seen(client, address)})


def run(address: str) -> BulkEdit:
    edit = BulkEdit.objects.get(pk=address.rstrip("/").rpartition("/")[2])
    while slices.work(edit.pk):
        pass
    edit.refresh_from_db()
    return edit


def test_the_whole_list_is_offered_with_its_count_once_a_page_does_not_show_it(
    brand: Brand, clips: list[Asset], librarian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "that match" not in shown(librarian, f"{LIBRARY}?origin=uploaded")
    monkeypatch.setattr(listing, "PAGE", 2)
    page = shown(librarian, f"{LIBRARY}?origin=uploaded")
    assert "Select all 3 that match" in page
    assert 'name="query" value="?origin=uploaded"' in page


def test_all_that_match_are_previewed_changed_and_put_back(clips: list[Asset], librarian: Client) -> None:
    tags.assign(clips[0], ["beach"])
    address = opened(librarian, {"all": "1", "query": "?origin=uploaded", "asset": clips[0].pk})
    assert "Edit 3 clips" in shown(librarian, address)
    answer = librarian.post(address, {"add_tags": "beach", "title": "Summer: {title}"}, follow=True)
    page = answer.content.decode()
    assert "3 clips will change." in page
    assert "“Summer: A”" in page
    assert Asset.objects.filter(title="A").exists()  # nothing yet
    start(librarian, address)
    assert run(address).state == EditState.DONE
    page = shown(librarian, address)
    assert "3 clips changed." in page
    assert "Title: “A” → “Summer: A”" in page
    librarian.post(f"{address}undo/")
    assert run(address).state == EditState.UNDONE
    assert "3 clips are as they were before." in shown(librarian, address)
    assert Asset.objects.filter(title="A").exists()


def test_what_starts_is_what_the_preview_showed(clips: list[Asset], librarian: Client) -> None:
    address = opened(librarian, {"asset": [clip.pk for clip in clips]})
    librarian.post(address, {"add_tags": "one"})
    first = seen(librarian, address)
    librarian.post(address, {"add_tags": "two"})  # in another window
    for mark in ({"seen": first}, {}):
        answer = librarian.post(f"{address}start/", mark, follow=True)
        page = answer.content.decode()
        assert "Another change was chosen since this preview." in page
        assert "Add tags: two" in page
    assert BulkEdit.objects.get().state == EditState.DRAFT
    start(librarian, address)
    assert run(address).state == EditState.DONE
    assert set(Asset.tags.through.objects.values_list("tag__name", flat=True)) == {"two"}


def test_what_is_sent_after_another_window_has_started_it_is_refused_with_a_word(
    clips: list[Asset], librarian: Client
) -> None:
    address = opened(librarian, {"asset": clips[0].pk})
    librarian.post(address, {"add_tags": "one"})
    start(librarian, address)
    page = librarian.post(address, {"add_tags": "two"}, follow=True).content.decode()
    assert "This bulk edit has been started already" in page
    assert BulkEdit.objects.get().change == {"add_tags": ["one"]}


def test_a_preview_counts_its_clips_once(clips: list[Asset], librarian: Client) -> None:
    address = opened(librarian, {"all": "1", "query": "?origin=uploaded"})
    librarian.post(address, {"add_tags": "one"})
    with CaptureQueriesContext(connection) as asked:
        librarian.get(address)
    counting = [query["sql"] for query in asked if "COUNT(*)" in query["sql"] and "origin" in query["sql"]]
    assert len(counting) == 1


def test_clips_that_others_count_on_are_counted_so_far_and_no_further(
    brand: Brand, librarian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dam.search.search.MOST_COUNTED", 2)
    for _ in range(3):
        VersionFactory.create(asset__brand=brand, approval=Approval.APPROVED)
    answer = librarian.post(
        "/b/northwind/selection/trash/", {"all": "1", "query": "?origin=uploaded"}, follow=True
    )
    assert (
        "More than 2 of the clips are in review, approved or released, or part of such a clip."
        in answer.content.decode()
    )


def test_clips_that_are_undone_in_part_are_listed_with_the_reason(
    clips: list[Asset], librarian: Client
) -> None:
    address = opened(librarian, {"asset": [clip.pk for clip in clips]})
    librarian.post(address, {"add_tags": "x", "title": "{title}!"})
    start(librarian, address)
    run(address)
    Asset.objects.filter(pk=clips[0].pk).update(title="Mine")
    librarian.post(f"{address}undo/")
    run(address)
    page = shown(librarian, address)
    assert "2 clips are as they were before." in page
    assert "1 is undone in part." in page
    assert "Changed since, and kept: title." in page
    assert not Asset.tags.through.objects.exists()


def test_a_preview_says_what_is_left_and_what_is_so_already(clips: list[Asset], librarian: Client) -> None:
    Asset.objects.filter(pk=clips[0].pk).update(title="Long" * 50)
    Asset.objects.filter(pk=clips[1].pk).update(title="Short.")
    address = opened(librarian, {"asset": [clip.pk for clip in clips]})
    page = librarian.post(address, {"title": "{title}!"}, follow=True).content.decode()
    assert "2 clips will change." in page
    assert "1 can't be changed." in page
    assert "at most 200 characters" in page


def test_a_large_set_is_previewed_by_its_newest(
    clips: list[Asset], librarian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dam.bulk.previewing.LOOKED_AT", 2)
    address = opened(librarian, {"all": "1", "query": "?origin=uploaded"})
    page = librarian.post(address, {"add_tags": "x"}, follow=True).content.decode()
    assert "Of the newest 2 clips 2 will change." in page
    assert "Change all of them" in page


def test_tags_typed_into_the_bar_for_all_that_match_are_previewed(
    clips: list[Asset], librarian: Client
) -> None:
    answer = librarian.post(
        "/b/northwind/selection/tags/", {"all": "1", "query": "", "tags": "lime"}, follow=True
    )
    assert "Add tags: lime" in answer.content.decode()
    assert not Asset.tags.through.objects.exists()


def test_the_trash_for_all_that_match_is_previewed(clips: list[Asset], librarian: Client) -> None:
    answer = librarian.post("/b/northwind/selection/trash/", {"all": "1", "query": ""}, follow=True)
    assert "3 clips will change." in answer.content.decode()
    assert not Asset.objects.exclude(trashed_at=None).exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose at least one change."),
        ({"add_tags": "a", "remove_tags": "A"}, "both added and removed"),
        ({"add_tags": "x" * 61}, "A tag has at most 60"),
        ({"describe": "replace"}, "Enter the text."),
        ({"description": "Cold."}, "Choose what to do with the text."),
        ({"replace": "x"}, "Enter what to find."),
        ({"find": "y" * 201}, "at most 200 characters"),
        ({"find": "y", "replace": "x" * 201}, "at most 200 characters"),
        ({"collection": "00000000-0000-4000-8000-000000000007"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_done_is_said_and_what_was_typed_stays(
    clips: list[Asset], librarian: Client, data: dict[str, str], words: str
) -> None:
    address = opened(librarian, {"asset": clips[0].pk})
    answer = librarian.post(address, data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert all(value in page for name, value in data.items() if name != "collection")


def test_nothing_chosen_leads_back_with_a_word(clips: list[Asset], librarian: Client) -> None:
    answer = librarian.post(NEW, {"back": "/b/northwind/?state=draft"}, follow=True)
    assert answer.redirect_chain[0][0] == "/b/northwind/?state=draft"
    assert "Select the clips to edit first." in answer.content.decode()


def test_a_form_has_only_what_the_role_may_do(clips: list[Asset], sign_in: SignIn) -> None:
    reviewer = sign_in(Role.BRAND_REVIEWER)
    page = shown(reviewer, opened(reviewer, {"asset": clips[0].pk}))
    assert 'name="collection"' in page
    assert 'name="add_tags"' not in page
    assert 'name="trash"' not in page


def test_progress_asks_again_while_a_worker_is_at_it(clips: list[Asset], librarian: Client) -> None:
    address = opened(librarian, {"asset": [clip.pk for clip in clips]})
    librarian.post(address, {"add_tags": "x"})
    start(librarian, address)
    part = shown(librarian, f"{address}progress/")
    assert "sse:bulk-" in part
    assert "Cancel" in part
    run(address)
    part = shown(librarian, f"{address}progress/")
    assert "hx-get" not in part
    assert "3 clips changed." in part


def test_the_clips_of_an_outcome_are_paged(
    clips: list[Asset], librarian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dam.web.bulk.pages.PAGE", 2)
    address = opened(librarian, {"asset": [clip.pk for clip in clips]})
    librarian.post(address, {"add_tags": "x"})
    start(librarian, address)
    run(address)
    first = librarian.get(address)
    assert [each.asset for each in first.context["items"]] == clips[:2]
    second = librarian.get(f"{address}?outcome=changed&after={first.context['next']}")
    assert [each.asset for each in second.context["items"]] == clips[2:]


def test_the_list_of_bulk_edits_is_paged_newest_first(
    clips: list[Asset], librarian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dam.web.bulk.pages.PAGE", 2)
    for tag in ("one", "two", "three"):
        address = opened(librarian, {"asset": clips[0].pk})
        librarian.post(address, {"add_tags": tag})
        start(librarian, address)
    first = librarian.get("/b/northwind/bulk/")
    assert [said for _edit, said in first.context["edits"]] == [("Add tags: three",), ("Add tags: two",)]
    second = librarian.get("/b/northwind/bulk/", {"after": first.context["next"]})
    assert [said for _edit, said in second.context["edits"]] == [("Add tags: one",)]


def test_a_list_of_bulk_edits_asks_as_much_for_many_as_for_few(
    brand: Brand, clips: list[Asset], sign_in: SignIn
) -> None:
    by = member(brand, Role.LIBRARIAN)
    client = Client()
    client.force_login(by.user)

    def queries() -> int:
        row = collections.create(f"Launch {BulkEdit.objects.count()}", by=by)
        edit = edits.draft_of([clips[0].pk], by=by)
        edits.choose(edit, Change(collection=row.pk), by=by)
        edits.start(edit, by=by)
        with CaptureQueriesContext(connection) as asked:
            page = shown(client, "/b/northwind/bulk/")
        assert f"Add to “{row.name}”" in page
        return len(asked)

    queries()
    assert queries() == queries()


def test_anothers_is_not_there(clips: list[Asset], librarian: Client, sign_in: SignIn) -> None:
    address = opened(librarian, {"asset": clips[0].pk})
    other = sign_in(Role.LIBRARIAN)
    assert other.get(address).status_code == 404
    assert other.post(f"{address}start/").status_code == 404


def test_a_list_is_exported_as_its_address_says(clips: list[Asset], librarian: Client) -> None:
    tags.assign(clips[1], ["beach"])
    answer = librarian.get("/b/northwind/bulk/export.csv?tag=beach&excel=1")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = content(answer)
    assert text.startswith("\ufeffid,title")
    assert str(clips[1].pk) in text
    assert str(clips[0].pk) not in text
    assert not content(librarian.get("/b/northwind/bulk/export.csv?tag=beach")).startswith("\ufeff")


def test_a_file_is_checked_and_then_changes_what_it_says(clips: list[Asset], librarian: Client) -> None:
    rows = f"id,title,note\n{clips[0].pk},New,1\n{clips[1].pk},B,2\nx,y,3\n"
    sent = SimpleUploadedFile("clips.csv", rows.encode(), content_type="text/csv")
    answer = librarian.post("/b/northwind/bulk/import/", {"file": sent})
    address = answer.headers["Location"]
    page = shown(librarian, address)
    assert "Import “clips.csv”" in page
    assert "1 clip will change." in page
    assert "1 row can't be used." in page
    assert "These columns aren't imported: note." in page
    assert "“New”" in page
    start(librarian, address)
    assert run(address).changed == 1
    assert Asset.objects.filter(title="New").count() == 1


def test_a_report_says_where_it_names_no_more(
    clips: list[Asset], librarian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dam.bulk.importing.MOST_TOLD", 2)
    monkeypatch.setattr("dam.bulk.importing.MOST_NAMED", 1)
    rows = "id,title,note,mine\n" + "x,y,1,2\n" * 3
    sent = SimpleUploadedFile("clips.csv", rows.encode(), content_type="text/csv")
    page = librarian.post("/b/northwind/bulk/import/", {"file": sent}, follow=True).content.decode()
    assert "3 rows can't be used." in page
    assert "Only the first 2 are listed." in page
    assert "These columns aren't imported: note, …." in page


def test_a_file_that_is_too_large_is_refused(librarian: Client, settings: Any) -> None:
    settings.SHEET_MAX_BYTES = 20
    sent = SimpleUploadedFile("clips.csv", b"id,title\n" + b"x,y\n" * 9)
    answer = librarian.post("/b/northwind/bulk/import/", {"file": sent})
    assert "The file is larger than 20 MB." in answer.content.decode()


def test_a_file_that_cannot_be_read_says_why(librarian: Client) -> None:
    sent = SimpleUploadedFile("clips.csv", b"title\nA\n")
    answer = librarian.post("/b/northwind/bulk/import/", {"file": sent})
    assert answer.status_code == 422
    assert "The file needs a column “id”." in answer.content.decode()


def test_the_brands_own_fields_narrow_an_export_and_a_bulk_edit_too(
    brand: Brand, clips: list[Asset], librarian: Client
) -> None:
    by = member(brand, Role.LIBRARIAN)
    fields.make(Wish("Season"), kind=Kind.TEXT, by=by)
    values.set_values(clips[0], {"season": "Winter"}, by=by)
    text = content(librarian.get("/b/northwind/bulk/export.csv?season=Winter"))
    assert [str(clip.pk) in text for clip in clips] == [True, False, False]
    address = opened(librarian, {"all": "1", "query": "?season=Winter"})
    assert "Edit 1 clip" in shown(librarian, address)


def test_what_went_to_the_trash_is_still_named(clips: list[Asset], librarian: Client) -> None:
    Asset.objects.filter(pk=clips[0].pk).update(title="Thrown away")
    address = opened(librarian, {"asset": clips[0].pk})
    librarian.post(address, {"trash": "on"})
    start(librarian, address)
    assert run(address).changed == 1
    assert "Thrown away" in shown(librarian, address)
