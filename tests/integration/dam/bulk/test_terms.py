"""Consents and first days in bulk edits and CSV files: what the page does, with preview and a way back."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from dam.accounts import times
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.bulk import changes, edits, importing, previewing
from dam.bulk.changes import Change
from dam.bulk.models import Outcome
from dam.catalog.models import Approval, Asset, Version
from dam.rights import consent_lists, consents
from dam.rights.consent_documents import Document
from dam.rights.consents import Said
from dam.rights.models import Consent, RightsRecord
from provenance.review.models import LedgerEntry, Review
from tests.factories import ApprovedVersionFactory, member
from tests.integration.dam.bulk.test_files import exported, file_of, report, run
from tests.integration.dam.bulk.work import done, undone
from tests.review_factory import Case

ADA = Change(consent=("model", "Ada Example", "EU", ""))


def version_of(asset: Asset) -> Version:
    return Version.objects.select_related("rights", "asset__brand", "brand").get(latest_of=asset.pk)


def said(asset: Asset, by: Member) -> list[Said]:
    return [each.wanted.said for each in consent_lists.of(version_of(asset), by=by)]


def reasons(edit: object, outcome: Outcome) -> list[str]:
    return list(edit.items.filter(outcome=outcome).values_list("reason", flat=True))  # type: ignore[attr-defined]


@pytest.fixture
def legal(brand: Brand) -> Member:
    return member(brand, Role.LEGAL_REVIEWER)


@pytest.fixture
def cleared(brand: Brand) -> Asset:
    """A clip that was approved, by the way that reviews go."""
    case = Case(brand)
    case.approve_all()
    asset: Asset = case.version.asset
    asset.refresh_from_db()
    return asset


def test_one_consent_is_added_to_many_clips_and_taken_back(clips: list[Asset], librarian: Member) -> None:
    consents.add(version_of(clips[1]), Said("model", "Ada Example", "EU"), by=librarian)
    edit = done(clips, ADA, by=librarian)
    assert (edit.changed, edit.same, edit.left) == (2, 1, 0)
    assert Consent.objects.count() == 1  # so one withdrawal reaches all three
    assert said(clips[0], librarian) == [Said("model", "Ada Example", "EU")]
    event = Event.objects.filter(verb="asset.consent_added", asset_id=clips[0].pk).get()
    assert event.data["bulk_edit"] == str(edit.pk)
    undone(edit, by=librarian)
    assert [said(each, librarian) for each in clips] == [[], [Said("model", "Ada Example", "EU")], []]


def test_a_withdrawal_in_bulk_reaches_whoever_shares_it_and_is_taken_back(
    clips: list[Asset], librarian: Member
) -> None:
    done(clips[:2], ADA, by=librarian)
    edit = done(clips, Change(withdrawn=("model", "Ada Example", "She asked.")), by=librarian)
    assert (edit.changed, edit.same, edit.left) == (1, 2, 0)
    assert Consent.objects.get().withdrawn_reason == "She asked."
    for asset in clips[:2]:
        ended = RightsRecord.objects.filter(consents_until__lte=timezone.now())
        assert ended.filter(version__latest_of=asset.pk).exists()
    undone(edit, by=librarian)
    assert Consent.objects.get().withdrawn_at is None


def test_undo_lifts_no_later_withdrawal(clips: list[Asset], librarian: Member) -> None:
    done(clips[:1], ADA, by=librarian)
    edit = done(clips[:1], Change(withdrawn=("model", "Ada Example", "She asked.")), by=librarian)
    key, version = Consent.objects.get().pk, version_of(clips[0])
    consents.reinstate(version, key, by=librarian)
    consents.withdraw(version, key, reason="She asked.", by=librarian)
    undone(edit, by=librarian)
    assert (edit.undone, edit.kept) == (0, 1)
    assert Consent.objects.get().withdrawn_at is not None
    assert RightsRecord.objects.filter(version=version, consents_until__lte=timezone.now()).exists()


def test_undo_of_a_withdrawal_that_says_not_which_lifts_none(clips: list[Asset], librarian: Member) -> None:
    done(clips[:1], ADA, by=librarian)
    edit = done(clips[:1], Change(withdrawn=("model", "Ada Example", "She asked.")), by=librarian)
    item = edit.items.get()
    assert item.done
    item.done["consents"] = [each[:2] for each in item.done["consents"]]
    item.save()
    undone(edit, by=librarian)
    assert Consent.objects.get().withdrawn_at is not None


@pytest.mark.parametrize("since", ["withdrawn", "changed", "document"])
def test_undo_takes_no_consent_off_that_somebody_has_changed_since(
    clips: list[Asset], librarian: Member, since: str
) -> None:
    edit = done(clips[:2], ADA, by=librarian)
    one, version = Consent.objects.get(), version_of(clips[0])
    words = Said("model", "Ada Example", "World" if since == "changed" else "EU")
    signed = Document("ada.pdf", b"%PDF-1.7 signed") if since == "document" else None
    if since == "withdrawn":
        consents.withdraw(version, one.pk, reason="She asked.", by=librarian)
    else:
        consents.change(version, one.pk, words, seen=one.revision, document=signed, by=librarian)
    undone(edit, by=librarian)
    assert (edit.undone, edit.kept) == (0, 2)
    assert [said(each, librarian) for each in clips[:2]] == [[words], [words]]


def test_once_a_review_counts_on_a_clip_legal_reviewers_alone_add_consents(
    clips: list[Asset], librarian: Member, legal: Member
) -> None:
    Version.objects.filter(latest_of=clips[0].pk).update(approval=Approval.APPROVED)
    draft = edits.draft_of([each.pk for each in clips], by=librarian)
    edits.choose(draft, ADA, by=librarian)
    seen = previewing.of(draft, by=librarian)
    assert (seen.changed, seen.left) == (2, 1)
    assert {each.told for each in seen.first if each.changes} == {("Add consent: Ada Example",)}
    assert changes.read(draft.change) == ADA
    edit = done(clips, ADA, by=librarian)
    assert (edit.changed, edit.left) == (2, 1)
    assert "Only a legal reviewer" in reasons(edit, Outcome.LEFT)[0]
    assert done(clips, ADA, by=legal).changed == 1


def test_the_first_day_moves_with_the_ledger_and_back(
    cleared: Asset, legal: Member, clips: list[Asset]
) -> None:
    day = times.start_of_day(timezone.localdate() + timedelta(days=9), times.of_brand(legal.brand))
    change = Change(first_day=day.isoformat(), first_day_reason="The campaign slipped.")
    draft = edits.draft_of([cleared.pk, clips[0].pk], by=legal)
    edits.choose(draft, change, by=legal)
    seen = previewing.of(draft, by=legal)
    assert (seen.changed, seen.left) == (1, 1)
    before = LedgerEntry.objects.count()
    edit = done([cleared, clips[0]], change, by=legal)
    assert (edit.changed, edit.left) == (1, 1)
    assert reasons(edit, Outcome.LEFT) == ["The first day of use is part of an approval."]
    assert RightsRecord.objects.get(version=cleared.latest).embargo_until == day
    assert LedgerEntry.objects.count() == before + 1
    undone(edit, by=legal)
    assert RightsRecord.objects.get(version=cleared.latest).embargo_until is None
    assert LedgerEntry.objects.count() == before + 2


def test_nobody_moves_the_first_day_of_what_they_made_nor_without_deciding(
    cleared: Asset, librarian: Member, legal: Member
) -> None:
    change = Change(first_day="lift", first_day_reason="Now.")
    draft = edits.draft_of([cleared.pk], by=librarian)
    with pytest.raises(PermissionDenied):
        edits.choose(draft, change, by=librarian)
    later = timezone.now() + timedelta(days=3)
    RightsRecord.objects.filter(version=cleared.latest).update(embargo_until=later)
    Version.objects.filter(latest_of=cleared.pk).update(created_by=legal.user)
    edit = done([cleared], change, by=legal)
    assert "You made this version." in reasons(edit, Outcome.LEFT)[0]
    assert RightsRecord.objects.get(version=cleared.latest).embargo_until == later


def test_all_terms_go_out_to_a_file_and_come_back(
    clips: list[Asset], librarian: Member, legal: Member, cleared: Asset
) -> None:
    until = timezone.now() + timedelta(days=30, microseconds=1)
    first = consents.add(
        version_of(clips[0]), Said("model", "Ada | Example", "EU, no\\TV", until), by=librarian
    )
    consents.add(version_of(clips[0]), Said("voice", "Bob", ""), by=librarian)
    consents.withdraw(version_of(clips[0]), first.pk, reason="She asked.", by=librarian)
    day = timezone.now() + timedelta(days=3, seconds=7)
    RightsRecord.objects.filter(version=cleared.latest).update(embargo_until=day)
    rows = exported(legal)
    same = importing.draft(file_of(rows), "clips.csv", by=legal)
    assert (same.total, report(same)["same"], report(same)["refused"]) == (0, 4, 0)
    assert not {"consents", "first_day", "first_day_reason"} & set(report(same)["ignored"])


def test_a_file_changes_consents_and_undo_brings_them_back(clips: list[Asset], librarian: Member) -> None:
    ada = consents.add(version_of(clips[0]), Said("model", "Ada", "EU"), by=librarian)
    consents.add(version_of(clips[0]), Said("voice", "Bob"), by=librarian)
    rows = exported(librarian)
    mine = next(row for row in rows if row["title"] == "A")
    mine["consents"] = f"#{ada.pk} | model | Ada | World | 2031-05-03\nmusic | Song"
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    (seen,) = previewing.of_file(draft, by=librarian)
    assert seen.told == ("Add consent: Song", "Change consent: Ada", "Remove consent: Bob")
    edits.start(draft, by=librarian)
    assert run(draft).changed == 1
    assert {each.name for each in said(clips[0], librarian)} == {"Ada", "Song"}
    zone = times.of_brand(librarian.brand)
    assert Consent.objects.get(pk=ada.pk).until == times.end_of_day(date(2031, 5, 3), zone)
    undone(draft, by=librarian)
    assert sorted(each.name for each in said(clips[0], librarian)) == ["Ada", "Bob"]
    assert Consent.objects.filter(pk=ada.pk, covers="EU", until=None).exists()


def test_undo_brings_back_a_removed_consent_withdrawn_as_it_was_and_shared(
    clips: list[Asset], librarian: Member
) -> None:
    done(clips[:2], ADA, by=librarian)
    ada = Consent.objects.get()
    bob = consents.add(version_of(clips[0]), Said("voice", "Bob"), by=librarian)
    for each in (ada, bob):
        consents.withdraw(version_of(clips[0]), each.pk, reason="They asked.", by=librarian)
    rows = [row for row in exported(librarian) if row["title"] == "A"]
    rows[0]["consents"] = ""
    draft = importing.draft(file_of(rows, "id", "consents"), "clips.csv", by=librarian)
    edits.start(draft, by=librarian)
    assert run(draft).changed == 1
    assert said(clips[0], librarian) == []
    assert RightsRecord.objects.get(version__latest_of=clips[0].pk).consents_until is None
    edit = undone(draft, by=librarian)
    assert (edit.undone, edit.partly, edit.kept) == (1, 0, 0)
    back = {each.name: each for each in consents.of(version_of(clips[0]), by=librarian)}
    assert back["Ada Example"].pk == ada.pk  # so what happens to it goes on reaching this clip
    assert [each.withdrawn_reason for each in back.values()] == ["They asked.", "They asked."]
    ended = RightsRecord.objects.filter(consents_until__lte=timezone.now())
    assert ended.filter(version__latest_of=clips[0].pk).exists()


def test_a_row_is_done_whole_or_not_at_all(clips: list[Asset], librarian: Member) -> None:
    done(clips[:2], ADA, by=librarian)
    ada = Consent.objects.get()
    rows = [row for row in exported(librarian) if row["title"] == "A"]
    rows[0]["consents"] = f"#{ada.pk} | model | Ada Example | World\nmusic | Song"
    draft = importing.draft(file_of(rows, "id", "consents"), "clips.csv", by=librarian)
    Version.objects.filter(latest_of=clips[1].pk).update(approval=Approval.APPROVED)
    edits.start(draft, by=librarian)
    assert (run(draft).changed, draft.left) == (0, 1)
    assert "A review counts on this" in reasons(draft, Outcome.LEFT)[0]
    assert said(clips[0], librarian) == [Said("model", "Ada Example", "EU")]
    verbs = Event.objects.filter(asset_id=clips[0].pk).values_list("verb", flat=True)
    assert list(verbs).count("asset.consent_added") == 1


def test_rows_of_clips_that_share_a_consent_change_it_together(clips: list[Asset], librarian: Member) -> None:
    done(clips, ADA, by=librarian)
    ada = Consent.objects.get()
    rows = {row["title"]: row for row in exported(librarian)}
    rows["A"]["consents"] = rows["B"]["consents"] = f"#{ada.pk} | model | Ada Example | World"
    rows["B"]["consents"] += "\nmusic | Song"
    rows["C"]["consents"] += "\nmusic | Other"
    draft = importing.draft(file_of(list(rows.values()), "id", "consents"), "clips.csv", by=librarian)
    edits.start(draft, by=librarian)
    assert (run(draft).changed, draft.left) == (3, 0)
    world = Said("model", "Ada Example", "World")
    assert [said(each, librarian) for each in clips] == [
        [world],
        [world, Said("music", "Song")],
        [world, Said("music", "Other")],
    ]
    undone(draft, by=librarian)
    assert {*map(tuple, (said(each, librarian) for each in clips))} == {(Said("model", "Ada Example", "EU"),)}


def test_who_sees_no_drafts_gets_no_columns_of_terms(brand: Brand, librarian: Member, legal: Member) -> None:
    out = ApprovedVersionFactory.create(asset__brand=brand)
    consents.add(version_of(out.asset), Said("model", "Ada", "EU"), by=legal)
    (row,) = exported(member(brand, Role.VIEWER))
    assert not {"consents", "first_day", "first_day_reason"} & set(row)
    assert (row["file_name"], row["state"]) == (out.filename, "approved")
    draft = importing.draft(file_of([row]), "clips.csv", by=librarian)
    assert (report(draft)["same"], report(draft)["refused"]) == (1, 0)


def test_cells_of_terms_that_cant_be_are_told_by_their_column(
    clips: list[Asset], librarian: Member, legal: Member, cleared: Asset
) -> None:
    rows = exported(librarian)
    for row in rows:
        row["consents"] = {"A": "face | Ada", "B": "model | Eve | | soon"}.get(row["title"], "")
        row["first_day"] = "2099-01-01" if row["id"] == str(cleared.pk) else ""
    told = {
        each[1]: each[2] for each in report(importing.draft(file_of(rows), "c.csv", by=librarian))["told"]
    }
    assert set(told) == {"consents", "first_day"}
    assert "doesn't allow you to decide legal reviews" in told["first_day"]
    rows = [row for row in rows if row["id"] == str(cleared.pk)]
    missing = importing.draft(file_of(rows), "c.csv", by=legal)
    assert [each[1] for each in report(missing)["told"]] == ["first_day_reason"]
    rows[0]["first_day_reason"] = "The campaign slipped."
    draft = importing.draft(file_of(rows, "id", "first_day", "first_day_reason"), "c.csv", by=legal)
    edits.start(draft, by=legal)
    assert run(draft).changed == 1
    assert LedgerEntry.objects.filter(record__contains="The campaign slipped.").count() == 1
    assert Review.objects.count() == 1


def test_a_legal_reviewer_brings_rights_in_by_file_and_no_titles(clips: list[Asset], legal: Member) -> None:
    rows = exported(legal)
    for row in rows:
        row["licence"] = "Stock 12"
    rows[0]["title"] = "Theirs"
    draft = importing.draft(file_of(rows), "clips.csv", by=legal)
    assert [each[1] for each in report(draft)["told"]] == ["title"]
    edits.start(draft, by=legal)
    assert run(draft).changed == 2
    client = Client()
    client.force_login(legal.user)
    assert client.get("/b/northwind/bulk/import/").status_code == 200


def test_what_others_change_after_the_check_is_kept(clips: list[Asset], librarian: Member) -> None:
    rows = exported(librarian)
    rows[0]["consents"] = "model | Ada"
    asset = Asset.objects.get(pk=rows[0]["id"])
    draft = importing.draft(file_of(rows, "id", "consents"), "clips.csv", by=librarian)
    consents.add(version_of(asset), Said("model", "Eve"), by=librarian)
    edits.start(draft, by=librarian)
    assert (run(draft).changed, draft.left) == (0, 1)
    assert "since the file was checked" in reasons(draft, Outcome.LEFT)[0]
    assert [each.name for each in said(asset, librarian)] == ["Eve"]


def test_personal_data_that_is_removed_leaves_bulk_edits_too(
    clips: list[Asset], librarian: Member, legal: Member
) -> None:
    edit = done(clips[:1], ADA, by=librarian)
    key = Consent.objects.get().pk
    consents.forget(version_of(clips[0]), key, by=legal)
    edit.refresh_from_db()
    assert "Ada" not in str(edit.change) + str(list(edit.items.values("wanted", "done")))


def test_personal_data_leaves_edits_of_clips_that_a_file_rid_of_the_consent(
    clips: list[Asset], librarian: Member, legal: Member
) -> None:
    done(clips[:2], ADA, by=librarian)
    key = Consent.objects.get().pk
    consents.add(version_of(clips[2]), Said("model", "Ada Example"), by=librarian)  # by name alone
    consents.add(version_of(clips[2]), Said("voice", "Bob"), by=librarian)
    rows = {row["title"]: row for row in exported(librarian)}
    rows["A"]["consents"], rows["C"]["consents"] = "model |  Ada   Example | World", ""
    draft = importing.draft(file_of(list(rows.values()), "id", "consents"), "clips.csv", by=librarian)
    edits.start(draft, by=librarian)
    assert run(draft).changed == 2
    other = importing.draft(file_of(rows_of_bob(clips[1])), "clips.csv", by=librarian)
    untouched = done(clips[:1], Change(consent=("voice", "Adam Example", "", "")), by=librarian)
    consents.forget(version_of(clips[1]), key, by=legal)
    assert "Ada" not in str(list(draft.items.values("wanted", "done")))
    assert "Ada" not in str(list(other.items.values("wanted", "done")))
    assert untouched.items.get().done
    undone(draft, by=librarian)
    assert said(clips[2], librarian) == []


def rows_of_bob(asset: Asset) -> list[dict[str, str]]:
    return [{"id": str(asset.pk), "consents": "voice | Bob"}]


def test_the_form_says_what_is_missing_beside_its_input(
    clips: list[Asset], brand: Brand, legal: Member
) -> None:
    client = Client()
    client.force_login(legal.user)
    edit = edits.draft_of([clips[0].pk], by=legal)
    address = f"/b/northwind/bulk/{edit.pk}/"
    assert client.post(address, {"consent-do": "add", "consent-kind": "model"}).status_code == 422
    assert client.post(address, {"first-day-do": "set", "first-day": "2031-01-01"}).status_code == 422
    given = {
        "consent-do": "add",
        "consent-kind": "model",
        "consent-name": "Ada",
        "consent-until": "2031-05-03",
    }
    client.post(address, given | {"first-day-do": "lift", "first-day-reason": "Now."})
    edit.refresh_from_db()
    change = changes.read(edit.change)
    assert change.consent[:3] == ("model", "Ada", "")
    assert (change.first_day, change.first_day_reason) == ("lift", "Now.")
    page = client.get(address).content.decode()
    assert "Add consent: Ada" in page
    editor = Client()
    editor.force_login(member(brand, Role.CREATOR).user)
    other = edits.draft_of([clips[0].pk], by=member(brand, Role.CREATOR))
    assert other.total == 1
