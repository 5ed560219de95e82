"""The clip that stands for a collection."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Asset
from dam.collections import collections, covers, items
from dam.collections.audience import Audience
from dam.collections.collections import CollectionRefused
from dam.collections.models import Collection
from tests.factories import ApprovedVersionFactory, AssetFactory, member


@pytest.fixture
def filled(collection: Collection, clips: list[Asset], creator: Member) -> Collection:
    items.add(collection, [clip.pk for clip in clips], by=creator)
    return collection


def shown(collection: Collection, to: Member) -> list[str]:
    keys = covers.shown(Collection.objects.get(pk=collection.pk), to)
    return [Asset.objects.get(pk=key).title for key in keys]


def test_without_a_choice_the_first_clips_stand_for_it(filled: Collection, creator: Member) -> None:
    assert shown(filled, creator) == ["A", "B", "C", "D"]


def test_the_chosen_clip_stands_for_it_alone(filled: Collection, clips: list[Asset], creator: Member) -> None:
    assert covers.choose(filled, clips[4].pk, by=creator)
    assert shown(filled, creator) == ["E"]
    event = Event.objects.filter(verb=Verb.COLLECTION_EDITED).latest("pk")
    assert event.data["cover"] == ["", "E"]


def test_choosing_it_twice_changes_nothing(filled: Collection, clips: list[Asset], creator: Member) -> None:
    covers.choose(filled, clips[4].pk, by=creator)
    assert not covers.choose(filled, clips[4].pk, by=creator)
    assert Event.objects.filter(verb=Verb.COLLECTION_EDITED).count() == 1


def test_one_that_was_taken_out_gives_way_and_comes_back_with_the_clip(
    filled: Collection, clips: list[Asset], creator: Member
) -> None:
    covers.choose(filled, clips[4].pk, by=creator)
    items.remove(filled, [clips[4].pk], by=creator)
    assert shown(filled, creator) == ["A", "B", "C", "D"]
    items.add(filled, [clips[4].pk], by=creator)
    assert shown(filled, creator) == ["E"]


def test_one_that_is_deleted_gives_way(filled: Collection, clips: list[Asset], creator: Member) -> None:
    covers.choose(filled, clips[0].pk, by=creator)
    Asset.objects.filter(pk=clips[0].pk).update(trashed_at=filled.created_at)
    assert shown(filled, creator) == ["B", "C", "D", "E"]


def test_a_process_that_knows_nothing_of_covers_can_delete_its_clip(collection: Collection) -> None:
    clip = AssetFactory.create(brand=collection.brand)
    Collection.objects.filter(pk=collection.pk).update(cover=clip)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dam_asset WHERE id = %s", [clip.pk])
    collection.refresh_from_db()
    assert collection.cover_id is None


def test_who_does_not_see_it_is_shown_what_they_see(
    filled: Collection, clips: list[Asset], creator: Member, brand: Brand
) -> None:
    released = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Released").asset
    items.add(filled, [released.pk], by=creator)
    covers.choose(filled, clips[0].pk, by=creator)
    assert shown(filled, member(brand, Role.VIEWER)) == ["Released"]


def test_a_clip_that_is_not_in_it_is_refused(
    collection: Collection, clips: list[Asset], creator: Member
) -> None:
    with pytest.raises(CollectionRefused):
        covers.choose(collection, clips[0].pk, by=creator)


def test_who_may_not_manage_it_chooses_no_cover(filled: Collection, clips: list[Asset], brand: Brand) -> None:
    with pytest.raises(PermissionDenied):
        covers.choose(filled, clips[0].pk, by=member(brand, Role.CREATOR))


def test_giving_it_up_shows_the_first_ones_again(
    filled: Collection, clips: list[Asset], creator: Member
) -> None:
    covers.choose(filled, clips[4].pk, by=creator)
    assert covers.choose(filled, None, by=creator)
    assert shown(filled, creator) == ["A", "B", "C", "D"]


def test_of_a_private_one_the_log_names_no_clip(clips: list[Asset], creator: Member) -> None:
    private = collections.create("Secret", by=creator, seen_by=Audience(everyone=False))
    items.add(private, [clips[0].pk], by=creator)
    covers.choose(private, clips[0].pk, by=creator)
    assert "cover" not in Event.objects.filter(verb=Verb.COLLECTION_EDITED).latest("pk").data
