"""The library page and its fragments."""

import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog import tags
from dam.catalog.models import RenditionKind, Version
from dam.search import fulltext, orders
from dam.web import jinja, listing
from tests.factories import ApprovedVersionFactory, RenditionFactory, VersionFactory
from tests.integration.dam.web.conftest import SignIn

HOME = "/b/northwind/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def clip(brand: Brand, title: str, *, age: int = 0, approved: bool = False) -> Version:
    factory = ApprovedVersionFactory if approved else VersionFactory
    at = timezone.now() - timedelta(minutes=age)
    version: Version = factory.create(asset__brand=brand, asset__title=title, asset__created_at=at)
    fulltext.refresh(version.asset)
    return version


def titles(client: Client, address: str = HOME, **headers: str) -> list[str]:
    return [card.asset.title for card in client.get(address, **headers).context["listing"].cards]  # type: ignore[arg-type]


def test_the_newest_come_first(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Old", age=9)
    clip(brand, "New")
    assert titles(sign_in(Role.CREATOR)) == ["New", "Old"]


def test_a_viewer_sees_what_is_released(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Draft")
    clip(brand, "Released", approved=True)
    assert titles(sign_in(Role.VIEWER)) == ["Released"]


def test_the_search_box_sends_the_chosen_filters_along(brand: Brand, sign_in: SignIn) -> None:
    """In the form itself, so without a script, too."""
    clip(brand, "Lime")
    client = sign_in(Role.CREATOR)
    page = client.get(f"{HOME}?q=lime&state=draft&state=approved&origin=generated").content.decode()
    sent = re.findall(r'<input type="hidden" form="top-search" name="(\w+)" value="(\w+)" />', page)
    assert sent == [("state", "draft"), ("state", "approved"), ("origin", "generated")]
    assert 'id="top-search"' in page
    assert not re.search(r'form="top-search"', client.get(f"{HOME}?q=lime").content.decode())


def test_clear_all_takes_words_and_filters_out_and_leaves_what_is_compared_with(
    brand: Brand, sign_in: SignIn
) -> None:
    like = clip(brand, "Lime").asset_id
    client = sign_in(Role.CREATOR)
    query = client.get(f"{HOME}?q=state:draft&origin=generated&like={like}").context["listing"].query
    assert query.cleared == f"?like={like}"
    page = client.get(f"{HOME}?origin=generated").content.decode()
    assert re.search(r'href="\?">(?:(?!</a>).)*Clear all', page, re.DOTALL)
    assert "Clear all" not in client.get(HOME).content.decode()


def test_a_picture_is_searched_by_within_the_chosen_filters(brand: Brand, sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(picture, "PNG")
    sent = SimpleUploadedFile("red.png", picture.getvalue(), content_type="image/png")
    answer = client.post(
        reverse("picture-search", args=[brand.slug]),
        {"q": "lime", "origin": ["generated", "uploaded"], "picture": sent},
    )
    assert "?q=lime&like=picture%3A" in answer["Location"]
    assert answer["Location"].endswith("&origin=generated&origin=uploaded")


def test_nothing_of_another_brand_is_shown(sign_in: SignIn) -> None:
    VersionFactory.create(asset__title="Secret of the others")
    page = sign_in(Role.ADMIN).get(HOME)
    assert "Secret of the others" not in page.content.decode()


def test_a_brand_of_others_does_not_exist(sign_in: SignIn) -> None:
    other = VersionFactory.create().brand
    assert sign_in(Role.ADMIN).get(f"/b/{other.slug}/").status_code == 404


def test_an_empty_library_says_what_to_do(sign_in: SignIn) -> None:
    assert "Drop videos, images or sound files" in sign_in(Role.CREATOR).get(HOME).content.decode()


def test_an_empty_library_offers_a_viewer_nothing_to_upload(sign_in: SignIn) -> None:
    page = sign_in(Role.VIEWER).get(HOME).content.decode()
    assert "No released clips yet" in page
    assert "data-upload" not in page


def test_pages_follow_each_other_without_a_gap_or_a_repeat(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 3)
    at = timezone.now()
    for number in range(8):  # several of one moment: the id decides between them
        VersionFactory.create(asset__brand=brand, asset__title=str(number), asset__created_at=at)
    client, found, address = sign_in(Role.CREATOR), [], HOME
    while address:
        page = client.get(address)
        found += [card.asset.title for card in page.context["listing"].cards]
        address = HOME + page.context["listing"].next if page.context["listing"].next else ""
    assert sorted(found) == [str(number) for number in range(8)]


def test_what_follows_comes_as_cards_alone(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 1)
    clip(brand, "First")
    clip(brand, "Second", age=1)
    client = sign_in(Role.CREATOR)
    more = client.get(HOME + client.get(HOME).context["listing"].next, **HTMX)  # type: ignore[arg-type]
    assert "Second" in more.content.decode()
    assert "<html" not in more.content.decode()


def test_a_search_says_what_it_understood(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Red bottle")
    clip(brand, "Blue glass")
    page = sign_in(Role.CREATOR).get(HOME, {"q": "bottle state:draft"})
    assert [card.asset.title for card in page.context["listing"].cards] == ["Red bottle"]
    assert [chip.text for chip in page.context["understood"].chips] == ["bottle", "draft"]


def test_a_search_without_a_match_says_how_to_go_on(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Red bottle")
    assert "No clips found" in sign_in(Role.CREATOR).get(HOME, {"q": "zebra"}).content.decode()


def test_a_facet_narrows_and_counts(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Draft")
    clip(brand, "Released", approved=True)
    page = sign_in(Role.CREATOR).get(HOME, {"state": "approved"})
    assert [card.asset.title for card in page.context["listing"].cards] == ["Released"]
    states = next(facet for facet in page.context["facets"] if facet.name == "state")
    assert {(value.value, value.count, value.chosen) for value in states.values} == {
        ("draft", 1, False),
        ("approved", 1, True),
    }


@pytest.mark.parametrize("asked", ["?q=bottle&state=approved", "?q=bottle+state:approved"])
def test_values_that_are_not_chosen_stay_beside_a_search_by_words(
    brand: Brand, sign_in: SignIn, asked: str
) -> None:
    for title, approved in (("Bottle A", True), ("Bottle B", False), ("Bottle C", False), ("Can", False)):
        clip(brand, title, approved=approved)
    page = sign_in(Role.LIBRARIAN).get(f"{HOME}{asked}")
    states = next(facet for facet in page.context["facets"] if facet.name == "state")
    assert {(value.value, value.count, value.chosen) for value in states.values} == {
        ("approved", 1, True),
        ("draft", 2, False),
    }
    assert page.context["listing"].total == 1


def test_the_layout_is_remembered(sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    client.get(HOME, {"layout": "list"})
    assert client.get(HOME).context["layout"] == "list"


def test_an_unknown_layout_is_the_usual_one(sign_in: SignIn) -> None:
    assert sign_in(Role.CREATOR).get(HOME, {"layout": "../x"}).context["layout"] == "m"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CREATOR, Role.ADMIN])
def test_more_clips_need_no_more_queries(
    brand: Brand, sign_in: SignIn, role: Role, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(role)
    asked = []
    for clips in (1, 12):
        for number in range(clips):
            version = clip(brand, f"Clip {number}", approved=True)
            RenditionFactory.create(version=version)
            tags.assign(version.asset, ["summer", f"tag {number}"])
        client.get(HOME)  # notes that they were here
        with django_assert_max_num_queries(13) as queries:
            client.get(HOME)
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("words", ["", "lime"])
def test_what_is_named_is_looked_up_once_for_all_of_a_page(brand: Brand, sign_in: SignIn, words: str) -> None:
    lime = clip(brand, "Lime").asset
    tags.assign(lime, ["summer"])
    fulltext.refresh(lime)
    client = sign_in(Role.CREATOR)
    with CaptureQueriesContext(connection) as queries:
        assert titles(client, f"{HOME}?q={words}&tag=summer&state=draft") == ["Lime"]
    assert sum("WITH RECURSIVE narrower" in each["sql"] for each in queries) == 1


def test_a_card_reads_of_a_version_only_what_it_shows(brand: Brand, sign_in: SignIn) -> None:
    version = clip(brand, "Plain")
    for kind in RenditionKind:
        RenditionFactory.create(version=version, kind=kind)
    (card,) = sign_in(Role.CREATOR).get(HOME).context["listing"].cards
    assert {each.kind for each in card.version.renditions.all()} == {"poster", "sprite"}
    assert card.version.get_deferred_fields() == {"media_info"}


def test_badges_are_markup_in_the_language_of_who_reads(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Plain")
    client = sign_in(Role.CREATOR)
    for language, said in (("en", "Draft"), ("de", "Entwurf"), ("en", "Draft")):
        page = client.get(HOME, headers={"accept-language": language}).content.decode()
        card = page.split('<article class="card"')[1].split("</article>")[0]
        assert f"{said}</span>" in card
        assert "&lt;" not in card


def test_a_card_is_given_to_those_who_may_see_the_clip(brand: Brand, sign_in: SignIn) -> None:
    draft = clip(brand, "Draft").asset
    address = f"{HOME}assets/{draft.pk}/card/"
    assert sign_in(Role.CREATOR).get(address).status_code == 200
    assert sign_in(Role.VIEWER).get(address).status_code == 404


def test_new_clips_are_announced_only_to_those_who_may_see_them(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Old", age=5)
    since = timezone.now().isoformat()
    clip(brand, "Draft", age=-1)
    address = f"{HOME}news/"
    assert "Show 1 new clip" in sign_in(Role.CREATOR).get(address, {"since": since}).content.decode()
    assert "new clip" not in sign_in(Role.VIEWER).get(address, {"since": since}).content.decode()


@pytest.mark.parametrize("narrowed", ["state=approved", "tag=summer", "q=words", "start=48"])
def test_news_counts_only_what_belongs_on_the_page(brand: Brand, sign_in: SignIn, narrowed: str) -> None:
    since = quote((timezone.now() - timedelta(hours=1)).isoformat())
    clip(brand, "Just come")
    answer = sign_in(Role.CREATOR).get(f"{HOME}news/?{narrowed}&since={since}")
    assert "new clip" not in answer.content.decode()


def test_news_lead_to_the_list_they_are_new_in(brand: Brand, sign_in: SignIn) -> None:
    since = quote((timezone.now() - timedelta(hours=1)).isoformat())
    clip(brand, "Just come")
    answer = sign_in(Role.CREATOR).get(f"{HOME}news/?state=draft&since={since}")
    assert f'href="{HOME}?state=draft"' in answer.content.decode()


@pytest.mark.parametrize("since", ["", "yesterday", "2026-03-01T00:00:00", "2026-13-01T00:00:00Z"])
def test_news_since_no_time_is_a_bad_request(sign_in: SignIn, since: str) -> None:
    assert sign_in(Role.CREATOR).get(f"{HOME}news/", {"since": since}).status_code == 400


def test_a_card_warns_of_a_clearance_that_ended(brand: Brand, sign_in: SignIn) -> None:
    version = clip(brand, "Expired", approved=True)
    version.rights.valid_until = timezone.now() - timedelta(days=1)
    version.rights.save()
    assert "Its clearance ended" in sign_in(Role.CREATOR).get(HOME).content.decode()


def test_a_card_says_nothing_of_credentials_that_are_not_there(brand: Brand, sign_in: SignIn) -> None:
    Version.objects.filter(pk=clip(brand, "Plain").pk).update(credentials="none")
    assert "pin" not in sign_in(Role.CREATOR).get(HOME).content.decode().split('id="cards"')[1]


def test_the_list_says_length_size_and_tags(brand: Brand, sign_in: SignIn) -> None:
    version = clip(brand, "Plain")
    tags.assign(version.asset, ["summer"])
    page = sign_in(Role.CREATOR).get(HOME, {"layout": "list"}).content.decode()
    row = page.split('class="card-facts"')[1].split("</article>")[0]
    assert all(words in row for words in ("summer", "0:02", "1000\xa0bytes"))


def test_a_list_is_put_in_another_order_and_keeps_it_with_its_filters(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    for title in ("Beta", "alpha", "Gamma"):
        clip(brand, title)
    client = sign_in(Role.CREATOR)
    page = client.get(f"{HOME}?state=draft&sort=name")
    assert [card.asset.title for card in page.context["listing"].cards] == ["alpha", "Beta"]
    assert titles(client, HOME + page.context["listing"].next) == ["Gamma"]
    text = page.content.decode()
    assert 'href="?state=draft&amp;sort=longest"' in text
    assert '<input type="hidden" form="top-search" name="sort" value="name" />' in text
    assert "sort=name" in page.context["listing"].query.toggled("origin", "uploaded")


@pytest.mark.parametrize(("most", "read"), [(2, 3), (5, 5)])
def test_where_the_planner_errs_no_more_clips_are_read_than_are_counted(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, most: int, read: int
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr("dam.search.search.MOST_COUNTED", most)
    monkeypatch.setattr("dam.search.planning.estimate", lambda _assets: 0)
    counted, totals = orders.counted, []

    def spied(*args: Any, **options: Any) -> Any:
        answer = counted(*args, **options)
        totals.append(answer and answer[2])
        return answer

    monkeypatch.setattr(orders, "counted", spied)
    for age in range(5, 0, -1):
        clip(brand, str(age), age=age)
    client = sign_in(Role.CREATOR)
    page = client.get(f"{HOME}?state=draft").context["listing"]
    assert totals == [read]
    assert (page.total, page.capped) == (most, read > most)
    assert [card.asset.title for card in page.cards] == ["1", "2"]  # of all, not of those read first
    assert titles(client, HOME + page.next) == ["3", "4"]


def test_the_address_of_a_star_is_put_together_once_a_card(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("asset-favourite", args=[brand.slug, clip(brand, "Lime").asset_id])
    made: list[str] = []

    def counted(*args: Any, **options: Any) -> str:
        made.append(reverse(*args, **options))
        return made[-1]

    monkeypatch.setattr("dam.web.jinja.reverse", counted)
    jinja._url.cache_clear()
    page = sign_in(Role.CREATOR).get(HOME).content.decode()
    assert made.count(address) == 1
    assert f'formaction="{address}"' in page
    assert f'hx-post="{address}"' in page


def test_viewers_are_offered_no_order_by_state(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Released", approved=True)
    assert "sort=state" in sign_in(Role.CREATOR).get(HOME).content.decode()
    viewer = sign_in(Role.VIEWER)
    assert "sort=state" not in viewer.get(HOME).content.decode()


def test_an_order_that_is_not_offered_is_the_newest_first_page_by_page(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    for age, title in enumerate("abc"):
        clip(brand, title, age=age, approved=True)
    viewer = sign_in(Role.VIEWER)
    page = viewer.get(f"{HOME}?sort=state")
    assert [card.asset.title for card in page.context["listing"].cards] == ["a", "b"]
    assert page.context["order_title"] == "Newest first"
    assert titles(viewer, HOME + page.context["listing"].next) == ["c"]
