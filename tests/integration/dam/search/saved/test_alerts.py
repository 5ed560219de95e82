"""Alerts: who is told of what, once, with the rights of that moment; and that no pass loses anything."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.catalog import assets
from dam.catalog.models import Asset
from dam.rights.models import RightsRecord
from dam.search import fulltext
from dam.search.encoders import model_card
from dam.search.saved import alert_passes, alerts, saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import Alert, AlertMatch, AlertPass, SavedSearch
from tests.factories import ApprovedVersionFactory, member
from tests.integration.dam.search import seeing


@pytest.fixture(autouse=True)
def _ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = seeing.install(tmp_path)
    monkeypatch.setattr(model_card, "current", lambda: installed)


@pytest.fixture
def search(librarian: Member) -> SavedSearch:
    return saved_searches.save(Asked(words="red"), name="Red things", by=librarian, shared=True)


def arrive(brand: Brand, title: str = "Clip", **options: Any) -> Asset:
    """A clip comes, and its index is finished."""
    asset = seeing.clip(brand, title, **options)
    alerts.notice([asset.pk], brand_id=brand.pk)
    return asset


def a_pass(brand: Brand, ask: Any = seeing.ask) -> None:
    """One whole pass, without the rest after the one before."""
    AlertPass.objects.update(not_before="2020-01-01T00:00:00Z")
    alert_passes.run(brand.pk, ask=ask)


def told(person: Member) -> list[str]:
    return [match.asset.title for match in alerts.news(person)]


def test_what_is_seen_or_named_is_told_and_what_was_there_is_not(
    brand: Brand, librarian: Member, search: SavedSearch
) -> None:
    old = arrive(brand, "Red of old")
    alerts.turn_on(search, by=librarian, ask=seeing.ask)
    alerts.notice([old.pk], brand_id=brand.pk)
    arrive(brand, "Seen", colours=["red"])
    arrive(brand, "A red name")
    arrive(brand, "Green", colours=["green"])
    a_pass(brand)
    assert sorted(told(librarian)) == ["A red name", "Seen"]
    assert alerts.unread(librarian) == 2


def test_what_was_there_is_no_news_also_where_visual_search_was_busy_then(
    brand: Brand, librarian: Member, search: SavedSearch
) -> None:
    old = arrive(brand, "Old", colours=["red"])
    alerts.turn_on(search, by=librarian, ask=lambda spoken, encoder: None)
    alerts.notice([old.pk], brand_id=brand.pk)
    arrive(brand, "New", colours=["red"])
    a_pass(brand)
    assert told(librarian) == ["New"]


def test_nothing_is_told_twice(brand: Brand, librarian: Member, search: SavedSearch) -> None:
    alerts.turn_on(search, by=librarian, ask=seeing.ask)
    asset = arrive(brand, "Red can")
    a_pass(brand)
    alerts.read(librarian)
    alerts.notice([asset.pk], brand_id=brand.pk)
    a_pass(brand)
    assert alerts.unread(librarian) == 0
    assert AlertMatch.objects.count() == 1


def test_a_clip_that_matches_after_an_edit_is_told(
    brand: Brand, librarian: Member, search: SavedSearch
) -> None:
    old = seeing.clip(brand, "Can")
    alerts.turn_on(search, by=librarian, ask=seeing.ask)
    assets.edit(old, by=librarian, tag_names=["red"])
    fulltext.refresh(old)
    a_pass(brand)
    assert told(librarian) == ["Can"]


def test_a_viewer_is_told_of_releases_alone(brand: Brand, search: SavedSearch) -> None:
    viewer = member(brand, Role.VIEWER)
    alerts.turn_on(search, by=viewer, ask=seeing.ask)
    arrive(brand, "Red draft", colours=["red"])
    released = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Red release").asset
    fulltext.refresh(released)
    alerts.notice([released.pk], brand_id=brand.pk)
    a_pass(brand)
    assert told(viewer) == ["Red release"]


def test_what_somebody_may_no_longer_see_is_not_shown(
    brand: Brand, librarian: Member, search: SavedSearch
) -> None:
    creator = member(brand, Role.CREATOR)
    for person in (librarian, creator):
        alerts.turn_on(search, by=person, ask=seeing.ask)
    arrive(brand, "Red draft")
    a_pass(brand)
    Membership.objects.filter(user=creator.user).update(role=Role.VIEWER.value)
    assert alerts.unread(Member(creator.user, brand, Role.VIEWER)) == 0
    saved_searches.edit(search, by=librarian, name="Red things", shared=False, collection=False)
    assert told(creator) == []
    assert told(librarian) == ["Red draft"]


def test_a_pass_takes_all_whose_embargo_ends_at_one_moment(
    brand: Brand, search: SavedSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_passes, "MOST_ASSETS", 2)
    viewer, moment = member(brand, Role.VIEWER), timezone.now() - timedelta(hours=1)
    alerts.turn_on(search, by=viewer, ask=seeing.ask)
    AlertPass.objects.update(embargo_until=moment - timedelta(hours=1))
    for _ in range(3):
        version = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Red release")
        RightsRecord.objects.filter(version=version).update(embargo_until=moment)
        fulltext.refresh(version.asset)
    a_pass(brand)
    assert len(told(viewer)) == 3


def test_who_has_left_is_told_nothing(brand: Brand, search: SavedSearch) -> None:
    creator = member(brand, Role.CREATOR)
    alerts.turn_on(search, by=creator, ask=seeing.ask)
    Membership.objects.filter(user=creator.user).delete()
    arrive(brand, "Red can")
    a_pass(brand)
    assert not AlertMatch.objects.exists()


def test_a_pass_whose_worker_dies_is_gone_on_with(
    brand: Brand, search: SavedSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [member(brand, role) for role in (Role.CREATOR, Role.LIBRARIAN, Role.ADMIN)]
    for person in people:
        alerts.turn_on(search, by=person, ask=seeing.ask)
    arrive(brand, "Red can")
    monkeypatch.setattr(alert_passes, "CHUNK", 1)
    calls: list[str] = []

    def dying(spoken: str, encoder: str) -> Any:
        calls.append(spoken)
        if len(calls) == 2:
            raise SystemExit
        return seeing.ask(spoken, encoder)

    with pytest.raises(SystemExit):
        a_pass(brand, ask=dying)
    assert AlertMatch.objects.count() == 1
    a_pass(brand)
    assert [told(person) for person in people] == [["Red can"]] * 3
    assert AlertPass.objects.get().asset_ids == []


def test_an_encoder_that_is_busy_is_asked_again(brand: Brand, librarian: Member, search: SavedSearch) -> None:
    alerts.turn_on(search, by=librarian, ask=seeing.ask)
    arrive(brand, "Seen", colours=["red"])
    a_pass(brand, ask=lambda spoken, encoder: None)
    assert told(librarian) == []
    a_pass(brand)
    assert told(librarian) == ["Seen"]


def test_the_same_search_of_many_is_asked_once_for_each_role(brand: Brand, search: SavedSearch) -> None:
    for role in (Role.CREATOR, Role.CREATOR, Role.LIBRARIAN):
        alerts.turn_on(search, by=member(brand, role), ask=seeing.ask)
    arrive(brand, "Red can")
    asked: list[str] = []

    def counting(spoken: str, encoder: str) -> Any:
        asked.append(spoken)
        return seeing.ask(spoken, encoder)

    a_pass(brand, ask=counting)
    assert len(asked) == 2
    assert AlertMatch.objects.count() == 3


def test_an_alert_rests_while_much_is_unread(
    brand: Brand, librarian: Member, search: SavedSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "MOST_UNREAD", 1)
    alerts.turn_on(search, by=librarian, ask=seeing.ask)
    for _ in range(2):
        arrive(brand, "Red can")
        a_pass(brand)
    assert alerts.unread(librarian) == 1
    alerts.read(librarian)
    arrive(brand, "Red can")
    a_pass(brand)
    assert alerts.unread(librarian) == 1


def test_a_brand_without_alerts_keeps_no_candidates(
    brand: Brand, librarian: Member, search: SavedSearch
) -> None:
    arrive(brand, "Red can")
    alerts.turn_on(search, by=librarian, ask=seeing.ask)
    alerts.turn_off(search, by=librarian)
    a_pass(brand)
    assert not AlertPass.objects.exists()
    assert not Alert.objects.exists()


def test_the_search_of_a_page_and_of_an_alert_are_one(find: Callable[..., Any], brand: Brand) -> None:
    red, green = arrive(brand, "Red", colours=["red"]), arrive(brand, "Red too")
    assert {hit.asset.pk for hit in find("red").hits} == {red.pk, green.pk}
    assert [hit.asset.pk for hit in find("red", within=[green.pk]).hits] == [green.pk]
