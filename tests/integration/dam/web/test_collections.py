"""The pages of collections, and the ways into one."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog import assets
from dam.catalog.models import Asset
from dam.collections import audience, collections, items
from dam.collections.audience import Audience
from dam.collections.models import Collection
from dam.web import people_choice
from dam.web.collections import pages
from tests.factories import ApprovedVersionFactory, VersionFactory, member
from tests.integration.dam.web.conftest import SignIn

ALL, NEW, ADD = (f"/b/northwind/collections/{end}" for end in ("", "new/", "add/"))


@pytest.fixture
def creator(brand: Brand) -> Member:
    return member(brand, Role.CREATOR)


@pytest.fixture
def client(creator: Member) -> Client:
    signed_in = Client()
    signed_in.force_login(creator.user)
    return signed_in


@pytest.fixture
def clips(brand: Brand) -> list[Asset]:
    return [
        VersionFactory.create(asset__brand=brand, asset__title=f"Clip {letter}").asset for letter in "ABC"
    ]


@pytest.fixture
def collection(creator: Member, clips: list[Asset]) -> Collection:
    made = collections.create("Summer", by=creator)
    items.add(made, [clips[2].pk, clips[0].pk], by=creator)
    return made


def page_of(collection: Collection, end: str = "") -> str:
    return f"{ALL}{collection.pk}/{end}"


def titles(html: str) -> list[str]:
    return re.findall(r'class="card-link"[^>]*>([^<]*)<', html)


def undo(client: Client, html: str) -> str:
    """Press the Undo of the message on the page; the page that follows."""
    form = re.search(r'action="([^"]*/undo/)".*?</form>', html, re.DOTALL)
    assert form, "no Undo"
    fields = dict(re.findall(r'name="(done|at|back)"\s+value="([^"]*)"', form[0]))
    return client.post(form[1], fields, follow=True).text


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


def test_one_is_made_for_chosen_people(client: Client, brand: Brand, creator: Member) -> None:
    friend, other = member(brand), member(brand)
    answer = client.post(
        NEW, {"name": "Pitch", "description": "For Friday", "seen_by": "chosen", "person": friend.user.pk}
    )
    made = Collection.objects.get()
    assert answer.headers["Location"] == page_of(made)
    assert (made.name, made.description, made.owner) == ("Pitch", "For Friday", creator.user)
    assert audience.visible(friend).exists()
    assert not audience.visible(other).exists()


def test_one_is_made_inside_another(client: Client, collection: Collection) -> None:
    form = client.get(NEW, {"in": str(collection.pk)}).text
    assert re.search(rf'value="{collection.pk}"\s+selected', form)
    client.post(NEW, {"name": "Teasers", "parent": collection.pk})
    assert Collection.objects.get(name="Teasers").parent == collection
    assert "Teasers" in client.get(page_of(collection)).text
    assert "Teasers" not in client.get(ALL).text


def test_what_was_typed_stays_when_it_is_refused(client: Client, brand: Brand) -> None:
    answer = client.post(NEW, {"name": " ", "description": "Kept words", "parent": uuid4()})
    assert answer.status_code == 422
    assert "Kept words" in answer.text
    assert not Collection.objects.exists()


def test_editing_leaves_alone_what_the_form_left_alone(
    client: Client, creator: Member, collection: Collection
) -> None:
    given = {"given_name": "Summer", "given_description": "", "given_parent": ""}
    collections.edit(collection, by=creator, description="Written by another tab")
    client.post(page_of(collection, "edit/"), {**given, "name": "Autumn", "description": "", "parent": ""})
    collection.refresh_from_db()
    assert (collection.name, collection.description) == ("Autumn", "Written by another tab")


def test_editing_shares_a_collection_anew(client: Client, brand: Brand, collection: Collection) -> None:
    client.post(page_of(collection, "edit/"), {"name": "Summer", "seen_by": "chosen"})
    assert not audience.visible(member(brand)).exists()
    assert Event.objects.get(verb="collection.shared").data["private"]


def test_a_deleted_collection_comes_back_with_undo(client: Client, collection: Collection) -> None:
    html = client.post(page_of(collection, "delete/"), follow=True).text
    assert "“Summer” deleted. Its clips stay in the library." in html
    assert client.get(page_of(collection)).status_code == 404
    html = undo(client, html)
    assert "“Summer” restored." in html
    assert titles(html) == ["Clip C", "Clip A"]


def test_a_selection_is_asked_for_its_collection_and_put_in(
    client: Client, collection: Collection, clips: list[Asset]
) -> None:
    chosen = [clips[0].pk, clips[1].pk]
    html = client.post(ADD, {"asset": chosen, "back": "/b/northwind/?q=x"}).text
    assert "Add 2 clips to a collection" in html
    assert html.count(f'name="asset" value="{clips[0].pk}"') == 2
    answer = client.post(ADD, {"asset": chosen, "collection": collection.pk, "back": page_of(collection)})
    assert answer.headers["Location"] == page_of(collection)
    html = client.get(page_of(collection)).text
    assert "1 clip added to “Summer”. 1 was there already." in html
    assert titles(html) == ["Clip C", "Clip A", "Clip B"]
    html = undo(client, html)
    assert "1 clip removed from “Summer”." in html
    assert titles(html) == ["Clip C", "Clip A"]


def test_a_selection_goes_to_a_new_collection(client: Client, clips: list[Asset]) -> None:
    client.post(ADD, {"asset": [clips[1].pk, clips[0].pk], "name": "Winter"})
    made = Collection.objects.get()
    assert titles(client.get(page_of(made)).text) == ["Clip B", "Clip A"]


def test_no_collection_is_left_behind_when_its_name_is_refused(client: Client, clips: list[Asset]) -> None:
    answer = client.post(ADD, {"asset": clips[0].pk, "name": "x" * 81})
    assert answer.status_code == 422
    assert "A name has at most 80 characters" in answer.text
    assert not Collection.objects.exists()


def test_clips_of_another_brand_and_nonsense_stay_out(client: Client, collection: Collection) -> None:
    foreign = VersionFactory.create().asset
    client.post(ADD, {"asset": [foreign.pk, "x", ""], "collection": collection.pk})
    assert not collection.items.filter(asset=foreign).exists()
    assert "select the clips first" in client.post(ADD, {"asset": "x"}, follow=True).text


def test_clips_are_not_put_where_this_person_cannot_see(
    client: Client, brand: Brand, clips: list[Asset]
) -> None:
    secret = collections.create("Secret", by=member(brand), seen_by=Audience(everyone=False))
    answer = client.post(ADD, {"asset": clips[0].pk, "collection": secret.pk})
    assert answer.status_code == 422
    assert "Secret" not in answer.text
    assert not secret.items.exists()


def test_clips_are_taken_out_and_put_back(client: Client, collection: Collection, clips: list[Asset]) -> None:
    html = client.post(page_of(collection, "remove/"), {"asset": clips[2].pk}, follow=True).text
    assert "1 clip removed from “Summer”." in html
    assert titles(html) == ["Clip A"]
    assert titles(undo(client, html)) == ["Clip C", "Clip A"]


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


def test_an_undo_of_nonsense_is_refused(client: Client, collection: Collection) -> None:
    for fields in ({}, {"done": "added"}, {"done": "x", "at": "2026-01-01T00:00:00+00:00"}):
        assert client.post(page_of(collection, "undo/"), fields).status_code == 400


def test_a_clip_is_moved_by_a_form_and_shown_where_it_stands(
    client: Client, collection: Collection, clips: list[Asset]
) -> None:
    answer = client.post(
        page_of(collection, "move/"), {"asset": clips[0].pk, "to": "up", "back": page_of(collection)}
    )
    assert answer.headers["Location"] == f"{page_of(collection)}#card-{clips[0].pk}"
    assert titles(client.get(page_of(collection)).text) == ["Clip A", "Clip C"]


def test_a_clip_that_is_dropped_beside_another_stands_there(
    client: Client, collection: Collection, clips: list[Asset]
) -> None:
    fields = {"asset": clips[0].pk, "to": "before", "beside": clips[2].pk}
    answer = client.post(page_of(collection, "move/"), fields, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert titles(client.get(page_of(collection)).text) == ["Clip A", "Clip C"]


def test_a_move_of_what_is_gone_says_so(client: Client, collection: Collection, clips: list[Asset]) -> None:
    fields = {"asset": clips[1].pk, "to": "end"}
    answer = client.post(page_of(collection, "move/"), fields, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "no longer in the collection" in answer.headers["HX-Trigger"]
    assert (
        "no longer in the collection" in client.post(page_of(collection, "move/"), fields, follow=True).text
    )


@pytest.mark.parametrize(
    "fields", [{}, {"to": "end"}, {"asset": "x", "to": "end"}, {"to": "sideways"}, {"to": "before"}]
)
def test_a_move_that_says_too_little_is_refused(
    client: Client, collection: Collection, clips: list[Asset], fields: dict[str, str]
) -> None:
    given = {"asset": str(clips[0].pk), **fields} if fields.get("to") in ("sideways", "before") else fields
    assert client.post(page_of(collection, "move/"), given).status_code == 400


def test_who_may_not_change_a_collection_is_offered_no_move(collection: Collection, sign_in: SignIn) -> None:
    assert "/move/" not in sign_in(Role.VIEWER).get(page_of(collection)).text


def test_a_clip_is_starred_on_its_page_and_its_card_shows_it(client: Client, clips: list[Asset]) -> None:
    page = f"/b/northwind/assets/{clips[0].pk}/"
    assert 'aria-pressed="false"' in client.get(page).text
    html = client.post(f"{page}favourite/", {"on": "1", "back": page}, follow=True).text
    assert "“Clip A” is one of your favourites." in html
    assert 'aria-pressed="true"' in html
    assert "One of your favourites" in client.get("/b/northwind/").text
    assert titles(client.get("/b/northwind/", {"favourite": "yes"}).text) == ["Clip A"]


def test_a_press_of_the_star_brings_the_star_again(client: Client, clips: list[Asset]) -> None:
    address = f"/b/northwind/assets/{clips[0].pk}/favourite/"
    for on, pressed in (("1", "true"), ("1", "true"), ("0", "false")):
        html = client.post(address, {"on": on}, headers={"HX-Request": "true"}).text
        assert f'aria-pressed="{pressed}"' in html
        assert "<main" not in html


def test_people_beyond_the_list_stay_chosen_and_are_named_by_their_address(
    client: Client, brand: Brand, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_choice, "MOST_LISTED", 1)
    chosen, added = member(brand, name="Zoe"), member(brand, name="Zora")
    made = collections.create(
        "Pitch",
        by=creator,
        seen_by=Audience(everyone=False, people=frozenset({chosen.user.pk})),
    )
    html = client.get(page_of(made, "edit/")).text
    assert re.search(rf'value="{chosen.user.pk}"\s+checked', html)
    given = {"name": "Pitch", "seen_by": "chosen", "person": chosen.user.pk}
    client.post(page_of(made, "edit/"), {**given, "addresses": added.user.email})
    assert audience.of(made).people == {chosen.user.pk, added.user.pk}
    refused = client.post(page_of(made, "edit/"), {**given, "addresses": "no-one@example.com"})
    assert "No one here has the address no-one@example.com." in refused.text


def test_a_collection_has_the_days_of_its_campaign(client: Client, collection: Collection) -> None:
    fields = {"name": "Summer", "starts_on": "2026-05-01", "ends_on": "2026-06-30"}
    html = client.post(page_of(collection, "edit/"), fields, follow=True).text
    assert "May 1, 2026 – June 30, 2026" in html or "1 May 2026 – 30 June 2026" in html
    event = Event.objects.filter(verb="collection.edited").latest("pk")
    assert event.data["dates"] == ["", "2026-05-01..2026-06-30"]


def test_days_in_the_wrong_order_are_refused_and_stay_in_the_form(
    client: Client, collection: Collection
) -> None:
    fields = {"name": "Summer", "starts_on": "2026-06-30", "ends_on": "2026-05-01"}
    answer = client.post(page_of(collection, "edit/"), fields)
    assert answer.status_code == 422
    assert 'value="2026-06-30"' in answer.text
    assert Collection.objects.get(pk=collection.pk).starts_on is None


def test_days_that_a_form_left_alone_stay_as_others_set_them(client: Client, collection: Collection) -> None:
    Collection.objects.filter(pk=collection.pk).update(starts_on="2026-05-01")
    fields = {"name": "Autumn", "given_name": "Summer", "starts_on": "", "ends_on": "", "given_dates": ""}
    client.post(page_of(collection, "edit/"), fields)
    assert str(Collection.objects.get(pk=collection.pk).starts_on) == "2026-05-01"


def test_a_form_without_days_leaves_them(client: Client, collection: Collection) -> None:
    Collection.objects.filter(pk=collection.pk).update(starts_on="2026-05-01")
    client.post(page_of(collection, "edit/"), {"name": "Autumn"})
    assert str(Collection.objects.get(pk=collection.pk).starts_on) == "2026-05-01"


def test_one_is_made_with_days(client: Client) -> None:
    client.post(NEW, {"name": "Winter", "starts_on": "2026-12-01", "ends_on": ""})
    assert str(Collection.objects.get(name="Winter").starts_on) == "2026-12-01"


def test_a_clip_is_made_the_cover_from_its_menu(
    client: Client, collection: Collection, clips: list[Asset]
) -> None:
    assert "Use as cover" in client.get(page_of(collection)).text
    html = client.post(page_of(collection, "cover/choose/"), {"cover": clips[0].pk}, follow=True).text
    assert "has a new cover" in html
    assert "No longer the cover" in html
    assert Collection.objects.get(pk=collection.pk).cover_id == clips[0].pk


def test_a_cover_that_says_nothing_is_refused(client: Client, collection: Collection) -> None:
    assert client.post(page_of(collection, "cover/choose/")).status_code == 400
    assert client.post(page_of(collection, "cover/choose/"), {"cover": "x"}).status_code == 400


def test_collections_to_drop_on_are_those_that_the_person_may_fill(
    client: Client, collection: Collection, brand: Brand
) -> None:
    collections.create("Secret", by=member(brand, Role.CREATOR), seen_by=Audience(everyone=False))
    html = client.get(f"{ALL}targets/").text
    assert f'data-collect="{collection.pk}"' in html
    assert 'data-collect=""' in html
    assert "Secret" not in html


def test_all_of_a_list_goes_into_the_named_collection_as_a_bulk_edit(
    client: Client, collection: Collection, creator: Member
) -> None:
    sent = {"all": "1", "query": "?state=draft", "collection": str(collection.pk)}
    answer = client.post(ADD, sent)
    assert "/edits/" in answer.headers["Location"] or "bulk" in answer.headers["Location"]
    assert f'value="{collection.pk}" selected' in " ".join(
        client.get(answer.headers["Location"]).text.split()
    )


def test_the_star_of_a_card_comes_back_alone(client: Client, clips: list[Asset]) -> None:
    library = client.get("/b/northwind/").text
    assert library.count('class="card-star') == 3
    address = f"/b/northwind/assets/{clips[0].pk}/favourite/"
    html = client.post(address, {"on": "1", "card": "1"}, headers={"HX-Request": "true"}).text
    assert html.count("<button") == 1
    assert 'aria-pressed="true"' in html
    assert 'aria-pressed="true"' in client.get("/b/northwind/").text


def test_how_many_clips_there_are_goes_below_the_name(client: Client, collection: Collection) -> None:
    page, cover = client.get(ALL).text, client.get(page_of(collection, "cover/")).text
    place = f'id="collection-count-{collection.pk}"'
    assert page.index("Summer") < page.index(place)
    assert place in cover
    assert "2 clips" in cover
