"""Collections: who sees and changes them, how deep they lie, deleting and taking that back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.access import erasure
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Group
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.collections import audience, collections, items, nesting
from dam.collections.audience import Audience
from dam.collections.collections import CollectionRefused
from dam.collections.models import Collection
from dam.core import events
from tests.factories import BrandFactory, VersionFactory, member

PRIVATE = Audience(everyone=False)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what open pages were told of."""
    names: list[str] = []
    monkeypatch.setattr(events, "publish", lambda *, name, **_: names.append(name))
    return names


def names(*rows: Collection, within: Sequence[Collection]) -> list[str]:
    """Of each of these once, and once of each of the outermost ones in which they lie."""
    each = {f"collection-{row.pk}" for row in rows}
    return sorted([*each, *(f"collections-{top.pk}" for top in within)])


def sees(principal: Member, collection: Collection) -> bool:
    return audience.visible(principal).filter(pk=collection.pk).exists()


def test_everyone_in_the_brand_sees_a_collection_and_no_other_brand(
    brand: Brand, collection: Collection
) -> None:
    assert sees(member(brand, Role.VIEWER), collection)
    assert not sees(member(BrandFactory.create(), Role.ADMIN), collection)
    event = Event.objects.get(verb="collection.created")
    assert event.target == "Summer"


def test_a_private_one_is_its_owners_and_the_log_does_not_name_it(brand: Brand, creator: Member) -> None:
    secret = collections.create("Rebranding", by=creator, seen_by=PRIVATE)
    collections.edit(secret, by=creator, name="Rebranding 2030")
    assert sees(creator, secret)
    assert not sees(member(brand, Role.ADMIN), secret)
    events = Event.objects.filter(verb__startswith="collection.")
    assert events.count() == 2
    assert not any("Rebranding" in f"{event.target} {event.data}" for event in events)


def test_a_name_that_comes_with_becoming_private_is_not_in_the_log(
    collection: Collection, creator: Member
) -> None:
    collections.edit(collection, by=creator, name="Takeover", seen_by=PRIVATE)
    assert not any("Takeover" in f"{event.target} {event.data}" for event in Event.objects.all())
    assert Event.objects.filter(verb="collection.shared", data__private=True).exists()


def test_named_people_and_the_people_of_named_groups_see_it(brand: Brand, creator: Member) -> None:
    one, two, other, stranger = (member(brand) for _ in range(4))
    group = Group.objects.create(brand=brand, name="Agency")
    group.members.add(two.user)
    outside = member(BrandFactory.create())
    shown = collections.create(
        "Pitch",
        by=creator,
        seen_by=Audience(
            everyone=False,
            people=frozenset({one.user.pk, outside.user.pk}),
            groups=frozenset({group.pk}),
        ),
    )
    assert [sees(each, shown) for each in (one, two, other, stranger)] == [True, True, False, False]
    assert outside.user not in shown.people.all()
    group.members.remove(two.user)
    assert not sees(two, shown)


def test_what_lies_in_a_collection_is_seen_by_whoever_sees_that_one(brand: Brand, creator: Member) -> None:
    other = member(brand)
    outer = collections.create("Launch", by=creator, seen_by=PRIVATE)
    inner = collections.create("Teasers", by=creator, parent=outer)
    assert not sees(other, inner)
    collections.edit(outer, by=creator, seen_by=Audience())
    assert sees(other, inner)


def test_a_viewer_makes_none_and_changes_none(brand: Brand, collection: Collection) -> None:
    viewer = member(brand, Role.VIEWER)
    with pytest.raises(PermissionDenied):
        collections.create("Mine", by=viewer)
    with pytest.raises(PermissionDenied):
        collections.edit(collection, by=viewer, name="Mine")
    assert not audience.changeable(viewer).exists()


