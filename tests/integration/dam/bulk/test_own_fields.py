"""A brand's own fields in bulk edits: set, cleared, options put in and taken out, all of it taken back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.bulk import changes, previewing, slices
from dam.bulk.changes import Change, Filling
from dam.bulk.models import BulkEdit, EditState, Outcome
from dam.catalog.models import Asset
from dam.custom_fields import fields, planning, values
from dam.custom_fields.definitions import EMPTY, Kind
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import OptionWish, Wish
from dam.custom_fields.values import How
from dam.search import search
from dam.search.query import Filters
from tests.factories import VersionFactory, member
from tests.integration.dam.bulk.work import done, started, undone

SEASONS = (OptionWish("Summer"), OptionWish("Winter"))


@pytest.fixture
def librarian(librarian: Member) -> Member:
    """The brand has fields."""
    fields.make(Wish("Campaign"), kind=Kind.TEXT, by=librarian)
    fields.make(Wish("Season", options=SEASONS), kind=Kind.CHOICE, by=librarian)
    sports = (OptionWish("Surfing", only_with=frozenset({"summer"})), OptionWish("Running"))
    fields.make(Wish("Sport", options=sports, depends_on="season"), kind=Kind.CHOICE, by=librarian)
    lines = tuple(map(OptionWish, ("Juice", "Soda", "Water")))
    fields.make(Wish("Lines", options=lines), kind=Kind.MULTI_CHOICE, by=librarian)
    fields.make(Wish("Budget"), kind=Kind.NUMBER, by=librarian)
    return librarian


def has(asset: Asset, key: str) -> tuple[str, ...]:
    return values.of_one(Asset.objects.get(pk=asset.pk)).get(key, EMPTY)


def setting(key: str, *value: str, how: How = How.REPLACE) -> Change:
    return Change(fields=(Filling(key, value, how),))


def reasons(edit: BulkEdit, outcome: Outcome) -> list[str]:
    return list(edit.items.filter(outcome=outcome).values_list("reason", flat=True))


def row(key: str) -> CustomField:
    return CustomField.objects.get(key=key)


def test_a_field_is_set_on_each_clip_with_its_event_and_is_found(
    clips: list[Asset], librarian: Member
) -> None:
    values.set_values(clips[0], {"campaign": "Frost"}, by=librarian)
    values.set_values(clips[1], {"campaign": "Sunburst"}, by=librarian)
    edit = done(clips, setting("campaign", "Sunburst"), by=librarian)
    assert (edit.state, edit.changed, edit.same, edit.left) == (EditState.DONE, 2, 1, 0)
    assert [has(clip, "campaign") for clip in clips] == [("Sunburst",)] * 3
    event = Event.objects.filter(verb="asset.edited", asset_id=clips[0].pk).latest("sequence")
    assert event.data["bulk_edit"] == str(edit.pk)
    assert event.data["fields"]["campaign"]["before"] == ["Frost"]
    assert {hit.asset.title for hit in search.find(librarian, words="sunburst").hits} == {"A", "C"}


def test_words_and_fields_change_together_and_go_back_together(clips: list[Asset], librarian: Member) -> None:
    change = Change(
        title="{title}!", fields=(Filling("campaign", ("Sunburst",)), Filling("budget", ("1.234",)))
    )
    edit = done(clips[:1], change, by=librarian)
    assert has(clips[0], "budget") == ("1.234",)  # as it is written, not as somebody may type it
    assert Asset.objects.get(pk=clips[0].pk).title == "A!"
    undone(edit, by=librarian)
    assert (has(clips[0], "campaign"), has(clips[0], "budget")) == (EMPTY, EMPTY)
    assert Asset.objects.get(pk=clips[0].pk).title == "A"
    assert search.find(librarian, words="sunburst").total == 0


def test_undo_gives_each_clip_what_it_had(clips: list[Asset], librarian: Member) -> None:
    values.set_values(clips[0], {"campaign": "Frost"}, by=librarian)
    edit = done(clips, setting("campaign"), by=librarian)
    assert (edit.changed, edit.same) == (1, 2)
    assert has(clips[0], "campaign") == EMPTY
    edit = undone(edit, by=librarian)
    assert (edit.state, edit.undone, edit.kept) == (EditState.UNDONE, 1, 0)
    assert has(clips[0], "campaign") == ("Frost",)


def test_undo_keeps_what_somebody_has_changed_since(clips: list[Asset], librarian: Member) -> None:
    edit = done(clips[:2], setting("campaign", "Sunburst"), by=librarian)
    values.set_values(clips[0], {"campaign": "Mine"}, by=librarian)
    edit = undone(edit, by=librarian)
    assert (edit.undone, edit.kept) == (1, 1)
    assert has(clips[0], "campaign") == ("Mine",)
    assert reasons(edit, Outcome.KEPT) == ["Changed since, and kept: Campaign."]


def test_options_go_in_and_out_and_each_counts_for_itself(clips: list[Asset], librarian: Member) -> None:
    values.set_values(clips[0], {"lines": ["juice"]}, by=librarian)
    put_in = done(clips[:2], setting("lines", "soda", how=How.ADD), by=librarian)
    assert [has(clip, "lines") for clip in clips[:2]] == [("juice", "soda"), ("soda",)]
    values.set_many(clips[:1], {"lines": ["water"]}, by=librarian, how=How.ADD)
    undone(put_in, by=librarian)
    assert [has(clip, "lines") for clip in clips[:2]] == [("juice", "water"), EMPTY]
    taken_out = done(clips, setting("lines", "juice", "soda", how=How.REMOVE), by=librarian)
    assert (taken_out.changed, taken_out.same) == (1, 2)
    assert has(clips[0], "lines") == ("water",)


def test_a_clip_that_cant_take_the_value_is_left_with_its_reason_and_the_others_go_on(
    clips: list[Asset], librarian: Member
) -> None:
    values.set_values(clips[0], {"season": "winter"}, by=librarian)
    values.set_values(clips[1], {"season": "summer"}, by=librarian)
    edit = done(clips[:2], setting("sport", "surfing"), by=librarian)
    assert (edit.state, edit.changed, edit.left) == (EditState.DONE, 1, 1)
    assert [has(clip, "sport") for clip in clips[:2]] == [EMPTY, ("surfing",)]
    assert reasons(edit, Outcome.LEFT) == [
        "“Surfing” can be chosen in “Sport” only where “Season” is Summer."
    ]
    both = Change(fields=(Filling("sport", ("surfing",)), Filling("season", ("summer",))))
    assert done(clips, both, by=librarian).changed == 2


def test_undo_doesnt_bring_back_what_no_longer_fits(clips: list[Asset], librarian: Member) -> None:
    values.set_values(clips[0], {"season": "summer", "sport": "surfing"}, by=librarian)
    edit = done(clips[:1], setting("sport"), by=librarian)
    values.set_values(clips[0], {"season": "winter"}, by=librarian)
    edit = undone(edit, by=librarian)
    assert (edit.undone, edit.kept) == (0, 1)
    assert has(clips[0], "sport") == EMPTY


def test_what_was_retired_before_its_turn_came_is_set_on_no_clip(
    clips: list[Asset], librarian: Member
) -> None:
    option = started(clips, setting("season", "winter"), by=librarian)
    field = started(clips, setting("campaign", "Sunburst"), by=librarian)
    fields.edit(row("season"), Wish("Season", options=(OptionWish("Summer", key="summer"),)), by=librarian)
    fields.retire(row("campaign"), by=librarian)
    for edit in (option, field):
        while slices.work(edit.pk):
            pass
        edit.refresh_from_db()
        assert (edit.state, edit.changed, edit.left) == (EditState.DONE, 0, 3)
    assert set(reasons(option, Outcome.LEFT)) == {"“winter” isn't an option of “Season”."}
    assert set(reasons(field, Outcome.LEFT)) == {"There is no field “campaign” in this brand."}


def test_everything_that_matches_is_set(brand: Brand, clips: list[Asset], librarian: Member) -> None:
    for clip in clips[:2]:
        values.set_values(clip, {"campaign": "Frost"}, by=librarian)
    edit = done(Filters({"campaign": ["Frost"]}), setting("campaign", "Sunburst"), by=librarian)
    assert edit.changed == 2
    assert [has(clip, "campaign") for clip in clips] == [("Sunburst",), ("Sunburst",), EMPTY]


def test_whoever_may_not_edit_any_more_sets_nothing(clips: list[Asset], librarian: Member) -> None:
    edit = started(clips, setting("campaign", "Sunburst"), by=librarian)
    librarian.user.memberships.update(role=Role.VIEWER)
    while slices.work(edit.pk):
        pass
    edit.refresh_from_db()
    assert edit.state == EditState.FAILED
    assert has(clips[0], "campaign") == EMPTY


@pytest.mark.usefixtures("words_always_counted")
def test_a_slice_of_many_clips_takes_as_many_queries_as_one_of_few(brand: Brand, librarian: Member) -> None:
    def asked(count: int) -> int:
        chosen = [VersionFactory.create(asset__brand=brand).asset for _ in range(count)]
        edit = started(chosen, setting("campaign", "Sunburst"), by=librarian)
        slices.work(edit.pk)
        with CaptureQueriesContext(connection) as queries:
            slices.work(edit.pk)
        edit.refresh_from_db()
        assert edit.changed == count
        return len(queries)

    asked(1)  # what a process asks once
    assert asked(2) == asked(12)


def test_the_preview_says_what_each_clip_would_get_and_which_cant(
    clips: list[Asset], librarian: Member
) -> None:
    values.set_values(clips[0], {"season": "winter"}, by=librarian)
    values.set_values(clips[1], {"season": "summer", "sport": "running"}, by=librarian)
    edit = BulkEdit.objects.create(
        brand=librarian.brand, requested_by=librarian.user, change=setting("sport", "surfing").kept()
    )
    for clip in clips[:2]:
        edit.items.create(asset=clip)
    seen = previewing.of(edit, by=librarian)
    assert (seen.changed, seen.same, seen.left) == (1, 0, 1)
    assert [each.told for each in seen.first if each.changes] == [("Sport: Running → Surfing",)]
    assert has(clips[1], "sport") == ("running",)


def test_an_edit_is_read_as_it_was_kept() -> None:
    change = Change(fields=(Filling("lines", ("juice",), How.ADD), Filling("campaign")))
    assert changes.read(change.kept()) == change
    assert not change.is_empty


def test_a_person_is_set_and_taken_back(clips: list[Asset], librarian: Member) -> None:
    fields.make(planning.Wish("Producer"), kind=Kind.PERSON, by=librarian)
    ada = member(librarian.brand, Role.CREATOR, name="Ada")
    edit = done(clips[:1], setting("producer", str(ada.user.pk)), by=librarian)
    assert has(clips[0], "producer") == (str(ada.user.pk),)
    undone(edit, by=librarian)
    assert has(clips[0], "producer") == EMPTY
