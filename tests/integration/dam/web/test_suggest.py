"""What the search box offers: of each kind, and only what this person may see."""

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset, Tag
from dam.search import suggestions
from dam.search.query import Filters
from dam.search.saved import recent, saved_searches
from dam.search.saved.asked import Asked
from dam.search.suggestions import Kind
from tests.factories import ApprovedVersionFactory, VersionFactory, member
from tests.integration.dam.web.conftest import SignIn


@pytest.fixture
def creator(brand: Brand) -> Member:
    return member(brand, Role.CREATOR, name="Ada Summers")


def offered(typed: str, person: Member) -> dict[Kind, list[str]]:
    found: dict[Kind, list[str]] = {}
    for each in suggestions.suggest(typed, principal=person):
        found.setdefault(each.kind, []).append(each.words or each.label)
    return found


def tagged(asset: Asset, name: str) -> Asset:
    asset.tags.add(Tag.objects.get_or_create(brand=asset.brand, name=name)[0])
    return asset


def test_each_kind_is_offered_by_how_it_begins(brand: Brand, creator: Member) -> None:
    clip = VersionFactory.create(
        asset__brand=brand, asset__title="Summer can", asset__created_by=creator.user
    )
    tagged(clip.asset, "summer sale")
    saved_searches.save(Asked(words="summer"), name="Summer films", by=creator)
    recent.keep(Asked(words="summer beach"), by=creator)
    assert offered("sum", creator) == {
        Kind.RECENT: ["summer beach"],
        Kind.SAVED: ["Summer films"],
        Kind.TAG: ['tag:"summer sale"'],
        Kind.PERSON: ['by:"Ada Summers"'],
        Kind.TITLE: ["Summer can"],
    }


def test_fields_and_their_values_are_offered(creator: Member) -> None:
    assert offered("red sta", creator)[Kind.FIELD] == ["red state:"]
    assert "red state:draft" in offered("red state:d", creator)[Kind.FIELD]


def test_what_stands_before_the_last_word_stays(brand: Brand, creator: Member) -> None:
    tagged(VersionFactory.create(asset__brand=brand).asset, "cold drinks")
    assert offered('red "on a table" tag:"cold d', creator)[Kind.TAG] == [
        'red "on a table" tag:"cold drinks"'
    ]


def test_with_an_empty_box_recent_searches_are_offered(creator: Member) -> None:
    recent.keep(Asked(words="red can"), by=creator)
    recent.keep(Asked(words="red can", filters=Filters(state=["draft"])), by=creator)
    recent.keep(Asked(filters=Filters(state=["draft"])), by=creator)
    labels = [each.label for each in suggestions.suggest("", principal=creator)]
    assert labels == ["draft", "red can · draft", "red can"]
    assert [each.label for each in suggestions.suggest("red can", principal=creator)] == ["red can · draft"]
    assert offered("x" * 200, creator) == {}


def test_a_viewer_is_offered_nothing_of_drafts_or_hidden_clips(brand: Brand, creator: Member) -> None:
    viewer = member(brand, Role.VIEWER)
    draft = VersionFactory.create(
        asset__brand=brand, asset__title="Secret one", asset__created_by=creator.user
    )
    tagged(draft.asset, "secret")
    assert set(offered("sec", creator)) == {Kind.TAG, Kind.TITLE}
    assert offered("sec", viewer) == offered("ada", viewer) == {}
    trashed = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Secret two").asset
    tagged(trashed, "secret")
    assert set(offered("sec", viewer)) == {Kind.TAG, Kind.TITLE}
    Asset.objects.filter(pk=trashed.pk).update(trashed_at="2026-01-01T00:00:00Z")
    assert offered("sec", viewer) == {}
    tagged(VersionFactory.create(asset__title="Secret elsewhere").asset, "secret")
    assert offered("sec", viewer) == {}


def test_an_option_leads_to_what_it_says(brand: Brand, sign_in: SignIn) -> None:
    clip = VersionFactory.create(asset__brand=brand, asset__title="Summer can").asset
    tagged(clip, "summer sale")
    page = sign_in(Role.CREATOR).get("/b/northwind/suggest/", {"q": "red su"}).content.decode()
    assert 'href="/b/northwind/?q=red+tag%3A%22summer+sale%22"' in page
    page = sign_in(Role.CREATOR).get("/b/northwind/suggest/", {"q": "summer"}).content.decode()
    assert f'href="/b/northwind/assets/{clip.pk}/"' in page


def test_what_stands_behind_the_caret_stays_in_the_search(brand: Brand, sign_in: SignIn) -> None:
    tagged(VersionFactory.create(asset__brand=brand).asset, "summer")
    found = sign_in(Role.CREATOR).get("/b/northwind/suggest/", {"q": "tag:summ", "rest": " -draft"})
    assert b"?q=tag%3Asummer+-draft" in found.content


def test_what_is_chosen_keeps_the_filters_of_the_page(brand: Brand, creator: Member, sign_in: SignIn) -> None:
    clip = VersionFactory.create(asset__brand=brand, asset__title="Can", asset__created_by=creator.user)
    tagged(clip.asset, "summer")
    page = sign_in(Role.CREATOR).get("/b/northwind/suggest/?q=sum&rest=&origin=generated&state=draft&after=x")
    assert 'href="/b/northwind/?q=tag%3Asummer&amp;state=draft&amp;origin=generated"' in page.content.decode()
