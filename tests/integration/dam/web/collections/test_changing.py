"""Making, editing, sharing and deleting collections, their days and their cover."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset
from dam.collections import audience, collections
from dam.collections.audience import Audience
from dam.collections.models import Collection
from dam.web import people_choice
from tests.factories import BrandFactory, member
from tests.integration.dam.web.collections.addresses import ALL, NEW, page_of, titles, undo
from tests.integration.dam.web.conftest import SignIn


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


def test_a_refused_form_that_is_sent_again_leaves_alone_what_it_left_alone(
    client: Client, creator: Member, collection: Collection
) -> None:
    edit = page_of(collection, "edit/")
    sent = {"name": "Summer", "description": "", "parent": "", "starts_on": "", "ends_on": ""}
    sent |= _given(client.get(edit).text)
    collections.edit(collection, by=creator, name="Winter", description="Written by another tab")
    refused = client.post(edit, {**sent, "starts_on": "2026-05-02", "ends_on": "2026-05-01"})
    assert refused.status_code == 422
    client.post(edit, {**sent, **_given(refused.text), "starts_on": "2026-05-01", "ends_on": "2026-05-02"})
    collection.refresh_from_db()
    assert (collection.name, collection.description) == ("Winter", "Written by another tab")
    assert str(collection.ends_on) == "2026-05-02"


def _given(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="(given_\w+)"\s+value="([^"]*)"', html))


def test_a_refused_owner_leaves_the_one_it_has_chosen(
    brand: Brand, creator: Member, collection: Collection, sign_in: SignIn
) -> None:
    member(brand, Role.CREATOR, name="Aaron First")
    stranger = member(BrandFactory.create())
    sent = {"name": "Summer", "owner": stranger.user.pk, "given_owner": creator.user.pk}
    refused = sign_in(Role.ADMIN).post(page_of(collection, "edit/"), sent)
    assert refused.status_code == 422
    chosen = re.findall(r'<option value="(\d+)"\s+selected>', refused.text)
    assert chosen == [str(creator.user.pk)]


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


def test_its_owner_gives_it_to_a_colleague_and_still_sees_it(
    client: Client, brand: Brand, creator: Member, collection: Collection
) -> None:
    colleague = member(brand, Role.CREATOR, name="Cem Colleague")
    client.post(page_of(collection, "edit/"), {"name": "Summer", "seen_by": "chosen"})
    assert "Cem Colleague" in client.get(page_of(collection, "edit/")).text
    client.post(page_of(collection, "edit/"), {"name": "Summer", "owner": colleague.user.pk})
    collection.refresh_from_db()
    assert collection.owner == colleague.user
    assert audience.visible(creator).filter(pk=collection.pk).exists()
    assert client.get(page_of(collection, "edit/")).status_code == 403
    assert Event.objects.latest("sequence").verb == "collection.edited"


def test_an_owner_beyond_the_list_is_named_by_their_address(
    client: Client, brand: Brand, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    colleague, viewer = member(brand, Role.CREATOR, name="Zora"), member(brand, Role.VIEWER)
    edit = page_of(collection, "edit/")
    assert "owner_address" not in client.get(edit).text
    monkeypatch.setattr(people_choice, "MOST_LISTED", 1)
    form = client.get(edit).text
    assert ("Zora" in form, "owner_address" in form) == (False, True)
    given = {"name": "Summer", "owner": collection.owner_id, "given_owner": collection.owner_id}
    for address in (viewer.user.email, "no-one@example.com"):
        refused = client.post(edit, {**given, "owner_address": address})
        assert refused.status_code == 422
        assert f'value="{address}"' in refused.text
    both = f"{colleague.user.email}, {member(brand, Role.CREATOR).user.email}"
    assert client.post(edit, {**given, "owner_address": both}).status_code == 422
    client.post(edit, {**given, "owner_address": ""})
    assert Collection.objects.get(pk=collection.pk).owner_id == given["owner"]
    client.post(edit, {**given, "owner_address": colleague.user.email})
    assert Collection.objects.get(pk=collection.pk).owner == colleague.user


def test_an_administrator_gives_it_another_owner_and_no_librarian_does(
    brand: Brand, collection: Collection, sign_in: SignIn
) -> None:
    colleague, stranger = member(brand, Role.CREATOR), member(BrandFactory.create())
    edit = page_of(collection, "edit/")
    given = {"name": "Summer", "owner": colleague.user.pk}
    assert sign_in(Role.LIBRARIAN).post(edit, given).status_code == 403
    admin = sign_in(Role.ADMIN)
    assert admin.post(edit, {"name": "Summer", "owner": stranger.user.pk}).status_code == 422
    admin.post(edit, given)
    collection.refresh_from_db()
    assert collection.owner == colleague.user


@pytest.mark.parametrize("left", ["membership", "account"])
def test_saving_the_form_leaves_it_with_an_owner_who_has_left(
    left: str, creator: Member, collection: Collection, sign_in: SignIn
) -> None:
    if left == "membership":
        creator.user.memberships.all().delete()
    else:
        User.objects.filter(pk=creator.user.pk).update(is_active=False)
    admin, edit = sign_in(Role.ADMIN), page_of(collection, "edit/")
    form = admin.get(edit).text
    assert re.findall(r'<option value="(\d+)"\s+selected>', form) == [str(creator.user.pk)]
    admin.post(edit, {"name": "Summer sun", "owner": creator.user.pk, "given_owner": creator.user.pk})
    collection.refresh_from_db()
    assert (collection.name, collection.owner) == ("Summer sun", creator.user)


def test_a_form_that_left_the_owner_alone_leaves_it_to_whoever_has_become_it(
    brand: Brand, creator: Member, collection: Collection, sign_in: SignIn
) -> None:
    colleague = member(brand, Role.CREATOR)
    admin, edit = sign_in(Role.ADMIN), page_of(collection, "edit/")
    collections.edit(collection, by=creator, owner=colleague.user)
    given = {"owner": creator.user.pk, "given_owner": creator.user.pk}
    admin.post(edit, {**given, "name": "Summer sun"})
    collection.refresh_from_db()
    assert (collection.name, collection.owner) == ("Summer sun", colleague.user)


def test_nobody_is_given_one_that_they_could_not_change_or_see(
    brand: Brand, client: Client, creator: Member, collection: Collection
) -> None:
    viewer = member(brand, Role.VIEWER, name="Vera Viewer")
    outside = member(brand, Role.CREATOR, name="Olga Outside")
    inside = member(brand, Role.CREATOR, name="Ines Inside")
    seers = Audience(everyone=False, people=frozenset({inside.user.pk}))
    collections.edit(collection, by=creator, seen_by=seers)
    inner = collections.create("Teasers", by=creator, parent=collection)
    form = client.get(page_of(inner, "edit/")).text
    assert ("Ines Inside" in form, "Olga Outside" in form, "Vera Viewer" in form) == (True, False, False)
    for person in (viewer, outside):
        answer = client.post(page_of(inner, "edit/"), {"name": "Teasers", "owner": person.user.pk})
        assert answer.status_code == 422
    answer = client.post(page_of(collection, "edit/"), {"name": "Summer", "owner": viewer.user.pk})
    assert answer.status_code == 422
    client.post(page_of(inner, "edit/"), {"name": "Teasers", "owner": inside.user.pk})
    inner.refresh_from_db()
    assert inner.owner == inside.user


def test_a_chosen_owner_stays_chosen_while_something_else_is_refused(
    brand: Brand, client: Client, collection: Collection
) -> None:
    colleague = member(brand, Role.CREATOR)
    answer = client.post(page_of(collection, "edit/"), {"name": " ", "owner": colleague.user.pk})
    assert re.findall(r'<option value="(\d+)"\s+selected>', answer.text) == [str(colleague.user.pk)]