def test_only_the_owner_and_a_librarian_rename_and_delete(brand: Brand, collection: Collection) -> None:
    with pytest.raises(PermissionDenied, match="Only its owner or a librarian"):
        collections.edit(collection, by=member(brand), name="Autumn")
    with pytest.raises(PermissionDenied):
        collections.delete(collection, by=member(brand))
    assert collections.edit(collection, by=member(brand, Role.LIBRARIAN), name="Autumn")
    event = Event.objects.filter(verb="collection.edited").get()
    assert event.data["name"] == ["Summer", "Autumn"]


def test_a_librarian_changes_no_collection_that_is_not_seen(brand: Brand, creator: Member) -> None:
    secret = collections.create("Secret", by=creator, seen_by=PRIVATE)
    librarian = member(brand, Role.LIBRARIAN)
    with pytest.raises(CollectionRefused, match="no longer exists, or you can no longer see it"):
        collections.edit(secret, by=librarian, name="Known")
    collections.delete(secret, by=creator)
    assert collections.restore(secret.pk, by=librarian) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_name_is_there_and_short(creator: Member, name: str) -> None:
    with pytest.raises(CollectionRefused):
        collections.create(name, by=creator)


def test_a_name_is_kept_in_one_line_without_what_is_not_seen(creator: Member) -> None:
    assert collections.create(" Spring\n\u202e 2027 ", by=creator).name == "Spring 2027"


def test_nothing_changes_without_a_change(creator: Member, collection: Collection) -> None:
    assert not collections.edit(collection, by=creator, name="Summer", seen_by=Audience())
    assert not Event.objects.filter(verb="collection.edited").exists()


def test_collections_lie_four_levels_deep_and_no_deeper(creator: Member, collection: Collection) -> None:
    deepest = collection
    for name in "BCD":
        deepest = collections.create(name, by=creator, parent=deepest)
    assert [each.name for each in collections.ancestors(deepest)] == ["Summer", "B", "C"]
    with pytest.raises(CollectionRefused, match="4 levels"):
        collections.create("E", by=creator, parent=deepest)
    two = collections.create("1", by=creator)
    collections.create("2", by=creator, parent=two)
    with pytest.raises(CollectionRefused, match="4 levels"):
        collections.edit(two, by=creator, parent=deepest.parent, moves=True)


def test_a_collection_moves_with_what_lies_in_it_but_not_into_itself(
    brand: Brand, creator: Member, collection: Collection
) -> None:
    secret = collections.create("Secret", by=creator, seen_by=PRIVATE)
    inner = collections.create("Inner", by=creator, parent=collection)
    innermost = collections.create("Innermost", by=creator, parent=inner)
    with pytest.raises(CollectionRefused, match="can't lie in itself"):
        collections.edit(inner, by=creator, parent=innermost, moves=True)
    other = member(brand)
    assert sees(other, innermost)
    assert collections.edit(inner, by=creator, parent=secret, moves=True)
    assert not sees(other, innermost)
    collections.edit(inner, by=creator, parent=None, moves=True)
    innermost.refresh_from_db()
    assert innermost.top_id == inner.pk
    assert not sees(other, innermost)  # it keeps the audience it had


def test_deleting_takes_what_lies_in_it_along_and_undo_brings_both_back(
    creator: Member, collection: Collection
) -> None:
    inner = collections.create("Inner", by=creator, parent=collection)
    gone = collections.create("Gone before", by=creator, parent=collection)
    collections.delete(gone, by=creator, at=timezone.now() - timedelta(hours=1))
    collections.delete(collection, by=creator)
    assert not audience.visible(creator).exists()
    assert collections.restore(inner.pk, by=creator) is None  # the one around it first
    restored = collections.restore(collection.pk, by=creator)
    assert restored == collection
    assert set(audience.visible(creator)) == {collection, inner}
    assert collections.restore(collection.pk, by=creator) is None


def test_what_was_deleted_is_forgotten_after_thirty_days(creator: Member, collection: Collection) -> None:
    collections.create("Inner", by=creator, parent=collection)
    collections.delete(collection, by=creator)
    collections.forget_deleted(at=timezone.now() + timedelta(days=29))
    assert Collection.objects.count() == 2
    collections.forget_deleted(at=timezone.now() + timedelta(days=31))
    assert not Collection.objects.exists()


