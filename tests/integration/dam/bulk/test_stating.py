"""What is stated of rights in bulk edits and CSV files: set, cleared, left to legal reviewers, taken back."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.bulk import changes, edits, importing, previewing, slices
from dam.bulk.changes import Change
from dam.bulk.models import BulkEdit, EditState, Outcome
from dam.catalog.models import Approval, Asset, Version
from dam.rights import restating, statements
from dam.rights.models import RightsEnd, RightsRecord
from dam.rights.statements import Statements
from dam.search.query import Filters
from tests.factories import VersionFactory, member
from tests.integration.dam.bulk.test_files import exported, file_of, report, run
from tests.integration.dam.bulk.work import done, undone

STOCK = Change(stated=(("licence", "Stock 12"), ("restriction", "")))


def stated(asset: Asset) -> Statements:
    return statements.of(Version.objects.select_related("rights").get(latest_of=asset.pk))


def state(asset: Asset, **said: object) -> None:
    version = Version.objects.get(latest_of=asset.pk)
    RightsRecord.objects.update_or_create(version=version, defaults=said)


def approve(asset: Asset) -> None:
    Version.objects.filter(latest_of=asset.pk).update(approval=Approval.APPROVED)


def reasons(edit: BulkEdit, outcome: Outcome) -> list[str]:
    return list(edit.items.filter(outcome=outcome).values_list("reason", flat=True))


def test_statements_are_set_and_cleared_with_their_events_and_taken_back(
    clips: list[Asset], librarian: Member
) -> None:
    state(clips[0], licence="Old", restriction="No TV", uses=["web"], audience="All")
    state(clips[1], licence="Stock 12")
    edit = done(clips, STOCK, by=librarian)
    assert (edit.state, edit.changed, edit.same) == (EditState.DONE, 2, 1)
    assert stated(clips[0]) == Statements(licence="Stock 12", audience="All")
    assert stated(clips[2]) == Statements(licence="Stock 12")
    assert RightsRecord.objects.get(version__latest_of=clips[0].pk).uses == ["web"]
    event = Event.objects.get(verb="asset.edited", asset_id=clips[0].pk)
    assert event.data["restriction"] == ["No TV", ""]
    assert event.data["bulk_edit"] == str(edit.pk)
    state(clips[2], licence="Theirs")
    undone(edit, by=librarian)
    assert stated(clips[0]) == Statements(licence="Old", restriction="No TV", audience="All")
    assert stated(clips[2]) == Statements(licence="Theirs")
    assert reasons(edit, Outcome.KEPT) == ["Changed since, and kept: Licence."]


def test_of_a_filter_those_that_a_review_counts_on_are_left_to_legal_reviewers(
    clips: list[Asset], librarian: Member, brand: Brand
) -> None:
    approve(clips[0])
    edit = done(Filters(), STOCK, by=librarian)
    assert (edit.changed, edit.left) == (2, 1)
    assert "Only a legal reviewer can change it now" in reasons(edit, Outcome.LEFT)[0]
    assert stated(clips[0]) == Statements()
    legal = member(brand, Role.LEGAL_REVIEWER)
    assert done(clips, STOCK, by=legal).changed == 1
    assert stated(clips[0]) == Statements(licence="Stock 12")


def test_a_review_that_counts_on_a_clip_meanwhile_keeps_it_from_being_taken_back(
    clips: list[Asset], librarian: Member
) -> None:
    edit = done(clips, STOCK, by=librarian)
    approve(clips[0])
    undone(edit, by=librarian)
    assert stated(clips[0]) == Statements(licence="Stock 12")
    assert stated(clips[1]) == Statements()


def test_the_preview_says_before_and_after_and_why_not(clips: list[Asset], librarian: Member) -> None:
    state(clips[0], licence="Old")
    approve(clips[1])
    edit = edits.draft_of([each.pk for each in clips], by=librarian)
    edits.choose(edit, STOCK, by=librarian)
    assert changes.read(edit.change) == STOCK
    seen = previewing.of(edit, by=librarian)
    assert (seen.changed, seen.left) == (2, 1)
    told = {each.asset.title: each.told for each in seen.first}
    assert told["A"] == ("Licence: Old → Stock 12",)
    assert [each.reason for each in seen.first if each.asset.title == "B"] != [""]


def test_who_neither_edits_nor_decides_states_nothing(clips: list[Asset], brand: Brand) -> None:
    for role in (Role.VIEWER, Role.BRAND_REVIEWER):
        with pytest.raises(PermissionDenied):
            restating.rewrite(clips, lambda _asset, now: now, by=member(brand, role))
    reviewer = member(brand, Role.BRAND_REVIEWER)
    edit = edits.draft_of([clips[0].pk], by=reviewer)
    with pytest.raises(PermissionDenied):
        edits.choose(edit, STOCK, by=reviewer)


def test_many_cost_as_few_queries_as_few(brand: Brand, librarian: Member) -> None:
    def make(_asset: Asset, _now: Statements) -> Statements:
        return Statements(licence="Stock 12")

    first = VersionFactory.create(asset__brand=brand).asset
    restating.rewrite([first], make, by=librarian)  # whose name the log knows from then on
    few = [VersionFactory.create(asset__brand=brand).asset for _ in range(2)]
    many = [VersionFactory.create(asset__brand=brand).asset for _ in range(20)]
    counts = []
    for chosen in (few, many):
        with CaptureQueriesContext(connection) as queries:
            restating.rewrite(chosen, make, by=librarian)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_is_stated_goes_out_to_a_file_and_comes_back(clips: list[Asset], librarian: Member) -> None:
    state(clips[0], licence="=1+1", rights_holder="Ada, and others", restriction="No TV")
    rows = exported(librarian)
    mine = next(row for row in rows if row["title"] == "A")
    assert (mine["licence"], mine["rights_holder"]) == ("'=1+1", "Ada, and others")
    same = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert (same.total, report(same)["same"]) == (0, 3)
    assert "licence" not in report(same)["ignored"]
    mine |= {"restriction": "", "credit_line": "© Northwind", "title": "New"}
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    (seen,) = previewing.of_file(draft, by=librarian)
    assert set(seen.told) == {"Restriction: No TV → empty", "Credit line: empty → © Northwind"}
    edits.start(draft, by=librarian)
    assert run(draft).changed == 1
    assert stated(clips[0]) == Statements("=1+1", "Ada, and others", credit_line="© Northwind")
    undone(draft, by=librarian)
    assert stated(clips[0]).restriction == "No TV"
    assert Asset.objects.get(pk=clips[0].pk).title == "A"


def test_cells_that_cant_be_stated_are_told_by_row_and_column(clips: list[Asset], librarian: Member) -> None:
    approve(clips[1])
    rows = exported(librarian)
    wanted = {"A": "x" * 201, "B": "Stock 12", "C": "Stock 13"}
    for row in rows:
        row["licence"] = wanted[row["title"]]
    draft = importing.draft(file_of(rows, "id", "licence"), "clips.csv", by=librarian)
    told = [each[1:] for each in report(draft)["told"]]
    assert draft.total == 1
    assert sorted(column for column, _reason in told) == ["licence", "licence"]
    words = " ".join(reason for _column, reason in told)
    assert "At most 200 characters; this has 201." in words
    assert "Only a legal reviewer" in words


def test_what_somebody_states_after_the_check_is_kept(clips: list[Asset], librarian: Member) -> None:
    rows = exported(librarian)
    for row in rows:
        row["licence"] = "Mine"
    draft = importing.draft(file_of(rows, "id", "licence"), "clips.csv", by=librarian)
    state(clips[0], licence="Theirs")
    edits.start(draft, by=librarian)
    while slices.work(draft.pk):
        pass
    assert stated(clips[0]).licence == "Theirs"
    assert stated(clips[1]).licence == "Mine"
    assert "since the file was checked" in reasons(draft, Outcome.LEFT)[0]


def test_an_end_stays_what_it_was(clips: list[Asset], librarian: Member) -> None:
    state(clips[0], valid_until="2031-01-31T22:59:59Z")
    done(clips, STOCK, by=librarian)
    assert RightsEnd.objects.get().version.asset_id == clips[0].pk


def test_the_form_asks_legal_reviewers_for_rights_alone(clips: list[Asset], brand: Brand) -> None:
    for role, there in ((Role.LEGAL_REVIEWER, True), (Role.CREATOR, True), (Role.BRAND_REVIEWER, False)):
        person = member(brand, role)
        client = Client()
        client.force_login(person.user)
        edit = edits.draft_of([clips[0].pk], by=person)
        address = f"/b/northwind/bulk/{edit.pk}/"
        assert ("how-stated-licence" in client.get(address).content.decode()) is there
        if there:
            wrong = client.post(address, {"how-stated-licence": "set", "stated-licence": ""})
            assert wrong.status_code == 422
            given = {
                "how-stated-licence": "set",
                "stated-licence": "Stock 12",
                "how-stated-audience": "clear",
            }
            client.post(address, given)
            edit.refresh_from_db()
            assert changes.read(edit.change).stated == (("licence", "Stock 12"), ("audience", ""))
            assert "Set “Licence” to: Stock 12" in client.get(address).content.decode()
