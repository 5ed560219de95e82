"""Saved searches on the library's pages."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member
from dam.catalog.models import Asset
from dam.search import query_embedding, search
from dam.search.encoders.base import TextEmbedding
from dam.search.query import Filters
from dam.search.results import Results, Seeing
from dam.search.saved import alerts, fruitless, recent, saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import AlertMatch, SavedSearch
from dam.search.strengths import Strength
from dam.web import alert_news
from tests.factories import ApprovedVersionFactory, RenditionFactory, VersionFactory, member
from tests.integration.dam.web.conftest import SignIn

LIBRARY = "/b/northwind/"
DRAFTS = Asked(filters=Filters(state=["draft"]))


@pytest.fixture
def creator(brand: Brand) -> Member:
    return member(brand, Role.CREATOR)


@pytest.fixture
def client(creator: Member) -> Client:
    signed_in = Client()
    signed_in.force_login(creator.user)
    return signed_in


def test_a_search_is_saved_opened_changed_and_updated(client: Client, creator: Member) -> None:
    form = {"query": "?state=draft", "name": "Drafts", "alert": "on"}
    opened = client.post(f"{LIBRARY}s/save/", form, follow=True)
    search = SavedSearch.objects.get()
    assert opened.context["saved_search"] == search
    assert (opened.context["saved_state"], opened.context["saved_tells"]) == ("same", True)
    changed = client.get(f"{LIBRARY}?saved={search.pk}&state=draft&state=approved")
    assert changed.context["saved_state"] == "changed"
    client.post(f"{LIBRARY}s/{search.pk}/update/", {"query": changed.context["listing"].query.address()})
    search.refresh_from_db()
    assert search.filters == {"state": ["draft", "approved"]}


def test_saving_the_same_again_says_so_and_opens_it(client: Client, creator: Member) -> None:
    search = saved_searches.save(DRAFTS, name="Drafts", by=creator)
    form = {"query": "?state=draft", "name": "More", "alert": "on"}
    again = client.post(f"{LIBRARY}s/save/", form, follow=True)
    assert "This search is already saved as “Drafts”." in again.content.decode()
    assert (again.context["saved_search"], again.context["saved_tells"]) == (search, True)


def test_a_name_that_is_refused_comes_back_with_what_was_chosen(client: Client, creator: Member) -> None:
    search = saved_searches.save(DRAFTS, name="Drafts", by=creator)
    form = {"name": "x" * 81, "collection": "on", "given_name": "Drafts", "given_collection": ""}
    page = client.post(f"{LIBRARY}s/{search.pk}/edit/", form)
    assert (page.status_code, page.context["name"], page.context["collection"]) == (422, "x" * 81, True)
    assert b'name="collection" checked' in page.content


def test_a_form_changes_what_was_changed_in_it_alone(brand: Brand) -> None:
    admin = member(brand, Role.ADMIN)
    search = saved_searches.save(DRAFTS, name="Drafts", by=admin)
    client = Client()
    client.force_login(admin.user)
    page = client.get(f"{LIBRARY}s/{search.pk}/edit/").content.decode()
    form = dict(re.findall(r'<input type="hidden"\s+name="(given_[a-z]+)"\s+value="([^"]*)"', page))
    assert set(form) == {"given_name", "given_shared", "given_collection"}
    saved_searches.edit(search, by=admin, name="Drafts", shared=True, collection=True)  # in another tab
    assert client.post(f"{LIBRARY}s/{search.pk}/edit/", {**form, "name": "All drafts"}).status_code == 302
    search.refresh_from_db()
    assert (search.name, search.shared, search.collection) == ("All drafts", True, True)
    client.post(f"{LIBRARY}s/{search.pk}/edit/", {"name": "All drafts", "given_shared": "on"})
    search.refresh_from_db()
    assert (search.shared, search.collection) == (False, True)


def test_a_saved_search_is_not_updated_to_one_by_a_picture_that_is_gone(
    client: Client, creator: Member
) -> None:
    search = saved_searches.save(DRAFTS, name="Drafts", by=creator)
    query = f"?q=lime&like=picture:{'k' * 20}"
    page = client.post(f"{LIBRARY}s/{search.pk}/update/", {"query": query}, follow=True).content.decode()
    assert "The picture isn't there to be kept" in page.replace("&#x27;", "'")
    search.refresh_from_db()
    assert search.words == ""


def test_a_deletion_offers_undo(client: Client, creator: Member) -> None:
    search = saved_searches.save(DRAFTS, name="Drafts", by=creator)
    page = client.post(f"{LIBRARY}s/{search.pk}/delete/", follow=True).content.decode()
    assert f"/s/{search.pk}/restore/" in page
    client.post(f"{LIBRARY}s/{search.pk}/restore/")
    assert saved_searches.visible(creator).get() == search


def test_another_persons_private_search_is_not_there(client: Client, brand: Brand) -> None:
    search = saved_searches.save(DRAFTS, name="Drafts", by=member(brand, Role.ADMIN))
    assert client.get(f"{LIBRARY}s/{search.pk}/").status_code == 404
    assert client.get(LIBRARY, {"saved": str(search.pk)}).context["saved_search"] is None
    assert b"Drafts" not in client.get(f"{LIBRARY}palette/", {"q": "draft"}).content


def test_a_card_shows_what_this_person_finds(brand: Brand, sign_in: SignIn, creator: Member) -> None:
    anything = Asked(filters=Filters(origin=["uploaded"]))
    search = saved_searches.save(anything, name="Uploads", by=creator, shared=True)
    for _ in range(5):
        RenditionFactory.create(version=VersionFactory.create(asset__brand=brand))
    ApprovedVersionFactory.create(asset__brand=brand)

    def shown(role: Role) -> tuple[int, int]:
        preview = sign_in(role).get(f"{LIBRARY}s/{search.pk}/cover/").context["preview"]
        return len(preview.assets), preview.count

    assert shown(Role.CREATOR) == (4, 6)
    assert shown(Role.VIEWER) == (1, 1)


def test_the_page_asks_as_much_for_many_searches_as_for_one(
    client: Client, creator: Member, django_assert_num_queries: Any
) -> None:
    saved_searches.save(DRAFTS, name="Drafts", by=creator)
    page = f"{LIBRARY}s/"
    client.get(page)
    with django_assert_num_queries(8) as few:
        client.get(page)
    for place in range(8):
        saved_searches.save(Asked(words=f"can {place}"), name=f"Can {place}", by=creator)
    with django_assert_num_queries(len(few)):
        client.get(page)


def test_news_are_listed_once_a_clip_and_marked_as_read(
    client: Client, creator: Member, brand: Brand
) -> None:
    version = VersionFactory.create(asset__brand=brand, asset__title="Red can")
    for wanted in (DRAFTS, Asked(words="can")):
        search = saved_searches.save(wanted, name=wanted.title, by=creator)
        alert = alerts.turn_on(search, by=creator, ask=lambda spoken, encoder: None)
        AlertMatch.objects.create(alert=alert, asset=version.asset)
    assert b"new clips in your saved searches" in client.get(f"{LIBRARY}s/new/count/").content
    page = client.get(f"{LIBRARY}s/new/").context
    assert [(row.card.asset.title, len(row.searches), row.unread) for row in page["rows"]] == [
        ("Red can", 2, True)
    ]
    client.post(f"{LIBRARY}s/new/read/", {"match": page["unread"]})
    assert client.get(f"{LIBRARY}s/new/count/").content.strip() == b""


def test_marking_as_read_leaves_what_the_page_did_not_show(
    client: Client, creator: Member, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_news, "MOST", 1)
    alert = alerts.turn_on(saved_searches.save(DRAFTS, name="Drafts", by=creator), by=creator)
    for _ in range(2):
        AlertMatch.objects.create(alert=alert, asset=VersionFactory.create(asset__brand=brand).asset)
    page = client.get(f"{LIBRARY}s/new/")
    (shown,) = page.context["unread"]
    assert f'name="match" value="{shown}"' in page.content.decode()
    assert "Mark these as read" in page.content.decode()
    client.post(f"{LIBRARY}s/new/read/", {"match": shown})
    assert alerts.unread(creator) == 1


def test_a_search_that_came_to_rest_is_kept_for_who_searched(client: Client, creator: Member) -> None:
    client.post(f"{LIBRARY}searches/settled/", {"query": "?q=red+can&state=draft"})
    assert [(each.words, each.filters) for each in recent.of(creator)] == [("red can", {"state": ["draft"]})]


def test_words_without_a_result_are_counted_once_a_day_and_person(
    client: Client, brand: Brand, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = TextEmbedding(vector=None, unknown_words=("zebra",))
    monkeypatch.setattr(query_embedding, "ask", lambda spoken, *, encoder: unknown)
    VersionFactory.create(asset__brand=brand)
    for _ in range(2):
        client.post(f"{LIBRARY}searches/settled/", {"query": "?q=zebra", "none": "1"})
    assert [(each.words, each.count) for each in fruitless.of(brand)] == [("zebra", 1)]
    assert not recent.of(creator).exists()
    assert User.objects.filter(pk=creator.user.pk).exists()


@pytest.mark.parametrize(
    ("hits", "seeing", "counted"),
    [((), Seeing.BUSY, False), ((), Seeing.SEARCHED, True), ((Strength.WEAK,), Seeing.SEARCHED, True)],
)
def test_nothing_close_counts_as_no_result_but_not_while_visual_search_is_busy(
    client: Client,
    brand: Brand,
    monkeypatch: pytest.MonkeyPatch,
    hits: tuple[Strength, ...],
    seeing: Seeing,
    counted: bool,
) -> None:
    def find(principal: Member, *, words: str, limit: int) -> Results:
        parsed = search.parse(words, by=principal)
        return Results((), len(hits), query=parsed, seeing=seeing, weak=len(hits))

    monkeypatch.setattr(search, "find", find)
    client.post(f"{LIBRARY}searches/settled/", {"query": "?q=zebra", "none": "1"})
    assert fruitless.of(brand).exists() == counted


def test_a_search_by_a_clip_in_the_trash_opens_and_says_what_can_be_done(
    client: Client, creator: Member, brand: Brand, sign_in: SignIn
) -> None:
    clip = VersionFactory.create(
        asset__brand=brand, asset__title="Lime ice", asset__created_by=creator.user
    ).asset
    wanted = Asked(words="at night", like=Filters(like=[str(clip.pk)]))
    search = saved_searches.save(wanted, name="Alike", by=creator, shared=True)
    Asset.objects.filter(pk=clip.pk).update(trashed_at=timezone.now())

    opened = client.get(f"{LIBRARY}s/{search.pk}/", follow=True)
    page = opened.content.decode()
    assert opened.status_code == 200
    assert "“Lime ice” is in the trash. Restore it to find clips like it." in page
    assert f"{LIBRARY}assets/{clip.pk}/restore/" in page
    assert f'href="?q=at+night&amp;saved={search.pk}"' in page
    assert f"{LIBRARY}s/{search.pk}/delete/" in page
    assert "data-settled" not in page  # the words found nothing because they weren't asked
    assert "in the trash" in client.get(f"{LIBRARY}s/{search.pk}/cover/").content.decode()

    # Who can't restore it learns no more than of a clip that never was.
    other = sign_in(Role.VIEWER)
    page = other.get(f"{LIBRARY}s/{search.pk}/", follow=True).content.decode()
    unknown = other.get(LIBRARY, {"like": str(search.pk)}).content.decode()
    for each in (page, unknown):
        assert "Clip not found" in each
        assert "Lime ice" not in each
        assert "/restore/" not in each

    back = {"back": f"{LIBRARY}?saved={search.pk}"}
    restored = client.post(f"{LIBRARY}assets/{clip.pk}/restore/", back)
    assert restored.headers["Location"] == back["back"]


def test_a_search_like_a_clip_is_kept_and_one_like_a_picture_that_is_gone_is_not(
    client: Client, brand: Brand
) -> None:
    like = f"{VersionFactory.create(asset__brand=brand).asset_id}@1500"
    client.post(f"{LIBRARY}s/save/", {"query": f"?q=at+night&like={like}", "name": "Alike"})
    search = SavedSearch.objects.get()
    assert client.get(f"{LIBRARY}s/{search.pk}/").url.endswith(  # type: ignore[attr-defined]
        f"?q=at+night&saved={search.pk}&like={like.replace('@', '%40')}"
    )
    form = {"query": f"?like=picture:{'k' * 20}", "name": "Picture"}
    page = client.post(f"{LIBRARY}s/save/", form, follow=True).content.decode()
    assert "The picture isn't there to be kept" in page.replace("&#x27;", "'")
    assert SavedSearch.objects.count() == 1
