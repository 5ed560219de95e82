"""Fields that are for certain kinds of clip alone: asked of those, kept by others, and refused to them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.bulk import importing
from dam.bulk.changes import Change, Filling
from dam.bulk.models import Outcome
from dam.catalog.models import Asset, AssetKind
from dam.custom_fields import clip_kinds, exchange, fields, schema, values
from dam.custom_fields.definitions import EMPTY, Field, Kind, Schema
from dam.custom_fields.exchange import NotFields
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import FieldRefused, OptionWish, Wish
from dam.custom_fields.reading import ValueRefused
from dam.search import row_catching_up, search
from dam.web import audit_changes
from provenance.review import reviews
from tests.factories import AssetFactory, BrandFactory, VersionFactory, member
from tests.integration.dam.bulk.test_field_columns import row_of, told
from tests.integration.dam.bulk.test_files import exported, file_of
from tests.integration.dam.bulk.work import done

pytestmark = pytest.mark.django_db
VIDEO, STILL = frozenset({"video"}), frozenset({"still"})


@pytest.fixture
def librarian() -> Member:
    return member(BrandFactory.create(), Role.LIBRARIAN)


def a_field(by: Member, title: str = "Spoken language", kinds: frozenset[str] = VIDEO, **more: Any) -> str:
    kind = more.pop("kind", Kind.TEXT)
    return fields.make(Wish(title, clip_kinds=kinds, **more), kind=kind, by=by).key


def clip(by: Member, kind: AssetKind, title: str = "") -> Asset:
    brand = {"asset__brand": by.brand, "asset__created_by": by.user}
    made: Asset = VersionFactory.create(kind=kind, asset__title=title or kind.value, **brand).asset
    return made


def narrow(by: Member, key: str, kinds: frozenset[str], **more: Any) -> None:
    row = CustomField.objects.select_related("brand").get(key=key)
    fields.edit(row, Wish(row.title, clip_kinds=kinds, **more), by=by)


def found(by: Member) -> set[str]:
    assert not row_catching_up.go_on()
    parsed = search.parse("missing:fields", by=by)
    return set(search.among(by, parsed=parsed).values_list("title", flat=True))


def test_a_field_that_names_no_kind_or_all_is_for_every_clip(librarian: Member) -> None:
    a_field(librarian, "Campaign", frozenset())
    a_field(librarian, "Agency", frozenset(AssetKind.values))
    assert not schema.of(librarian.brand).by_kind
    with pytest.raises(FieldRefused, match="kinds of clip"):
        a_field(librarian, "Scent", frozenset({"smell"}))


def test_a_clip_is_asked_the_fields_of_its_kind_and_those_of_all() -> None:
    known = Schema(
        (
            Field(1, "campaign", "Campaign", Kind.TEXT),
            Field(2, "spoken", "Spoken language", Kind.TEXT, clip_kinds=frozenset({"video", "sound"})),
            Field(3, "crop", "Crop", Kind.TEXT, clip_kinds=STILL),
        )
    )
    asked = {kind: list(known.asked_of(kind)) for kind in ("video", "still", "sound", None)}
    assert asked["video"] == asked["sound"] == ["campaign", "spoken"]
    assert asked["still"] == ["campaign", "crop"]
    assert asked[None] == ["campaign", "spoken", "crop"]
    assert clip_kinds.named(known.fields) == [
        "Campaign",
        "Spoken language (videos and sound)",
        "Crop (images)",
    ]


def test_without_such_fields_nobody_asks_for_a_clips_kind(librarian: Member) -> None:
    a_field(librarian, "Campaign", frozenset())
    some = [clip(librarian, AssetKind.STILL)]
    with CaptureQueriesContext(connection) as queries:
        assert clip_kinds.of(some, schema.of(librarian.brand)) == {some[0].pk: None}
    assert not [each for each in queries if "dam_asset" in each["sql"]]


def test_the_kinds_of_many_clips_are_one_query(librarian: Member) -> None:
    a_field(librarian)
    some = [clip(librarian, kind) for kind in AssetKind]
    bare = AssetFactory.create(brand=librarian.brand, created_by=librarian.user)
    known = schema.of(librarian.brand)
    with CaptureQueriesContext(connection) as queries:
        kinds = clip_kinds.of([*some, bare], known)
    assert [kinds[each.pk] for each in [*some, bare]] == ["video", "still", "sound", None]
    assert len(queries) == 1


def test_a_clip_of_another_kind_takes_nothing_new_and_keeps_what_it_has(librarian: Member) -> None:
    key = a_field(librarian, kinds=frozenset())
    still, other = clip(librarian, AssetKind.STILL), clip(librarian, AssetKind.STILL)
    values.set_values(still, {key: "French"}, by=librarian)
    narrow(librarian, key, VIDEO)
    for asset in (still, other):
        with pytest.raises(ValueRefused, match="“Spoken language” is only for videos"):
            values.set_values(asset, {key: "German"}, by=librarian)
    assert values.of_one(still) == {key: ("French",)}
    values.set_values(still, {key: "French"}, by=librarian)
    assert values.set_values(still, {key: ""}, by=librarian)
    assert values.of_one(still) == {}
    assert values.set_values(clip(librarian, AssetKind.VIDEO), {key: "German"}, by=librarian)


def test_options_are_taken_out_of_a_clip_of_another_kind_and_none_put_in(librarian: Member) -> None:
    options = (OptionWish("French"), OptionWish("German"))
    key = a_field(librarian, kinds=frozenset(), kind=Kind.MULTI_CHOICE, options=options)
    still = clip(librarian, AssetKind.STILL)
    values.set_values(still, {key: ["french"]}, by=librarian)
    narrow(librarian, key, VIDEO, options=(OptionWish("French", "french"), OptionWish("German", "german")))
    with pytest.raises(ValueRefused, match="only for videos"):
        values.set_many([still], {key: ["german"]}, by=librarian, how=values.How.ADD)
    assert values.set_many([still], {key: ["french"]}, by=librarian, how=values.How.REMOVE)


def test_a_new_clip_begins_with_the_defaults_of_its_kind(librarian: Member) -> None:
    key = a_field(librarian, default=("English",))
    for kind, begins in (("sound", {}), ("video", {key: ("English",)})):
        asset = AssetFactory.create(brand=librarian.brand, created_by=librarian.user)
        values.apply_defaults(asset, kind=kind)
        assert values.of_one(asset) == begins


def test_only_clips_of_its_kind_lack_a_required_field(librarian: Member) -> None:
    assets = [clip(librarian, kind) for kind in AssetKind]
    key = a_field(librarian, required=True)
    assert found(librarian) == {"video"}
    clip(librarian, AssetKind.SOUND, "made since")
    clip(librarian, AssetKind.VIDEO, "since")
    assert found(librarian) == {"video", "since"}
    narrow(librarian, key, frozenset({"still", "sound"}), required=True)
    assert found(librarian) == {"still", "sound", "made since"}
    narrow(librarian, key, frozenset(), required=True)
    assert found(librarian) == {"video", "still", "sound", "since", "made since"}
    known = schema.of(librarian.brand)
    for asset in assets:
        assert clip_kinds.asked_of(asset, known).missing(values.of_one(asset))


def test_rows_say_what_the_page_says_where_a_field_depends_on_one_of_another_kind(
    librarian: Member,
) -> None:
    options = (OptionWish("Film"), OptionWish("Loop"))
    a_field(librarian, "Form", kind=Kind.CHOICE, options=options)
    tied = (OptionWish("Long", only_with=frozenset({"film"})),)
    more: dict[str, Any] = {"options": tied, "depends_on": "form", "required": True}
    a_field(librarian, "Cut", frozenset(), kind=Kind.CHOICE, **more)
    still, bare = clip(librarian, AssetKind.STILL, "still"), clip(librarian, AssetKind.VIDEO, "bare")
    film = clip(librarian, AssetKind.VIDEO, "film")
    values.set_values(film, {"form": "film"}, by=librarian)
    known = schema.of(librarian.brand)
    missing = [
        asset.title
        for asset in (still, bare, film)
        if clip_kinds.asked_of(asset, known).missing(values.of_one(asset))
    ]
    assert found(librarian) == set(missing) == {"film"}


def test_another_kind_sends_workers_through_the_rows_where_it_is_required(librarian: Member) -> None:
    clip(librarian, AssetKind.VIDEO)
    key = a_field(librarian)
    narrow(librarian, key, STILL)
    assert not row_catching_up.is_under_way(librarian.brand.pk)
    narrow(librarian, key, STILL, required=True)
    assert found(librarian) == set()
    narrow(librarian, key, VIDEO, required=True)
    assert row_catching_up.is_under_way(librarian.brand.pk)


def test_a_review_waits_for_the_fields_of_the_clips_kind_alone(librarian: Member) -> None:
    a_field(librarian, required=True)
    for kind, code in ((AssetKind.STILL, None), (AssetKind.VIDEO, "missing_fields")):
        version = clip(librarian, kind).latest
        assert version is not None
        version.brand.refresh_from_db()
        refusal = reviews.refusal_to_submit(version, by=librarian)
        assert (refusal.code if refusal else None) == code


def test_a_bulk_edit_leaves_clips_of_another_kind_and_says_why(librarian: Member) -> None:
    key = a_field(librarian)
    video, still = clip(librarian, AssetKind.VIDEO), clip(librarian, AssetKind.STILL)
    change = Change(fields=(Filling(key, ("French",)),))
    edit = done([video, still], change, by=librarian)
    assert (edit.changed, edit.left) == (1, 1)
    reason = edit.items.get(outcome=Outcome.LEFT).reason
    assert reason == "“Spoken language” is only for videos."
    assert values.of_one(still).get(key, EMPTY) == EMPTY


def test_a_file_says_of_which_row_the_clip_is_of_another_kind(librarian: Member) -> None:
    key = a_field(librarian, kinds=frozenset())
    video, still = clip(librarian, AssetKind.VIDEO, "A"), clip(librarian, AssetKind.STILL, "B")
    values.set_many([video, still], {key: "French"}, by=librarian)
    narrow(librarian, key, VIDEO)
    rows = exported(librarian)
    assert row_of(rows, "B")[f"field:{key}"] == "French"  # kept, and taken out with the others
    row_of(rows, "A")[f"field:{key}"] = row_of(rows, "B")[f"field:{key}"] = "German"
    draft = importing.draft(file_of(rows), "clips.csv", by=librarian)
    assert draft.total == 1
    ((_line, column, reason),) = told(draft)
    assert (column, reason) == (f"field:{key}", "“Spoken language” is only for videos.")
    row_of(rows, "B")[f"field:{key}"] = ""
    assert importing.draft(file_of(rows), "clips.csv", by=librarian).total == 2


def test_the_kinds_go_out_as_json_and_come_in(librarian: Member) -> None:
    key = a_field(librarian)
    data = exchange.exported(schema.read(librarian.brand.pk))
    assert data["fields"][0]["clip_kinds"] == ["video"]
    other = member(BrandFactory.create(), Role.ADMIN)
    exchange.bring_in(data, by=other)
    assert schema.read(other.brand.pk)[key].clip_kinds == VIDEO
    del data["fields"][0]["clip_kinds"]  # as an earlier export has it
    (outcome,) = exchange.bring_in(data, by=other)
    assert (outcome.what, schema.read(other.brand.pk)[key].clip_kinds) == ("changed", frozenset())
    with pytest.raises(NotFields):
        exchange.bring_in({**data, "fields": [{**data["fields"][0], "clip_kinds": [1]}]}, by=other)
    with pytest.raises(FieldRefused, match="kinds of clip"):
        exchange.bring_in({**data, "fields": [{**data["fields"][0], "clip_kinds": ["smell"]}]}, by=other)


def test_the_trail_says_which_kinds_came_and_went(librarian: Member) -> None:
    key = a_field(librarian)
    narrow(librarian, key, frozenset({"still", "sound"}))
    event = Event.objects.get(verb="field.edited")
    assert audit_changes.of(event) == ("Kinds of clip: + Image, + Sound, − Video",)
