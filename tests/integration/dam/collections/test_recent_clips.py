"""The clips that somebody opened lately: their own, bounded, and forgotten when they leave."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dam.access import erasure, people
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.catalog import assets
from dam.catalog.models import Asset
from dam.collections import recent_clips
from dam.collections.models import RecentClip
from tests.factories import BrandFactory, VersionFactory, member, token_of

NOW = timezone.now()


def opened(principal: Member) -> str:
    return "".join(recent_clips.of(principal).values_list("asset__title", flat=True))


def note(clips: list[Asset], letters: str, *, by: Member) -> None:
    named = {clip.title: clip for clip in clips}
    for minute, letter in enumerate(letters):
        recent_clips.note(named[letter], by=by, at=NOW + timedelta(minutes=minute))


def test_the_last_one_stands_first_and_each_once(brand: Brand, creator: Member, clips: list[Asset]) -> None:
    note(clips, "ABCA", by=creator)
    assert opened(creator) == "ACB"
    assert opened(member(brand)) == ""


def test_the_newest_are_kept(creator: Member, clips: list[Asset], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_clips, "MOST", 3)
    note(clips, "ABCDE", by=creator)
    assert opened(creator) == "EDC"
    assert RecentClip.objects.count() == 3


def test_those_of_another_brand_are_counted_apart(
    creator: Member, clips: list[Asset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_clips, "MOST", 2)
    elsewhere = Member(creator.user, BrandFactory.create(), Role.CREATOR)
    other = VersionFactory.create(asset__brand=elsewhere.brand, asset__title="Z").asset
    note(clips, "AB", by=creator)
    recent_clips.note(other, by=elsewhere, at=NOW)
    assert (opened(creator), opened(elsewhere)) == ("BA", "Z")
    assert recent_clips.forget(creator.user, elsewhere.brand) == 1
    assert opened(creator) == "BA"


def test_what_is_no_longer_seen_is_not_listed(brand: Brand, creator: Member, clips: list[Asset]) -> None:
    note(clips, "AB", by=creator)
    assets.trash(clips[0], by=member(brand, Role.ADMIN))
    assert opened(creator) == "B"
    assert opened(Member(creator.user, brand, Role.VIEWER)) == ""


def test_what_a_program_opens_is_not_kept(creator: Member, clips: list[Asset]) -> None:
    recent_clips.note(clips[0], by=token_of(creator, [Capability.VIEW]), at=NOW)
    assert not RecentClip.objects.exists()


def test_a_persons_page_of_a_clip_is_kept_and_a_panel_of_it_is_not(
    brand: Brand, creator: Member, clips: list[Asset]
) -> None:
    client = Client()
    client.force_login(creator.user)
    page = f"/b/{brand.slug}/assets/{clips[0].pk}/"
    client.get(page, headers={"HX-Request": "true", "HX-Target": "panel"})
    assert opened(creator) == ""
    client.get(page)
    assert opened(creator) == "A"
    assert "Recently opened" in client.get(f"/b/{brand.slug}/collections/").text
    client.post(f"/b/{brand.slug}/collections/recent/clear/")
    assert "Recently opened" not in client.get(f"/b/{brand.slug}/collections/").text


def test_they_are_forgotten_when_the_person_leaves_the_brand(
    brand: Brand, creator: Member, clips: list[Asset]
) -> None:
    note(clips, "AB", by=creator)
    membership = Membership.objects.select_related("user", "brand").get(user=creator.user)
    people.deactivate(membership, by=member(brand, Role.ADMIN))
    assert not RecentClip.objects.exists()


def test_erasing_a_person_takes_them_along(brand: Brand, creator: Member, clips: list[Asset]) -> None:
    note(clips, "AB", by=creator)
    erasure.erase(creator.user, by=member(brand, Role.ADMIN, is_superuser=True))
    assert not RecentClip.objects.exists()
