"""Favourites: a person's own, of clips that they see."""

import pytest
from django.db import IntegrityError, transaction

from dam.access import erasure
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset
from dam.collections import favourites
from dam.collections.models import Favourite
from dam.search import search
from dam.search.query import Filters
from tests.factories import BrandFactory, VersionFactory, member


def found(principal: Member, words: str) -> str:
    assets = search.among(principal, parsed=search.parse(words, by=principal))
    return "".join(sorted(assets.values_list("title", flat=True)))


def test_a_clip_is_starred_once_and_no_event_tells_of_it(creator: Member, clips: list[Asset]) -> None:
    assert favourites.star(clips[0].pk, by=creator)
    assert not favourites.star(clips[0].pk, by=creator)
    assert [each.asset for each in favourites.of(creator)] == [clips[0]]
    assert not Event.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Favourite.objects.create(user=creator.user, asset=clips[0])


def test_a_star_is_taken_away(creator: Member, clips: list[Asset]) -> None:
    favourites.star(clips[0].pk, by=creator)
    assert favourites.unstar(clips[0].pk, by=creator)
    assert not favourites.unstar(clips[0].pk, by=creator)
    assert not favourites.of(creator).exists()


def test_what_is_not_seen_cannot_be_starred(brand: Brand, creator: Member, clips: list[Asset]) -> None:
    assert not favourites.star(VersionFactory.create().asset.pk, by=creator)
    assert not favourites.star(clips[0].pk, by=member(brand, Role.VIEWER))
    assert not Favourite.objects.exists()


def test_favourites_are_each_persons_own_in_each_brand(
    brand: Brand, creator: Member, clips: list[Asset]
) -> None:
    favourites.star(clips[0].pk, by=creator)
    other_brand = Member(creator.user, BrandFactory.create(), Role.CREATOR)
    assert not favourites.of(member(brand)).exists()
    assert not favourites.of(other_brand).exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [("favourite:yes", "AC"), ("favourite:no", "BDE"), ("-favourite:yes", "BDE"), ("favourite:maybe", "")],
)
def test_a_search_narrows_by_them(
    brand: Brand, creator: Member, clips: list[Asset], words: str, expected: str
) -> None:
    for clip in (clips[0], clips[2]):
        favourites.star(clip.pk, by=creator)
    favourites.star(clips[1].pk, by=member(brand))
    assert found(creator, words) == expected


def test_a_card_knows_the_favourites_of_who_asks(brand: Brand, creator: Member, clips: list[Asset]) -> None:
    favourites.star(clips[0].pk, by=creator)
    for person, expected in ((creator, {"A"}), (member(brand), set())):
        assets = search.with_parts(search.among(person, parsed=search.parse("", by=person)), person)
        assert {each.title for each in assets if each.is_favourite} == expected


def test_there_is_a_most(creator: Member, clips: list[Asset], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(favourites, "MOST", 1)
    favourites.star(clips[0].pk, by=creator)
    with pytest.raises(favourites.TooManyFavourites, match="You have 1 favourites"):
        favourites.star(clips[1].pk, by=creator)


def test_erasing_a_person_and_deleting_a_clip_take_favourites_along(
    brand: Brand, creator: Member, clips: list[Asset]
) -> None:
    other = member(brand)
    favourites.star(clips[0].pk, by=creator)
    favourites.star(clips[1].pk, by=other)
    erasure.erase(creator.user, by=member(brand, Role.ADMIN, is_superuser=True))
    assert [each.user for each in Favourite.objects.all()] == [other.user]
    clips[1].delete()
    assert not Favourite.objects.exists()


def test_a_filter_in_the_address_is_the_same(creator: Member, clips: list[Asset]) -> None:
    favourites.star(clips[3].pk, by=creator)
    filters = Filters(favourite=["yes"])
    assets = search.among(creator, parsed=search.parse("", by=creator), filters=filters)
    assert [each.title for each in assets] == ["D"]
