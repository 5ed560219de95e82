"""The clips of a collection: putting in, taking out, their order, and who sees which."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog import assets
from dam.catalog.models import Approval, Asset
from dam.collections import collections, items, places
from dam.collections.audience import Audience
from dam.collections.collections import CollectionRefused
from dam.collections.items import To
from dam.collections.models import Collection, CollectionItem
from tests.factories import BrandFactory, VersionFactory, member


def order(collection: Collection, principal: Member) -> str:
    return "".join(items.seen(collection, principal).values_list("asset__title", flat=True))


@pytest.fixture
def filled(collection: Collection, clips: list[Asset], creator: Member) -> Collection:
    items.add(collection, [clip.pk for clip in clips], by=creator)
    return collection


def test_clips_stand_in_the_order_they_were_put_in(
    collection: Collection, clips: list[Asset], creator: Member
) -> None:
    assert items.add(collection, [clips[2].pk, clips[0].pk], by=creator) == items.Added(2, 0)
    assert items.add(collection, [clips[0].pk, clips[1].pk], by=creator) == items.Added(1, 1)
    assert order(collection, creator) == "CAB"


def test_many_clips_leave_one_event_with_their_number(filled: Collection) -> None:
    event = Event.objects.get(verb="collection.clips_added")
    assert (event.target, event.data["clips"]) == ("Summer", 5)


def test_a_private_collection_leaves_no_title_in_the_log(creator: Member, clips: list[Asset]) -> None:
    secret = collections.create("Secret", by=creator, seen_by=Audience(everyone=False))
    items.add(secret, [clips[0].pk], by=creator)
    event = Event.objects.get(verb="collection.clips_added")
    assert event.target == ""
    assert "clip" not in event.data
    assert event.asset_id is None


def test_clips_that_are_not_seen_are_not_put_in(
    brand: Brand, collection: Collection, clips: list[Asset], creator: Member
) -> None:
    foreign = VersionFactory.create().asset
    assets.trash(clips[0], by=member(brand, Role.ADMIN))
    assert items.add(collection, [foreign.pk, clips[0].pk], by=creator) == items.Added(0, 0)
    assert not CollectionItem.objects.exists()
    assert not Event.objects.filter(verb="collection.clips_added").exists()


def test_viewers_see_and_count_only_what_is_released(
    brand: Brand, filled: Collection, creator: Member
) -> None:
    viewer = member(brand, Role.VIEWER)
    assert (order(filled, viewer), items.count(filled, viewer)) == ("", 0)
    version = VersionFactory.create(
        asset__brand=brand, asset__title="R", approval=Approval.APPROVED, release="ready"
    )
    items.add(filled, [version.asset_id], by=creator)
    assert (order(filled, viewer), items.count(filled, viewer)) == ("R", 1)
    assert items.count(filled, creator) == 6


def test_a_clip_in_the_trash_is_away_and_comes_back_at_its_place(
    brand: Brand, filled: Collection, clips: list[Asset], creator: Member
) -> None:
    admin = member(brand, Role.ADMIN)
    assets.trash(clips[1], by=admin)
    assert (order(filled, creator), items.count(filled, creator)) == ("ACDE", 4)
    items.move(filled, clips[0].pk, to=To.END, by=creator)
    clips[1].refresh_from_db()
    assets.restore(clips[1], by=admin)
    assert order(filled, creator) == "BCDEA"


def test_a_clip_that_is_deleted_leaves_every_collection(filled: Collection, clips: list[Asset]) -> None:
    clips[0].delete()
    assert filled.items.count() == 4


def test_taking_clips_out_can_be_taken_back_each_to_its_place(
    filled: Collection, clips: list[Asset], creator: Member
) -> None:
    at = timezone.now()
    assert items.remove(filled, [clips[1].pk, clips[3].pk], by=creator, at=at) == 2
    assert order(filled, creator) == "ACE"
    assert Event.objects.get(verb="collection.clips_removed").data["clips"] == 2
    assert items.undo_remove(filled, by=creator, at=at) == 2
    assert order(filled, creator) == "ABCDE"


def test_putting_clips_in_can_be_taken_back_but_not_by_another(
    brand: Brand, collection: Collection, clips: list[Asset], creator: Member
) -> None:
    at = timezone.now()
    items.add(collection, [clips[0].pk], by=creator, at=at - timedelta(minutes=1))
    items.add(collection, [clip.pk for clip in clips], by=creator, at=at)
    assert items.undo_add(collection, by=member(brand), at=at) == 0
    assert items.undo_add(collection, by=creator, at=at) == 4
    assert order(collection, creator) == "A"


def test_a_clip_that_was_taken_out_can_be_put_in_again_at_the_end(
    filled: Collection, clips: list[Asset], creator: Member
) -> None:
    items.remove(filled, [clips[0].pk], by=creator)
    items.add(filled, [clips[0].pk], by=creator)
    assert order(filled, creator) == "BCDEA"


@pytest.mark.parametrize(
    ("clip", "to", "expected"),
    [
        (2, To.START, "CABDE"),
        (2, To.UP, "ACBDE"),
        (2, To.DOWN, "ABDCE"),
        (2, To.END, "ABDEC"),
        (0, To.UP, "ABCDE"),
        (4, To.END, "ABCDE"),
    ],
)
def test_a_clip_moves_by_one_and_to_either_end(
    filled: Collection, clips: list[Asset], creator: Member, clip: int, to: To, expected: str
) -> None:
    moved = items.move(filled, clips[clip].pk, to=to, by=creator)
    assert order(filled, creator) == expected
    assert moved == Event.objects.filter(verb="collection.clips_moved").exists() == (expected != "ABCDE")


def test_a_clip_moves_beside_another(filled: Collection, clips: list[Asset], creator: Member) -> None:
    items.move(filled, clips[4].pk, to=To.BEFORE, beside=clips[1].pk, by=creator)
    assert order(filled, creator) == "AEBCD"
    items.move(filled, clips[4].pk, to=To.AFTER, beside=clips[3].pk, by=creator)
    assert order(filled, creator) == "ABCDE"


def test_moving_writes_the_place_of_one_clip(filled: Collection, clips: list[Asset], creator: Member) -> None:
    before = dict(filled.items.values_list("asset", "place"))
    items.move(filled, clips[4].pk, to=To.START, by=creator)
    after = dict(filled.items.values_list("asset", "place"))
    assert {key for key in before if before[key] != after[key]} == {clips[4].pk}


def test_what_is_not_seen_keeps_its_place_when_others_move(
    brand: Brand, filled: Collection, clips: list[Asset], creator: Member
) -> None:
    assets.trash(clips[1], by=member(brand, Role.ADMIN))
    items.move(filled, clips[2].pk, to=To.UP, by=creator)
    Asset.objects.filter(pk=clips[1].pk).update(trashed_at=None)
    assert order(filled, creator) == "CABDE"


def test_a_thousand_moves_to_one_spot_keep_places_short_and_the_order(
    filled: Collection, clips: list[Asset], creator: Member
) -> None:
    """Two clips change places behind the first one, which halves the room between them each time."""
    collection_items = CollectionItem.objects.filter(collection=filled)
    for turn in range(300):
        items.move(filled, clips[1 + turn % 2].pk, to=To.AFTER, beside=clips[0].pk, by=creator)
    assert order(filled, creator) == "ACBDE"
    assert max(map(len, collection_items.values_list("place", flat=True))) <= places.LONGEST + 1


def test_a_full_neighbourhood_gets_new_places_in_the_same_order(
    filled: Collection, clips: list[Asset], creator: Member
) -> None:
    long = places.spread("V" * 31 + "1", "V" * 31 + "2", 3)
    for clip, place in zip(clips[1:4], long, strict=True):
        filled.items.filter(asset=clip).update(place=place)
    filled.items.filter(asset=clips[0]).update(place="1")
    filled.items.filter(asset=clips[4]).update(place="z")
    items.move(filled, clips[4].pk, to=To.AFTER, beside=clips[1].pk, by=creator)
    assert order(filled, creator) == "ABECD"
    assert max(map(len, filled.items.values_list("place", flat=True))) <= places.LONGEST // 2


def test_who_does_not_collect_changes_nothing(brand: Brand, filled: Collection, clips: list[Asset]) -> None:
    viewer = member(brand, Role.VIEWER)
    for change in (
        lambda: items.add(filled, [clips[0].pk], by=viewer),
        lambda: items.remove(filled, [clips[0].pk], by=viewer),
        lambda: items.move(filled, clips[0].pk, to=To.END, by=viewer),
        lambda: items.undo_add(filled, by=viewer, at=timezone.now()),
        lambda: items.undo_remove(filled, by=viewer, at=timezone.now()),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_another_brands_collection_is_not_there(filled: Collection, clips: list[Asset]) -> None:
    stranger = member(BrandFactory.create(), Role.ADMIN)
    with pytest.raises(CollectionRefused):
        items.add(filled, [clips[0].pk], by=stranger)


def test_moving_a_clip_that_is_gone_says_so(filled: Collection, clips: list[Asset], creator: Member) -> None:
    items.remove(filled, [clips[0].pk], by=creator)
    with pytest.raises(CollectionRefused, match="no longer in the collection"):
        items.move(filled, clips[0].pk, to=To.END, by=creator)
    with pytest.raises(CollectionRefused, match="no longer in the collection"):
        items.move(filled, clips[1].pk, to=To.AFTER, beside=clips[0].pk, by=creator)


def test_a_collection_has_a_most(
    collection: Collection, clips: list[Asset], creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "MOST", 2)
    with pytest.raises(CollectionRefused, match="at most 2 clips"):
        items.add(collection, [clip.pk for clip in clips], by=creator)
    assert not CollectionItem.objects.exists()


def test_putting_in_takes_as_many_queries_however_many_clips_they_are(
    brand: Brand, creator: Member, clips: list[Asset]
) -> None:
    used = []
    for count in (1, 5):
        collection = collections.create(f"For {count}", by=creator)
        with CaptureQueriesContext(connection) as queries:
            items.add(collection, [clip.pk for clip in clips[:count]], by=creator)
        used.append(len(queries))
    assert used[0] == used[1]


def test_more_clips_than_are_put_in_at_once_are_taken_out_and_put_back_together(
    filled: Collection, clips: list[Asset], creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "MOST_AT_ONCE", 2)
    at = timezone.now()
    assert items.remove(filled, [clip.pk for clip in clips], by=creator, at=at) == 5
    assert order(filled, creator) == ""
    assert Event.objects.get(verb="collection.clips_removed").data["clips"] == 5
    assert items.undo_remove(filled, by=creator, at=at) == 5
    assert order(filled, creator) == "ABCDE"
    CollectionItem.objects.update(added_at=at)
    assert items.undo_add(filled, by=creator, at=at) == 5
    assert order(filled, creator) == ""
