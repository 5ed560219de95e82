"""Putting clips into a collection, taking them out, and their order."""

import pytest
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset
from dam.collections import collections
from dam.collections.audience import Audience
from dam.collections.models import Collection
from tests.factories import VersionFactory, member
from tests.integration.dam.web.collections.addresses import ADD, ALL, page_of, titles, undo
from tests.integration.dam.web.conftest import SignIn


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
