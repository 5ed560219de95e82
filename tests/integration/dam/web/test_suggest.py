"""What the search box offers: of each kind, and only what this person may see."""

from typing import Any

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog import versions
from dam.catalog.models import Asset, Tag, Version
from dam.search import names, suggestions
from dam.search import search as searching
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


def made_with(brand: Brand, model: str, *, factory: Any = VersionFactory) -> Version:
    version: Version = factory.create(asset__brand=brand)
    versions.set_making(version.pk, model=model, seed=1, prompt="")
    return version


def test_models_are_offered_by_how_they_begin_and_quoted(brand: Brand, creator: Member) -> None:
    for model in ("previz-dit 0.3", "previz-dit 0.3", "Wan2.1", "préviz"):
        made_with(brand, model)
    made_with(VersionFactory.create().brand, "previz of others")
    assert offered("prev", creator)[Kind.MODEL] == ['model:"previz-dit 0.3"']
    assert offered("red -model:WAN", creator)[Kind.MODEL] == ["red -model:Wan2.1"]
    assert offered("model:", creator)[Kind.MODEL] == [
        "model:préviz",
        'model:"previz-dit 0.3"',
        "model:Wan2.1",
    ]
    assert offered("model:wan2.1,prev", creator)[Kind.MODEL] == ['model:wan2.1,"previz-dit 0.3"']
    assert Kind.MODEL not in offered("state:prev", creator)


def test_models_are_those_that_the_person_sees(brand: Brand, creator: Member) -> None:
    made_with(brand, "open 1", factory=ApprovedVersionFactory)
    made_with(brand, "hidden 1")
    assert offered("model:", creator)[Kind.MODEL] == ['model:"hidden 1"', 'model:"open 1"']
    viewer = member(brand, Role.VIEWER)
    assert offered("model:", viewer)[Kind.MODEL] == ['model:"open 1"']
    assert offered("hid", viewer) == {}


def test_people_and_tags_stand_in_the_order_of_a_dictionary(brand: Brand) -> None:
    """Whatever their letters' codes: capitals and accents come where people look for them."""
    reader = member(brand, Role.LIBRARIAN, name="Nobody")
    for name in ("Eva Zorn", "eva Adam", "Eva Ärzte", "Eva Bär"):
        person = member(brand, Role.CREATOR, name=name)
        clip = VersionFactory.create(asset__brand=brand, asset__created_by=person.user).asset
        tagged(clip, name.lower())
    wanted = ["eva adam", "eva ärzte", "eva bär", "eva zorn"]
    assert offered("eva", reader)[Kind.TAG] == [f'tag:"{name}"' for name in wanted]
    assert [each.lower() for each in offered("eva", reader)[Kind.PERSON]] == [
        f'by:"{each}"' for each in wanted
    ]


def test_people_are_offered_for_by_with_nothing_behind_it_and_excluded(brand: Brand, creator: Member) -> None:
    VersionFactory.create(asset__brand=brand, asset__created_by=creator.user)
    member(brand, Role.CREATOR, name="Ada Empty")
    assert offered("by:", creator)[Kind.PERSON] == ['by:"Ada Summers"']
    assert offered("-by:ada", creator) == {Kind.PERSON: ['-by:"Ada Summers"']}
    assert offered('by:"ada su', creator) == {Kind.PERSON: ['by:"Ada Summers"']}


def test_a_name_that_is_offered_finds_its_clips(brand: Brand) -> None:
    """Also one with a comma or with quotes in it."""
    reader = member(brand, Role.LIBRARIAN)
    for name in ("Lovelace, Ada", 'Bob "The Boss" Ross'):
        person = member(brand, Role.CREATOR, name=name)
        clip = VersionFactory.create(asset__brand=brand, asset__created_by=person.user).asset
        (words,) = offered(f"by:{name[:3]}", reader)[Kind.PERSON]
        found = searching.among(reader, parsed=searching.parse(words, by=reader), filters=Filters())
        assert [each.pk for each in found] == [clip.pk], words


def test_models_cost_the_same_however_many_clips_they_made(
    brand: Brand, creator: Member, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        made_with(brand, f"model {number}")
    with django_assert_max_num_queries(3):
        found = names.models("model", principal=creator)
    assert found == [f"model {number}" for number in range(5)]
