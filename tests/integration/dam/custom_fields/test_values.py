"""What clips have in the fields of their brand."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset
from dam.custom_fields import fields, schema, values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField, FieldValue
from dam.custom_fields.planning import OptionWish, Wish
from dam.custom_fields.reading import ValueRefused
from dam.custom_fields.values import ChangedMeanwhile, How, NothingToUndo, UnknownField
from dam.web import audit_changes
from provenance.review import reviews
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db
TYPED: dict[Kind, tuple[Any, tuple[str, ...]]] = {
    Kind.TEXT: ("A note", ("A note",)),
    Kind.NUMBER: ("12,5", ("12.5",)),
    Kind.DATE: ("2027-05-03", ("2027-05-03",)),
    Kind.CHOICE: ("Summer", ("summer",)),
    Kind.MULTI_CHOICE: (["winter", "Summer"], ("summer", "winter")),
    Kind.LINK: ("https://example.com/", ("https://example.com/",)),
    Kind.YES_NO: ("no", ("no",)),
}
SEASONS = (OptionWish("Summer"), OptionWish("Winter"))


@pytest.fixture
def librarian() -> Member:
    return member(BrandFactory.create(), Role.LIBRARIAN)


@pytest.fixture
def clip(librarian: Member) -> Asset:
    return new_clip(librarian)


def new_clip(by: Member) -> Asset:
    return VersionFactory.create(asset__brand=by.brand, asset__created_by=by.user).asset


def a_field(by: Member, kind: Kind = Kind.TEXT, title: str = "It", **more: Any) -> CustomField:
    options = SEASONS if kind in (Kind.CHOICE, Kind.MULTI_CHOICE) else ()
    return fields.make(Wish(title, **{"options": options, **more}), kind=kind, by=by)


@pytest.mark.parametrize("kind", TYPED)
def test_each_kind_keeps_its_value_and_gives_it_back(librarian: Member, clip: Asset, kind: Kind) -> None:
    a_field(librarian, kind)
    typed, value = TYPED[kind]
    assert values.set_values(clip, {"it": typed}, by=librarian)
    assert values.of_one(clip) == {"it": value}
    assert not values.set_values(clip, {"it": typed}, by=librarian)
    assert values.set_values(clip, {"it": ""}, by=librarian)
    assert values.of_one(clip) == {}


def test_a_person_is_one_who_works_here(librarian: Member, clip: Asset) -> None:
    a_field(librarian, Kind.PERSON)
    colleague, stranger = member(librarian.brand), member(BrandFactory.create())
    values.set_values(clip, {"it": colleague.user.email}, by=librarian)
    assert values.of_one(clip) == {"it": (str(colleague.user.pk),)}
    with pytest.raises(ValueRefused):
        values.set_values(clip, {"it": stranger.user.email}, by=librarian)
    event = Event.objects.get(verb="asset.edited")
    assert colleague.user.name not in str(event.data)
    assert audit_changes.of(event) == ("It: empty → a person",)


def test_the_event_says_what_changed_as_it_was_called_then(librarian: Member, clip: Asset) -> None:
    row = a_field(librarian, Kind.CHOICE, "Season")
    values.set_values(clip, {"season": "summer"}, by=librarian)
    values.set_values(clip, {"season": "winter"}, by=librarian)
    fields.edit(row, Wish("Time of year", options=(OptionWish("Cold", "winter"),)), by=librarian)
    event = Event.objects.filter(verb="asset.edited").latest("sequence")
    assert audit_changes.of(event) == ("Season: “Summer” → “Winter”",)


def test_a_change_is_taken_back_as_long_as_it_stands(librarian: Member, clip: Asset) -> None:
    a_field(librarian, Kind.MULTI_CHOICE)
    values.set_values(clip, {"it": "summer"}, by=librarian)
    values.set_values(clip, {"it": "winter"}, by=librarian)
    first, second = Event.objects.filter(verb="asset.edited").order_by("sequence")
    with pytest.raises(NothingToUndo, match="changed again"):
        values.undo(first, by=librarian)
    assert values.undo(second, by=librarian)
    assert values.of_one(clip) == {"it": ("summer",)}
    assert values.undo(first, by=librarian)
    assert values.of_one(clip) == {}
    assert Event.objects.filter(verb="asset.edited").count() == 4


def test_viewers_and_strangers_set_and_undo_nothing(librarian: Member, clip: Asset) -> None:
    a_field(librarian)
    values.set_values(clip, {"it": "a"}, by=librarian)
    event = Event.objects.get(verb="asset.edited")
    for other in (member(librarian.brand, Role.VIEWER), member(BrandFactory.create(), Role.ADMIN)):
        with pytest.raises(PermissionDenied):
            values.set_values(clip, {"it": "b"}, by=other)
        with pytest.raises(PermissionDenied):
            values.undo(event, by=other)
    assert values.of_one(clip) == {"it": ("a",)}


def test_two_who_edit_at_once_keep_each_others_fields_and_are_told_of_the_same(
    librarian: Member, clip: Asset
) -> None:
    a_field(librarian, title="One")
    a_field(librarian, title="Two")
    values.set_values(clip, {"one": "theirs"}, by=librarian)
    values.set_values(clip, {"one": "", "two": "mine"}, by=librarian, seen={})
    assert values.of_one(clip) == {"one": ("theirs",), "two": ("mine",)}
    with pytest.raises(ChangedMeanwhile, match="One") as told:
        values.set_values(clip, {"one": "other"}, by=librarian, seen={})
    assert told.value.now == {"one": ("theirs",)}


def test_many_clips_are_set_in_as_many_queries_as_one(librarian: Member) -> None:
    a_field(librarian, Kind.MULTI_CHOICE)
    few, many = [new_clip(librarian)], [new_clip(librarian) for _ in range(6)]
    schema.of(librarian.brand)
    with CaptureQueriesContext(connection) as for_few:
        values.set_many(few, {"it": ["summer"]}, by=librarian)
    with CaptureQueriesContext(connection) as for_many:
        assert len(values.set_many(many, {"it": ["summer"]}, by=librarian)) == 6
    assert len(for_many) == len(for_few)


def test_options_are_put_in_and_taken_out_of_many(librarian: Member) -> None:
    a_field(librarian, Kind.MULTI_CHOICE)
    one, other = new_clip(librarian), new_clip(librarian)
    values.set_values(one, {"it": "winter"}, by=librarian)
    values.set_many([one, other], {"it": ["summer"]}, by=librarian, how=How.ADD)
    assert values.of_one(one) == {"it": ("summer", "winter")}
    changed = values.set_many([one, other], {"it": ["winter"]}, by=librarian, how=How.REMOVE)
    assert [asset.pk for asset in changed] == [one.pk]
    assert values.of_one(other) == {"it": ("summer",)}


def test_all_of_many_change_or_none(librarian: Member) -> None:
    a_field(librarian, Kind.CHOICE, "Line")
    model = a_field(
        librarian,
        Kind.CHOICE,
        "Make",
        depends_on="line",
        options=(OptionWish("SUV", only_with=frozenset({"summer"})),),
    )
    good, bad = new_clip(librarian), new_clip(librarian)
    values.set_values(good, {"line": "summer"}, by=librarian)
    with pytest.raises(ValueRefused):
        values.set_many([good, bad], {model.key: "suv"}, by=librarian)
    assert values.of_one(good) == {"line": ("summer",)}


def test_a_retired_field_keeps_its_values_and_takes_no_new_ones(librarian: Member, clip: Asset) -> None:
    row = a_field(librarian)
    values.set_values(clip, {"it": "kept"}, by=librarian)
    fields.retire(row, by=librarian)
    with pytest.raises(UnknownField):
        values.set_values(clip, {"it": "new"}, by=librarian)
    assert values.of_one(clip) == {"it": ("kept",)}


def test_a_new_clip_begins_with_the_defaults(librarian: Member) -> None:
    a_field(librarian, Kind.CHOICE, default=("winter",))
    clip = new_clip(librarian)
    clip.brand.refresh_from_db()
    values.apply_defaults(clip, kind="video")
    assert values.of_one(clip) == {"it": ("winter",)}


def test_of_defaults_that_dont_go_together_the_one_that_depends_gives_way(librarian: Member) -> None:
    options = (OptionWish("Cars"), OptionWish("Bikes"))
    fields.make(Wish("Line", default=("cars",), options=options), kind=Kind.CHOICE, by=librarian)
    tied = (OptionWish("Helmet", only_with=frozenset({"bikes"})),)
    fields.make(
        Wish("Extra", depends_on="line", default=("helmet",), options=tied), kind=Kind.CHOICE, by=librarian
    )
    clip = new_clip(librarian)
    clip.brand.refresh_from_db()
    values.apply_defaults(clip, kind="video")
    assert values.of_one(clip) == {"line": ("cars",)}


def test_nothing_goes_to_review_before_what_is_required_has_a_value(librarian: Member, clip: Asset) -> None:
    version = clip.latest
    assert version is not None
    row = a_field(librarian, title="Agency", required=True)
    version.brand.refresh_from_db()
    refusal = reviews.refusal_to_submit(version, by=librarian)
    assert refusal is not None
    assert (refusal.code, "Agency" in refusal.sentence) == ("missing_fields", True)
    values.set_values(clip, {"agency": "Ours"}, by=librarian)
    assert reviews.refusal_to_submit(version, by=librarian) is None
    values.set_values(clip, {"agency": ""}, by=librarian)
    fields.retire(row, by=librarian)
    version.brand.refresh_from_db()
    assert reviews.refusal_to_submit(version, by=librarian) is None


def test_the_database_holds_one_value_of_one_kind(librarian: Member, clip: Asset) -> None:
    row = a_field(librarian)
    for columns in ({}, {"text": "a", "number": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FieldValue.objects.create(asset=clip, field=row, **columns)
    FieldValue.objects.create(asset=clip, field=row, text="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        FieldValue.objects.create(asset=clip, field=row, text="b")
