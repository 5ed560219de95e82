"""The command palette."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.accounts import roles
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, CustomRole, Membership
from dam.collections import collections
from dam.collections.audience import Audience
from dam.web import palette
from tests.factories import UserFactory, VersionFactory, member
from tests.integration.dam.web.conftest import SignIn

ADDRESS = "/b/northwind/palette/"


def test_every_place_exists() -> None:
    for place in palette.PLACES:
        assert reverse(place.url_name, args=["northwind"] if place.in_brand else [])


def test_the_places_are_those_of_the_role(sign_in: SignIn) -> None:
    def offered(role: Role) -> list[str]:
        return [place.url_name for place, _ in sign_in(role).get(ADDRESS).context["places"]]

    assert offered(Role.VIEWER) == [
        "library",
        "collections",
        "saved-searches",
        "alert-news",
        "notifications",
        "notification-settings",
        "verify",
        "account_change_password",
    ]
    assert "trash" in offered(Role.LIBRARIAN)


@pytest.mark.parametrize("sees_unreleased", [False, True])
def test_duplicates_are_offered_to_whom_their_page_is_open(brand: Brand, sees_unreleased: bool) -> None:
    able = [Capability.EDIT, *([Capability.VIEW_UNRELEASED] if sees_unreleased else [])]
    role = CustomRole.objects.create(brand=brand, name="Agency", capabilities=["view", *able])
    person, client = UserFactory.create(), Client()
    Membership.objects.create(user=person, brand=brand, **roles.columns(role.value))
    client.force_login(person)
    page = reverse("duplicates", args=["northwind"])
    offered = [address for _place, address in client.get(ADDRESS).context["places"]]
    rail = client.get(reverse("library", args=["northwind"])).text
    assert (client.get(page).status_code == 200) is (page in offered) is sees_unreleased
    assert (f'href="{page}"' in rail) is sees_unreleased


def test_a_place_is_found_by_another_word_for_it(sign_in: SignIn) -> None:
    places = sign_in(Role.CREATOR).get(ADDRESS, {"q": "AUDIT"}).context["places"]
    assert [place.title for place, _ in places] == ["Activity"]


def test_a_clip_is_found_by_parts_of_its_title(brand: Brand, sign_in: SignIn) -> None:
    VersionFactory.create(asset__brand=brand, asset__title="Summer can spin")
    VersionFactory.create(asset__brand=brand, asset__title="Summer beach")
    VersionFactory.create(asset__title="Summer can of another brand")
    clips = sign_in(Role.CREATOR).get(ADDRESS, {"q": "can sum"}).context["clips"]
    assert [clip.title for clip in clips] == ["Summer can spin"]


def test_a_nul_among_the_words_is_passed_over(brand: Brand, sign_in: SignIn) -> None:
    VersionFactory.create(asset__brand=brand, asset__title="Summer")
    clips = sign_in(Role.CREATOR).get(ADDRESS, {"q": "sum\0mer"}).context["clips"]
    assert [clip.title for clip in clips] == ["Summer"]


def test_a_viewer_is_not_told_of_drafts(brand: Brand, sign_in: SignIn) -> None:
    VersionFactory.create(asset__brand=brand, asset__title="Secret draft")
    assert "Secret draft" not in sign_in(Role.VIEWER).get(ADDRESS, {"q": "secret"}).content.decode()


def test_more_clips_than_are_shown_are_told_of(brand: Brand, sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    VersionFactory.create_batch(palette.MOST_CLIPS, asset__brand=brand, asset__title="Summer")
    assert "clips match" not in client.get(ADDRESS, {"q": "summer"}).content.decode()
    VersionFactory.create(asset__brand=brand, asset__title="Summer")
    page = client.get(ADDRESS, {"q": "summer"})
    assert len(page.context["clips"]) == palette.MOST_CLIPS
    assert "More than 8 clips match." in page.content.decode()


def test_a_long_question_is_asked_whole(brand: Brand, sign_in: SignIn) -> None:
    title = " ".join(["Summer"] * 20) + " beach"
    VersionFactory.create(asset__brand=brand, asset__title=title)
    VersionFactory.create(asset__brand=brand, asset__title=title.replace("beach", "can"))
    client = sign_in(Role.CREATOR)
    assert [clip.title for clip in client.get(ADDRESS, {"q": title}).context["clips"]] == [title]
    longer = "x" * 300
    page = client.get(ADDRESS, {"q": longer})
    assert page.context["clips"] == []  # no title is that long
    assert f"“{longer}”" in page.content.decode()


def test_chosen_clips_can_be_put_into_a_collection_by_its_name(brand: Brand, sign_in: SignIn) -> None:
    client, owner = sign_in(Role.CREATOR), member(brand, Role.CREATOR)
    collections.create("Summer", by=owner)
    collections.create("Secret summer", by=owner, seen_by=Audience(everyone=False))
    html = client.get(ADDRESS, {"q": "summ", "chosen": "3"}).text
    assert html.count("data-palette-collect") == 1
    assert "Add 3 clips" in html
    assert "Secret" not in html
    assert "Add all clips" in client.get(ADDRESS, {"chosen": "all"}).text
    for nothing in ("", "0", "-1", "٣", "9999999999", "x"):
        assert "data-palette-collect" not in client.get(ADDRESS, {"q": "summ", "chosen": nothing}).text


def test_collections_are_looked_for_once_while_clips_are_chosen(brand: Brand, sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    collections.create("Summer", by=member(brand, Role.CREATOR))
    for asked in ({"q": "summ"}, {"chosen": "3"}, {"q": "summ", "chosen": "3"}):
        with CaptureQueriesContext(connection) as queries:
            assert "Summer" in client.get(ADDRESS, asked).text
        assert sum('FROM "dam_collection" ' in each["sql"] for each in queries) == 1


def test_what_puts_clips_somewhere_stands_after_all_that_leads_somewhere(
    brand: Brand, sign_in: SignIn
) -> None:
    client, owner = sign_in(Role.CREATOR), member(brand, Role.CREATOR)
    collections.create("Library", by=owner)
    VersionFactory.create(asset__brand=brand, asset__title="Library walk")
    for words in ("", "library"):
        html = client.get(ADDRESS, {"q": words, "chosen": "3"}).text
        assert html.index("data-palette-collect") > html.rindex("href=")


def test_the_way_to_another_collection_is_found_by_its_words_too(brand: Brand, sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    for words, offered in (("", True), ("new coll", True), ("add", True), ("review", False)):
        html = client.get(ADDRESS, {"q": words, "chosen": "3"}).text
        assert ("Add to another or a new collection" in html) is offered, words


def test_more_collections_than_are_shown_are_told_of(brand: Brand, sign_in: SignIn) -> None:
    client, owner = sign_in(Role.CREATOR), member(brand, Role.CREATOR)
    for number in range(palette.MOST_COLLECTIONS):
        collections.create(f"Summer {number}", by=owner)
    asked = {"q": "summer", "chosen": "3"}
    html = client.get(ADDRESS, asked).text
    assert "collections match" not in html
    assert html.count("data-palette-collect") == 5
    collections.create("Summer again", by=owner)
    html = client.get(ADDRESS, asked).text
    assert "More than 5 collections match." in html
    assert html.count("data-palette-collect") == 6  # with the way to the others
    assert html.count('id="palette-collection-') == 5


def test_a_clips_page_has_not_chosen_it(brand: Brand, sign_in: SignIn) -> None:
    version = VersionFactory.create(asset__brand=brand)
    html = sign_in(Role.CREATOR).get(f"/b/northwind/assets/{version.asset_id}/").text
    assert "Add to collection" in html
    assert "data-collects" not in html


def test_collections_are_found_by_their_names(brand: Brand, sign_in: SignIn) -> None:
    owner = member(brand, Role.CREATOR)
    made = collections.create("Summer", by=owner)
    html = sign_in(Role.VIEWER).get(ADDRESS, {"q": "summ", "chosen": "3"}).text
    assert f"collections/{made.pk}/" in html
    assert "data-palette-collect" not in html  # viewers put nothing in
