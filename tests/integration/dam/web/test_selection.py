"""One thing done to many clips."""

import pytest
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog import tags
from dam.catalog.models import Asset, Version
from dam.search import search
from tests.factories import VersionFactory, member
from tests.integration.dam.web.conftest import SignIn

TAGS, TRASH = "/b/northwind/selection/tags/", "/b/northwind/selection/trash/"


@pytest.fixture
def clips(brand: Brand) -> list[Asset]:
    return [VersionFactory.create(asset__brand=brand).asset for _ in range(3)]


def names(asset: Asset) -> list[str]:
    return list(asset.tags.values_list("name", flat=True))


def test_tags_are_added_to_those_that_were_there(brand: Brand, clips: list[Asset], sign_in: SignIn) -> None:
    tags.assign(clips[0], ["beach"])
    sign_in(Role.CREATOR).post(TAGS, {"asset": [clips[0].pk, clips[1].pk], "tags": "Summer, lime"})
    assert [names(clip) for clip in clips] == [["beach", "lime", "summer"], ["lime", "summer"], []]
    assert search.find(member(brand), words="lime").total == 2


def test_no_tags_change_nothing_and_say_so(clips: list[Asset], sign_in: SignIn) -> None:
    answer = sign_in(Role.CREATOR).post(TAGS, {"asset": clips[0].pk, "tags": " , "}, follow=True)
    assert "No tags were added" in answer.content.decode()
    assert not Event.objects.exists()


def test_the_chosen_go_to_the_trash_each_with_its_event(clips: list[Asset], sign_in: SignIn) -> None:
    answer = sign_in(Role.LIBRARIAN).post(TRASH, {"asset": [clip.pk for clip in clips[:2]]}, follow=True)
    assert "2 clips moved to trash" in answer.content.decode()
    assert list(Asset.objects.filter(trashed_at=None)) == [clips[2]]
    assert Event.objects.filter(verb="asset.trashed").count() == 2


def test_clips_of_another_brand_and_nonsense_are_left_out(clips: list[Asset], sign_in: SignIn) -> None:
    other = VersionFactory.create().asset
    sign_in(Role.LIBRARIAN).post(TRASH, {"asset": [other.pk, "x", "", clips[0].pk]})
    assert set(Asset.objects.exclude(trashed_at=None)) == {clips[0]}


@pytest.mark.parametrize(("address", "role"), [(TAGS, Role.LEGAL_REVIEWER), (TRASH, Role.LEGAL_REVIEWER)])
def test_a_role_without_the_capability_is_refused(
    clips: list[Asset], sign_in: SignIn, address: str, role: Role
) -> None:
    assert sign_in(role).post(address, {"asset": clips[0].pk, "tags": "x"}).status_code == 403


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_way_back_stays_here(clips: list[Asset], sign_in: SignIn, back: str) -> None:
    client: Client = sign_in(Role.CREATOR)
    answer = client.post(TAGS, {"asset": clips[0].pk, "tags": "x", "back": back})
    assert answer.headers["Location"] == "/b/northwind/"


def test_the_way_back_is_the_list_as_it_was(clips: list[Asset], sign_in: SignIn) -> None:
    answer = sign_in(Role.CREATOR).post(TAGS, {"tags": "x", "back": "/b/northwind/?state=draft"})
    assert answer.headers["Location"] == "/b/northwind/?state=draft"


def test_hundreds_of_chosen_clips_are_all_tagged(brand: Brand, sign_in: SignIn) -> None:
    person = member(brand).user
    many = Asset.objects.bulk_create(
        Asset(brand=brand, title=f"Clip {number}", origin="uploaded", created_by=person)
        for number in range(1200)
    )
    Version.objects.bulk_create(
        Version(
            asset=asset,
            brand=brand,
            sha256=f"{number:064}",
            size=1,
            storage_key=str(number),
            created_by=person,
        )
        for number, asset in enumerate(many)
    )
    for asset in many:
        asset.latest = asset.versions.get()
    Asset.objects.bulk_update(many, ["latest"])
    sent = {"asset": [str(asset.pk) for asset in many], "tags": "summer"}
    answer = sign_in(Role.CREATOR).post(TAGS, sent, follow=True)
    assert "1,200 clips" in answer.content.decode()
    assert Asset.objects.filter(tags__name="summer").count() == 1200


def test_a_tag_that_is_too_long_is_refused_in_words(clips: list[Asset], sign_in: SignIn) -> None:
    answer = sign_in(Role.CREATOR).post(TAGS, {"asset": clips[0].pk, "tags": "x" * 61}, follow=True)
    assert "has 61 characters" in answer.content.decode()
    assert names(clips[0]) == []
