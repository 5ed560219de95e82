"""Alerts hear of clips by their collections: put in, taken out; collections renamed, moved or restored."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset
from dam.collections import collections, items
from dam.collections.audience import Audience
from dam.search.query import Filters
from dam.search.saved import alert_passes, alerts, saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import Alert, AlertCandidate, AlertPass
from tests.factories import ApprovedVersionFactory, VersionFactory, member

PRIVATE = Audience(everyone=False)


@pytest.fixture
def clips(brand: Brand) -> list[Asset]:
    return [VersionFactory.create(asset__brand=brand, asset__title=title).asset for title in "AB"]


def follow(asked: Asked, *, by: Member) -> None:
    alerts.turn_on(saved_searches.save(asked, name="Launch", by=by), by=by)
    a_pass(by.brand)


def a_pass(brand: Brand) -> None:
    """What waits, and what it leaves for the next one, without the rest between."""
    for _ in range(2):
        AlertPass.objects.update(not_before="2020-01-01T00:00:00Z")
        alert_passes.run(brand.pk)


def told(person: Member) -> str:
    a_pass(person.brand)
    return "".join(sorted(match.asset.title for match in alerts.news(person)))


@pytest.mark.parametrize(
    "asked",
    [
        Asked(filters=Filters(collection=["Launch"])),
        Asked(words="collection:launch"),
        Asked(words="state:approved OR collection：launch"),
        Asked(filters=Filters(inside=["launch"])),
    ],
)
def test_a_clip_that_is_put_in_is_news_once(librarian: Member, clips: list[Asset], asked: Asked) -> None:
    launch = collections.create("Launch", by=librarian)
    follow(asked, by=librarian)
    items.add(launch, [clips[0].pk], by=librarian)
    assert told(librarian) == "A"
    alerts.read(librarian)
    items.remove(launch, [clips[0].pk], by=librarian)
    items.add(launch, [clips[0].pk], by=librarian)
    assert told(librarian) == "A"
    assert alerts.unread(librarian) == 0


def test_a_clip_that_is_taken_out_is_news_where_the_collection_is_ruled_out(
    librarian: Member, clips: list[Asset]
) -> None:
    launch = collections.create("Launch", by=librarian)
    items.add(launch, [clips[0].pk], by=librarian)
    follow(Asked(words="-collection:launch"), by=librarian)
    items.remove(launch, [clips[0].pk], by=librarian)
    assert told(librarian) == "A"


def test_a_clip_that_is_put_back_is_news(librarian: Member, clips: list[Asset]) -> None:
    launch = collections.create("Launch", by=librarian)
    at = timezone.now()
    items.add(launch, [clips[0].pk], by=librarian)
    items.remove(launch, [clips[0].pk], by=librarian, at=at)
    follow(Asked(words="collection:launch"), by=librarian)
    items.undo_remove(launch, by=librarian, at=at)
    assert told(librarian) == "A"


def test_what_lies_in_a_collection_that_is_renamed_moved_or_restored_is_news(
    librarian: Member, clips: list[Asset]
) -> None:
    pitch, launch = (collections.create(name, by=librarian) for name in ("Pitch", "Launch"))
    for place, clip in zip(
        (pitch, collections.create("Part", parent=launch, by=librarian)), clips, strict=True
    ):
        items.add(place, [clip.pk], by=librarian)
    follow(Asked(words="inside:summer"), by=librarian)
    collections.edit(pitch, by=librarian, name="Summer")
    assert told(librarian) == "A"
    collections.edit(launch, by=librarian, parent=pitch, moves=True)
    assert told(librarian) == "AB"


def test_what_lies_in_a_collection_that_is_restored_is_news(librarian: Member, clips: list[Asset]) -> None:
    launch = collections.create("Launch", by=librarian)
    items.add(launch, [clips[0].pk], by=librarian)
    collections.delete(launch, by=librarian)
    follow(Asked(words="collection:launch"), by=librarian)
    collections.restore(launch.pk, by=librarian)
    assert told(librarian) == "A"


def test_a_collection_that_is_not_seen_is_no_news_until_it_is_shared(
    brand: Brand, librarian: Member, clips: list[Asset]
) -> None:
    other = member(brand, Role.LIBRARIAN)
    secret = collections.create("Launch", by=other, seen_by=PRIVATE)
    follow(Asked(words="collection:launch"), by=librarian)
    items.add(secret, [clips[0].pk], by=other)
    assert told(librarian) == ""
    collections.edit(secret, by=other, seen_by=Audience(everyone=True))
    assert told(librarian) == "A"


def test_who_sees_released_work_alone_is_told_of_no_draft(brand: Brand, librarian: Member) -> None:
    viewer = member(brand, Role.VIEWER)
    launch = collections.create("Launch", by=librarian)
    draft = VersionFactory.create(asset__brand=brand, asset__title="A").asset
    released = ApprovedVersionFactory.create(asset__brand=brand, asset__title="B").asset
    follow(Asked(words="collection:launch"), by=viewer)
    items.add(launch, [draft.pk, released.pk], by=librarian)
    assert told(viewer) == "B"


def test_an_old_clip_that_is_put_in_is_news_also_where_not_all_that_matched_is_known(
    librarian: Member, clips: list[Asset]
) -> None:
    launch, other = (collections.create(name, by=librarian) for name in ("Launch", "Other"))
    items.add(launch, [clips[1].pk], by=librarian)
    follow(Asked(words="collection:launch"), by=librarian)
    Alert.objects.update(known=[], known_since=timezone.now() + timedelta(milliseconds=1))
    items.add(other, [clip.pk for clip in clips], by=librarian)
    items.add(launch, [clips[0].pk], by=librarian, at=timezone.now() + timedelta(seconds=1))
    assert told(librarian) == "A"


def test_alerts_that_ask_for_no_collection_look_at_none(librarian: Member, clips: list[Asset]) -> None:
    launch = collections.create("Launch", by=librarian)
    follow(Asked(words="bottle"), by=librarian)
    items.add(launch, [clips[0].pk], by=librarian)
    assert not AlertCandidate.objects.exists()
