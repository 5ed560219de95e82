"""The pages of collections: who finds what on them."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog import assets
from dam.catalog.models import Asset
from dam.collections import collections, items
from dam.collections.audience import Audience
from dam.collections.models import Collection
from dam.web import assets as clip_pages
from dam.web.collections import pages
from tests.factories import ApprovedVersionFactory, VersionFactory, member
from tests.integration.dam.web.collections.addresses import ADD, ALL, page_of, titles
from tests.integration.dam.web.conftest import SignIn


def test_a_collection_shows_its_clips_in_their_order(client: Client, collection: Collection) -> None:
    html = client.get(page_of(collection)).text
    assert titles(html) == ["Clip C", "Clip A"]
    assert "Everyone in Northwind Drinks sees it" in html


def test_a_viewer_finds_and_counts_what_is_released_alone(
    brand: Brand, collection: Collection, creator: Member, sign_in: SignIn
) -> None:
    released = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Released")
    items.add(collection, [released.asset_id], by=creator)
    viewer = sign_in(Role.VIEWER)
    html = viewer.get(page_of(collection)).text
    assert titles(html) == ["Released"]
    assert "Clip A" not in html
    assert "collection-edit" not in html
    assert "Add to collection" not in html
    assert "1 clip" in viewer.get(page_of(collection, "cover/")).text


def test_a_long_collection_comes_page_by_page_each_in_the_same_queries(
    brand: Brand, client: Client, creator: Member, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    client.get(page_of(collection))  # the first request asks more: of the person, of the brand
    with CaptureQueriesContext(connection) as few:
        client.get(page_of(collection))
    new = [VersionFactory.create(asset__brand=brand, asset__title=f"More {n}").asset.pk for n in range(3)]
    items.add(collection, new, by=creator)
    with CaptureQueriesContext(connection) as many:
        html = client.get(page_of(collection)).text
    assert len(many) == len(few)
    seen = titles(html)
    while following := re.search(r'href="(\?after=[^"]+)"', html):
        html = client.get(page_of(collection) + following[1], headers={"HX-Request": "true"}).text
        assert "<main" not in html
        seen += titles(html)
    assert seen == ["Clip C", "Clip A", "More 0", "More 1", "More 2"]


@pytest.mark.parametrize("after", ["", "0", "é", "V" * 500, "'; --"])
def test_an_odd_place_in_the_address_shows_the_beginning(
    client: Client, collection: Collection, after: str
) -> None:
    assert titles(client.get(page_of(collection), {"after": after}).text) == ["Clip C", "Clip A"]


def test_a_private_collection_is_not_there_for_others(
    client: Client, creator: Member, sign_in: SignIn
) -> None:
    secret = collections.create("Rebranding", by=creator, seen_by=Audience(everyone=False))
    assert "Rebranding" in client.get(ALL).text
    other = sign_in(Role.ADMIN)
    assert "Rebranding" not in other.get(ALL).text
    for end in ("", "cover/", "edit/"):
        assert other.get(page_of(secret, end)).status_code == 404
    for end in ("delete/", "remove/", "undo/"):
        assert other.post(page_of(secret, end)).status_code == 404


def test_a_clips_page_names_its_collections_and_adds_it_to_more(
    client: Client, collection: Collection, clips: list[Asset], sign_in: SignIn
) -> None:
    html = client.get(f"/b/northwind/assets/{clips[0].pk}/").text
    assert page_of(collection) in html
    assert f'action="{ADD}"' in html
    assert page_of(collection) not in client.get(f"/b/northwind/assets/{clips[1].pk}/").text


def test_a_clip_in_the_trash_is_away_from_the_page_and_comes_back(
    brand: Brand, client: Client, collection: Collection, clips: list[Asset]
) -> None:
    assets.trash(clips[2], by=member(brand, Role.ADMIN))
    assert titles(client.get(page_of(collection)).text) == ["Clip A"]
    Asset.objects.filter(pk=clips[2].pk).update(trashed_at=None)
    assert titles(client.get(page_of(collection)).text) == ["Clip C", "Clip A"]


def test_who_may_only_collect_can_select_but_neither_tag_nor_trash(
    collection: Collection, sign_in: SignIn
) -> None:
    reviewer = sign_in(Role.BRAND_REVIEWER)
    for address in ("/b/northwind/", page_of(collection)):
        html = reviewer.get(address).text
        assert 'name="asset"' in html
        assert "Add to collection" in html
        assert "Add tags" not in html
        assert "Move to trash" not in html


def test_the_list_of_collections_asks_the_same_number_of_queries_however_many_there_are(
    client: Client, creator: Member, collection: Collection
) -> None:
    client.get(ALL)
    with CaptureQueriesContext(connection) as few:
        client.get(ALL)
    for number in range(10):
        collections.create(f"Number {number}", by=creator)
    with CaptureQueriesContext(connection) as many:
        client.get(ALL)
    assert len(many) == len(few)


def test_how_many_clips_there_are_goes_below_the_name(client: Client, collection: Collection) -> None:
    page, cover = client.get(ALL).text, client.get(page_of(collection, "cover/")).text
    place = f'id="collection-count-{collection.pk}"'
    assert page.index("Summer") < page.index(place)
    assert place in cover
    assert "2 clips" in cover


def test_a_new_collection_shifts_no_page_of_all(
    brand: Brand, client: Client, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_OF_COLLECTIONS", 2)
    for name in ("Ärzte", "berlin", "Chicago", "Dublin"):
        collections.create(name, by=creator)
    first = client.get(ALL).context
    assert [row.collection.name for row in first["rows"]] == ["Ärzte", "berlin"]
    collections.create("Aachen", by=creator)
    following = client.get(f"{ALL}{first['page'].next}").context["rows"]
    assert [row.collection.name for row in following] == ["Chicago", "Dublin"]
    assert client.get(f"{ALL}?after=nonsense").context["rows"][0].collection.name == "Aachen"


def test_all_recently_opened_clips_are_offered(
    brand: Brand, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_RECENT", 2)
    for number in range(3):
        clip = VersionFactory.create(asset__brand=brand, asset__title=f"Opened {number}").asset
        client.get(f"/b/{brand.slug}/assets/{clip.pk}/")
    html = client.get(ALL).text
    assert "Show 1 more" in html
    assert "Opened 0" not in html
    assert "Opened 0" in client.get(f"{ALL}?recent=all").text


def test_the_search_inside_is_of_this_collection_and_those_in_it(
    client: Client, collection: Collection
) -> None:
    assert f"?inside={collection.pk}" in client.get(page_of(collection)).text


def test_a_clip_in_many_collections_says_how_many_more(
    brand: Brand, client: Client, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_pages, "MOST_COLLECTIONS", 1)
    clip = VersionFactory.create(asset__brand=brand).asset
    for name in ("Autumn", "Spring", "Winter"):
        items.add(collections.create(name, by=creator), [clip.pk], by=creator)
    address = f"/b/{brand.slug}/assets/{clip.pk}/"
    html = client.get(address).text
    assert "2 more" in html
    assert "Winter" not in html
    assert "Winter" in client.get(f"{address}?collections=all").text