def test_erasing_a_person_takes_what_was_private_and_leaves_what_is_shared(
    brand: Brand, creator: Member, collection: Collection
) -> None:
    collections.create("Private", by=creator, seen_by=PRIVATE)
    friend = member(brand)
    shared = collections.create(
        "Shared", by=friend, seen_by=Audience(everyone=False, people=frozenset({creator.user.pk}))
    )
    admin = member(brand, Role.ADMIN, is_superuser=True)
    erasure.erase(creator.user, by=admin)
    assert set(Collection.objects.all()) == {collection, shared}
    assert not shared.people.exists()


def test_pages_hear_that_others_see_a_collection_and_what_lies_in_it(
    collection: Collection, creator: Member, told: list[str]
) -> None:
    inner = collections.create("Inner", by=creator, parent=collection)
    innermost = collections.create("Innermost", by=creator, parent=inner)
    told.clear()
    collections.edit(collection, by=creator, seen_by=PRIVATE)
    assert sorted(told) == names(collection, inner, innermost, within=[collection])
    told.clear()
    assert not collections.edit(collection, by=creator, seen_by=PRIVATE)
    assert told == []


def test_pages_hear_that_a_collection_has_moved_with_all_that_lies_in_it(
    collection: Collection, creator: Member, told: list[str]
) -> None:
    other = collections.create("Other", by=creator, seen_by=PRIVATE)
    inner = collections.create("Inner", by=creator, parent=collection)
    innermost = collections.create("Innermost", by=creator, parent=inner)
    told.clear()
    collections.edit(inner, by=creator, parent=other, moves=True)
    assert sorted(told) == names(collection, other, inner, innermost, within=[collection, other])
    told.clear()
    collections.edit(inner, by=creator, parent=None, moves=True)
    assert sorted(told) == names(other, inner, innermost, within=[other, inner])


def test_what_a_collection_lies_in_hears_that_it_comes_and_goes(
    collection: Collection, creator: Member, told: list[str]
) -> None:
    inner = collections.create("Inner", by=creator, parent=collection)
    assert sorted(told) == names(collection, within=[collection])
    for change in (collections.delete, lambda row, by: collections.restore(row.pk, by=by)):
        told.clear()
        change(inner, by=creator)
        assert sorted(told) == names(inner, collection, within=[collection])
    collection.refresh_from_db()
    assert (collection.revision, collection.updated_by) == (3, creator.user)


def test_who_leaves_a_collection_for_the_top_is_missed_where_it_lay(
    collection: Collection, creator: Member, told: list[str]
) -> None:
    collections.edit(collection, by=creator, parent=collections.create("Other", by=creator), moves=True)
    assert f"collections-{collection.pk}" in told  # a page of it, opened while it was the outermost


def test_the_outermost_collection_hears_of_clips_that_come_into_an_inner_one(
    brand: Brand, collection: Collection, creator: Member, told: list[str]
) -> None:
    inner = collections.create("Inner", by=creator, parent=collection)
    innermost = collections.create("Innermost", by=creator, parent=inner)
    told.clear()
    items.add(innermost, [VersionFactory.create(asset__brand=brand).asset_id], by=creator)
    assert told.count(f"collections-{collection.pk}") == 1


def test_what_lies_in_a_collection_is_found_without_looking_at_other_brands(
    collection: Collection, creator: Member
) -> None:
    inner = collections.create("Inner", by=creator, parent=collection)
    innermost = collections.create("Innermost", by=creator, parent=inner)
    owner = BrandFactory.create()
    Collection.objects.bulk_create(
        Collection(pk=key, brand=owner, name=f"C{key}", top_id=key) for key in (uuid4() for _ in range(3_000))
    )
    with CaptureQueriesContext(connection) as queries:
        found = nesting.keys_within([collection.pk])
    assert set(found) == {collection.pk, inner.pk, innermost.pk}
    (asked,) = queries.captured_queries
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE dam_collection")
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {asked['sql']}")
        plan = cursor.fetchone()[0][0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 40
