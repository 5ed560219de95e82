"""Bulk edits from the question to the undoing: what is changed, what is left, and who may."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DataError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.bulk import changes, edits, slices
from dam.bulk.changes import Change, Describe
from dam.bulk.edits import BulkRefused
from dam.bulk.models import BulkEdit, BulkItem, EditState, Outcome
from dam.catalog import assets, holds, tags
from dam.catalog.models import Asset
from dam.collections import collections, items
from dam.search import fulltext, search
from dam.search.query import Filters
from tests.factories import BrandFactory, VersionFactory, member, token_of
from tests.integration.dam.bulk.work import done, run, started, undone


def tagged(asset: Asset) -> list[str]:
    return list(asset.tags.values_list("name", flat=True))


def test_chosen_clips_change_each_with_its_event_and_are_found(clips: list[Asset], librarian: Member) -> None:
    tags.assign(clips[0], ["lime"])
    edit = done(clips[:2], Change(add_tags=("lime",), title="{title} 2027"), by=librarian)
    assert (edit.state, edit.total, edit.changed) == (EditState.DONE, 2, 2)
    assert sorted(Asset.objects.values_list("title", flat=True)) == ["A 2027", "B 2027", "C"]
    assert [tagged(clip) for clip in clips] == [["lime"], ["lime"], []]
    events = Event.objects.filter(verb="asset.edited")
    assert {event.data["bulk_edit"] for event in events} == {str(edit.pk)}
    assert events.get(asset_id=clips[0].pk).data["title"] == ["A", "A 2027"]
    assert search.find(librarian, words="2027 lime").total == 2


def test_clips_that_are_like_that_already_are_counted_apart(clips: list[Asset], librarian: Member) -> None:
    tags.assign(clips[0], ["lime"])
    edit = done(clips, Change(add_tags=("lime",)), by=librarian)
    assert (edit.changed, edit.same, edit.left) == (2, 1, 0)


def test_a_filter_that_the_change_empties_is_gone_through_to_the_end(
    brand: Brand, librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SLICE", 2)
    for _ in range(5):
        tags.assign(VersionFactory.create(asset__brand=brand).asset, ["old"])
    VersionFactory.create(asset__brand=brand)
    edit = done(Filters(tag=["old"]), Change(remove_tags=("old",)), by=librarian)
    assert (edit.total, edit.changed) == (5, 5)
    assert not Asset.tags.through.objects.exists()


def test_what_comes_after_the_start_is_left(brand: Brand, clips: list[Asset], librarian: Member) -> None:
    edit = started(Filters(), Change(add_tags=("x",)), by=librarian)
    late = VersionFactory.create(asset__brand=brand, asset__created_at=timezone.now()).asset
    assert run(edit).total == 3
    assert tagged(late) == []


def test_a_search_by_words_means_the_clips_that_its_page_counts(
    clips: list[Asset], librarian: Member
) -> None:
    assets.edit(clips[0], by=librarian, title="Bottle at dawn")
    fulltext.refresh(clips[0])
    edit = edits.draft_of_search("bottle", Filters(), None, by=librarian)
    assert list(edit.items.values_list("asset", flat=True)) == [clips[0].pk]


def test_clips_of_others_are_not_touched(clips: list[Asset], librarian: Member) -> None:
    stranger = VersionFactory.create().asset
    edit = done([clips[0], stranger], Change(add_tags=("x",)), by=librarian)
    assert edit.total == 1
    assert tagged(stranger) == []
    with pytest.raises(BulkRefused):
        edits.draft_of([stranger.pk], by=librarian)


def test_it_is_taken_back_but_for_what_was_changed_since(clips: list[Asset], librarian: Member) -> None:
    tags.assign(clips[0], ["old"])
    edit = done(clips, Change(title="{title}!", add_tags=("x",), remove_tags=("old",)), by=librarian)
    assets.edit(clips[1], by=librarian, title="Mine", tag_names=["x", "mine"])
    undone(edit, by=librarian)
    assert (edit.state, edit.undone, edit.partly, edit.kept) == (EditState.UNDONE, 2, 1, 0)
    assert sorted(Asset.objects.values_list("title", flat=True)) == ["A", "C", "Mine"]
    assert [tagged(clip) for clip in clips] == [["old"], ["mine"], []]
    assert "title" in edit.items.get(outcome=Outcome.PARTLY).reason


def test_what_somebody_has_changed_as_a_whole_since_is_not_undone(
    clips: list[Asset], librarian: Member
) -> None:
    edit = done(clips, Change(title="{title}!"), by=librarian)
    assets.edit(clips[1], by=librarian, title="Mine")
    undone(edit, by=librarian)
    assert (edit.undone, edit.partly, edit.kept, edit.seen) == (2, 0, 1, 3)


def test_a_change_that_is_chosen_while_another_starts_starts_nothing(
    clips: list[Asset], librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[UUID] = []
    monkeypatch.setattr(edits, "send", sent.append)
    edit = edits.draft_of([clips[0].pk], by=librarian)
    edits.choose(edit, Change(add_tags=("one",)), by=librarian)
    edits.choose(BulkEdit.objects.get(), Change(add_tags=("two",)), by=librarian)  # after it was read
    with pytest.raises(BulkRefused):
        edits.start(edit, by=librarian, seen=changes.digest(edit.change))
    assert not sent
    edit.refresh_from_db()
    edits.start(edit, by=librarian, seen=changes.digest(edit.change))
    edits.start(edit, by=librarian)
    assert sent == [edit.pk]


def test_an_undo_that_failed_counts_on_when_it_is_asked_for_again(
    clips: list[Asset], librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = done(clips, Change(title="{title}!"), by=librarian)
    monkeypatch.setattr(slices, "SLICE", 2)
    edits.undo(edit, by=librarian)
    slices.work(edit.pk)
    with monkeypatch.context() as broken:
        broken.setattr(fulltext, "refresh_many", _raising(ValueError("a bug")))
        run(edit)
    assert (edit.state, edit.undone) == (EditState.FAILED, 2)
    undone(edit, by=librarian)
    assert (edit.state, edit.undone, edit.kept, edit.seen) == (EditState.UNDONE, 3, 0, 3)


def test_a_clip_that_fails_leaves_the_others_alone(clips: list[Asset], librarian: Member) -> None:
    Asset.objects.filter(pk=clips[0].pk).update(title="A" * 200)
    edit = done(clips, Change(title="{title}!"), by=librarian)
    assert (edit.changed, edit.left) == (2, 1)
    assert "200" in edit.items.get(outcome=Outcome.LEFT).reason


def test_a_text_at_the_end_makes_no_description_too_long_and_undo_brings_back_an_older_one(
    clips: list[Asset], librarian: Member
) -> None:
    older = "x" * (assets.LONGEST_DESCRIPTION + 1)
    Asset.objects.filter(pk=clips[0].pk).update(description=older)
    edit = done(clips, Change(describe=Describe.APPEND, description="End."), by=librarian)
    assert (edit.changed, edit.left) == (2, 1)
    assert "5,000" in edit.items.get(outcome=Outcome.LEFT).reason
    edit = done(clips, Change(describe=Describe.REPLACE, description="Short."), by=librarian)
    undone(edit, by=librarian)
    assert (edit.undone, Asset.objects.get(pk=clips[0].pk).description) == (3, older)


def test_whoever_may_no_longer_do_it_does_no_more(
    clips: list[Asset], librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SLICE", 1)
    edit = started(clips, Change(add_tags=("x",)), by=librarian)
    slices.work(edit.pk)  # begins
    slices.work(edit.pk)
    Membership.objects.filter(user=librarian.user).update(role=Role.VIEWER.value)
    run(edit)
    assert (edit.state, edit.changed) == (EditState.FAILED, 1)
    assert "edit clips" in edit.problem
    assert sum(tagged(clip) == ["x"] for clip in clips) == 1


def test_what_is_cancelled_stops_and_can_be_undone(
    clips: list[Asset], librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SLICE", 1)
    edit = started(clips, Change(add_tags=("x",)), by=librarian)
    slices.work(edit.pk)
    slices.work(edit.pk)
    edits.cancel(edit, by=librarian)
    assert not slices.work(edit.pk)
    edit.refresh_from_db()
    assert (edit.state, edit.changed) == (EditState.CANCELLED, 1)
    assert undone(edit, by=librarian).undone == 1
    assert not Asset.tags.through.objects.exists()


def test_a_slice_that_breaks_off_counts_nothing_and_is_done_again(
    clips: list[Asset], librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = started(clips, Change(add_tags=("x",)), by=librarian)
    slices.work(edit.pk)
    with monkeypatch.context() as broken:
        broken.setattr(fulltext, "refresh_many", _raising(ValueError("a bug")))
        assert slices.work(edit.pk)
    edit.refresh_from_db()
    assert (edit.changed, edit.attempts, tagged(clips[0])) == (0, 1, [])
    assert not Event.objects.filter(verb="asset.edited").exists()
    assert (run(edit).changed, edit.attempts) == (3, 0)


def _raising(problem: Exception) -> Callable[[object], None]:
    def fail(_assets: object) -> None:
        raise problem

    return fail


@pytest.mark.parametrize("problem", [ValueError("a bug"), DataError("value too long")])
def test_after_some_attempts_it_ends_with_a_sentence(
    clips: list[Asset], librarian: Member, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    edit = started(clips, Change(add_tags=("x",)), by=librarian)
    monkeypatch.setattr(fulltext, "refresh_many", _raising(problem))
    run(edit)
    assert edit.state == EditState.FAILED
    assert "reference" in edit.problem


def test_a_database_that_is_away_is_waited_for(
    clips: list[Asset], librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = started(clips, Change(add_tags=("x",)), by=librarian)
    slices.work(edit.pk)
    with monkeypatch.context() as broken:
        broken.setattr(fulltext, "refresh_many", _raising(OperationalError("restarting")))
        for _ in range(slices.MOST_ATTEMPTS + 1):
            with pytest.raises(OperationalError):
                slices.work(edit.pk)
    assert (run(edit).state, edit.changed) == (EditState.DONE, 3)


def test_clips_go_into_a_collection_and_out_again(clips: list[Asset], librarian: Member) -> None:
    row = collections.create("Launch", by=librarian)
    items.add(row, [clips[0].pk], by=librarian)
    edit = done(clips, Change(collection=row.pk), by=librarian)
    assert (edit.changed, edit.same, items.count(row, librarian)) == (2, 1, 3)
    undone(edit, by=librarian)
    assert list(items.of(row).values_list("asset", flat=True)) == [clips[0].pk]


def test_a_legal_hold_for_many_stays_when_the_rest_is_undone(brand: Brand, clips: list[Asset]) -> None:
    admin = member(brand, Role.ADMIN)
    edit = done(clips, Change(hold="Case 7", add_tags=("x",)), by=admin)
    assert holds.standing(brand) == 3
    undone(edit, by=admin)
    assert (holds.standing(brand), edit.partly) == (3, 3)
    assert not Asset.tags.through.objects.exists()


def test_a_second_click_starts_and_undoes_nothing_twice(clips: list[Asset], librarian: Member) -> None:
    edit = done(clips, Change(title="{title}!"), by=librarian)
    edits.start(edit, by=librarian)
    assert run(edit).state == EditState.DONE
    undone(edit, by=librarian)
    edits.undo(edit, by=librarian)
    assert run(edit).state == EditState.UNDONE


def test_nothing_is_started_without_a_change(clips: list[Asset], librarian: Member) -> None:
    edit = edits.draft_of([clips[0].pk], by=librarian)
    with pytest.raises(BulkRefused):
        edits.start(edit, by=librarian)


@pytest.mark.parametrize(
    ("role", "change"),
    [
        (Role.BRAND_REVIEWER, Change(add_tags=("x",))),
        (Role.LIBRARIAN, Change(hold="Case 7")),
        (Role.LEGAL_REVIEWER, Change(trash=True)),
    ],
)
def test_a_change_needs_its_capability(brand: Brand, clips: list[Asset], role: Role, change: Change) -> None:
    by = member(brand, role)
    with pytest.raises(PermissionDenied):
        started(clips, change, by=by)


def test_viewers_and_programs_edit_nothing_in_bulk(brand: Brand, clips: list[Asset]) -> None:
    program = token_of(member(brand, Role.LIBRARIAN), [Capability.VIEW, Capability.EDIT])
    for principal in (member(brand, Role.VIEWER), program):
        with pytest.raises(PermissionDenied):
            edits.draft_of([clips[0].pk], by=principal)


def test_each_sees_their_own_and_whoever_runs_the_brand_all_that_was_started(
    brand: Brand, clips: list[Asset], librarian: Member
) -> None:
    edit = started(clips, Change(add_tags=("x",)), by=librarian)
    edits.draft_of([clips[0].pk], by=librarian)
    assert not edits.own(member(brand, Role.LIBRARIAN)).exists()
    assert list(edits.own(member(brand, Role.ADMIN))) == [edit]
    assert edits.own(librarian).count() == 2
    assert not edits.own(member(BrandFactory.create(), Role.ADMIN)).exists()


def test_the_work_goes_on_after_its_message_was_lost(
    clips: list[Asset],
    librarian: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[UUID] = []
    monkeypatch.setattr(edits, "send", sent.append)
    edit = started(clips, Change(add_tags=("x",)), by=librarian)
    edits.recover(at=timezone.now())
    assert sent == [edit.pk]  # as it was started
    edits.recover(at=timezone.now() + edits.STUCK + timedelta(seconds=1))
    assert sent == [edit.pk] * 2
    run(edit)
    edits.recover(at=timezone.now() + timedelta(days=1))
    assert sent == [edit.pk] * 2


def test_drafts_and_old_ones_are_forgotten(clips: list[Asset], librarian: Member) -> None:
    draft = edits.draft_of([clips[0].pk], by=librarian)
    edit = done(clips, Change(add_tags=("x",)), by=librarian)
    edits.forget(at=timezone.now() + timedelta(days=2))
    assert list(BulkEdit.objects.all()) == [edit]
    assert draft.pk not in set(BulkItem.objects.values_list("edit", flat=True))
    edits.forget(at=timezone.now() + edits.KEPT + timedelta(days=1))
    assert not BulkItem.objects.exists()


@pytest.mark.usefixtures("words_always_counted")
def test_a_slice_takes_as_many_queries_however_many_clips_it_has(brand: Brand, librarian: Member) -> None:
    def queries(count: int) -> int:
        chosen = [VersionFactory.create(asset__brand=brand).asset for _ in range(count)]
        edit = started(chosen, Change(add_tags=("x",), remove_tags=("y",), title="{title}!"), by=librarian)
        slices.work(edit.pk)
        with CaptureQueriesContext(connection) as asked:
            slices.work(edit.pk)
        return len(asked)

    queries(1)  # makes the tag
    assert queries(2) == queries(12)
