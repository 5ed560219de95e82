"""How a collection stands, at the head of its page, and word that others have changed it."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.accounts.times import here
from dam.catalog.models import Approval, Asset, Processing
from dam.collections import collections, items
from dam.collections.audience import Audience
from dam.collections.models import Collection
from dam.custom_fields import fields as own
from dam.custom_fields.definitions import Kind
from dam.custom_fields.planning import Wish
from dam.rights import clearances
from dam.search import row_catching_up, search, standing
from dam.search.query import Filters
from tests.factories import ApprovedVersionFactory, VersionFactory, member

ALL = "/b/northwind/collections/"


@pytest.fixture
def librarian(brand: Brand) -> Member:
    return member(brand, Role.LIBRARIAN)


HTMX = {"HX-Request": "true"}


def client_of(person: Member) -> Client:
    signed_in = Client()
    signed_in.force_login(person.user)
    return signed_in


def cleared(brand: Brand, *, until: datetime | None = None) -> Asset:
    version = ApprovedVersionFactory.create(asset__brand=brand)
    clearances.grant(version, uses=["web"], territories=["EU"], valid_until=until, at=timezone.now())
    return version.asset


@pytest.fixture
def outer(brand: Brand, librarian: Member) -> Collection:
    """A collection with another in it, of clips that stand in different ways."""
    now = timezone.now()
    made = collections.create("Launch", by=librarian)
    inner = collections.create("Teasers", parent=made, by=librarian)
    states = (Approval.IN_REVIEW, Approval.IN_REVIEW, Approval.CHANGES_REQUESTED)
    drafts = [VersionFactory.create(asset__brand=brand, approval=state).asset for state in states]
    failed = VersionFactory.create(asset__brand=brand, processing=Processing.FAILED).asset
    usable = [cleared(brand), cleared(brand, until=now + timedelta(days=9))]
    ended = cleared(brand, until=now - timedelta(days=9))
    items.add(made, [each.pk for each in (*drafts, usable[0])], by=librarian)
    items.add(inner, [each.pk for each in (failed, *usable, ended)], by=librarian)
    return made


def numbers(of: Collection, by: Member) -> dict[str, int]:
    stands = standing.of(of, by, at=here(by.brand))
    return {f"{each.name}:{each.value}": each.number for each in stands.counts}


def test_it_counts_what_may_be_used_what_waits_and_what_is_missing(
    outer: Collection, librarian: Member
) -> None:
    assert standing.of(outer, librarian, at=here(librarian.brand)).total == 7  # one of them lies in both
    assert numbers(outer, librarian) == {
        "usable:yes": 2,
        "state:in_review": 2,
        "state:changes_requested": 1,
        "rights_end:30d": 1,
        "missing:clearance": 4,
        "missing:fields": 0,
        "missing:files": 1,
    }
    inner = Collection.objects.get(parent=outer)
    assert numbers(inner, librarian)["usable:yes"] == 2
    assert numbers(inner, librarian)["state:in_review"] == 0


def test_each_number_is_that_of_the_library_behind_it(outer: Collection, librarian: Member) -> None:
    own.make(Wish("Client", required=True), kind=Kind.TEXT, by=librarian)
    row_catching_up.go_on()
    nothing = search.parse("", by=librarian)
    for filter_, number in numbers(outer, librarian).items():
        name, _, value = filter_.partition(":")
        asked = Filters({"inside": [str(outer.pk)], name: [value]})
        assert search.among(librarian, parsed=nothing, filters=asked).count() == number, filter_
    assert numbers(outer, librarian)["missing:fields"] == 7


def test_a_viewer_counts_what_is_released_alone(outer: Collection, brand: Brand) -> None:
    viewer = member(brand, Role.VIEWER)
    assert standing.of(outer, viewer, at=here(brand)).total == 3
    assert numbers(outer, viewer) == {"usable:yes": 2, "rights_end:30d": 1}


def test_the_page_leads_to_the_clips_behind_each_number(outer: Collection, librarian: Member) -> None:
    client = client_of(librarian)
    html = client.get(f"{ALL}{outer.pk}/").text
    assert f"{ALL}{outer.pk}/standing/" in html
    summary = client.get(f"{ALL}{outer.pk}/standing/").text
    links = re.findall(r'href="(/b/northwind/\?[^"]+|/b/northwind/library/\?[^"]+)"', summary)
    assert len(links) == 6  # what there is none of isn't told
    page = client.get(next(link for link in links if "in_review" in link).replace("&amp;", "&")).text
    assert page.count('class="card"') == 2
    assert "in Launch and its collections" in page


def test_its_words_are_those_for_the_number(brand: Brand, librarian: Member) -> None:
    made, client = collections.create("Launch", by=librarian), client_of(librarian)
    librarian.user.language = "fr"
    librarian.user.save()
    for said in ("utilisable", "utilisables"):
        items.add(made, [cleared(brand).pk], by=librarian)
        html = client.get(f"{ALL}{made.pk}/standing/", headers={"Accept-Language": "fr"}).text
        assert f"<span>{said}</span>" in html


def test_the_summary_asks_as_often_whatever_is_in_it(
    outer: Collection, librarian: Member, brand: Brand
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            standing.of(outer, librarian, at=here(brand))
        return len(queries)

    before = asked()
    deeper = collections.create("More", parent=outer, by=librarian)
    items.add(deeper, [cleared(brand).pk for _ in range(5)], by=librarian)
    assert asked() == before == 4


def test_numbers_of_many_clips_are_kept_for_who_sees_the_same(
    outer: Collection, librarian: Member, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_COUNTED", 7)  # eight lie in it
    before = standing.of(outer, librarian, at=here(brand))
    assert before.kept
    items.add(outer, [cleared(brand).pk], by=librarian)
    with CaptureQueriesContext(connection) as queries:
        assert standing.of(outer, member(brand, Role.LIBRARIAN), at=here(brand)) == before
    assert not any("collectionitem" in each["sql"] for each in queries)
    assert standing.of(outer, member(brand, Role.VIEWER), at=here(brand)).total == 4  # what they see is other
    cache.clear()
    assert standing.of(outer, librarian, at=here(brand)).total == before.total + 1


def test_a_page_of_many_clips_follows_no_change_of_single_ones(
    outer: Collection, librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(librarian)
    page = client.get(f"{ALL}{outer.pk}/standing/").text
    inner = client.get(f"{ALL}{Collection.objects.get(parent=outer).pk}/standing/").text
    assert f"sse:collections-{outer.pk}," in page  # and of what changes in those inside
    assert f"sse:collections-{outer.pk}," in inner
    assert "sse:library" in page
    assert f"sse:{row_catching_up.EVENT}," in page
    assert "a minute ago" not in page
    monkeypatch.setattr(search, "MOST_COUNTED", 7)
    page = client.get(f"{ALL}{outer.pk}/standing/").text
    assert f"sse:collections-{outer.pk} delay:" in page
    assert f"sse:{row_catching_up.EVENT} delay:" in page
    assert "sse:library" not in page
    assert "a minute ago" in page
    assert "sse:library" not in client.get(f"{ALL}{outer.pk}/").text


def test_who_does_not_see_a_collection_is_told_nothing_of_it(brand: Brand, librarian: Member) -> None:
    private = collections.create("Secret", by=librarian, seen_by=Audience(everyone=False))
    client = client_of(member(brand, Role.CREATOR))
    assert client.get(f"{ALL}{private.pk}/standing/").status_code == 404
    seen = {"seen": "0"}
    assert client.get(f"{ALL}{private.pk}/news/", seen).status_code == 404
    told = client.get(f"{ALL}{private.pk}/news/", seen, headers=HTMX)
    assert "no longer exists" in told.text
    assert told.headers["HX-Reswap"] == "outerHTML"
    unknown = client.get(f"{ALL}{uuid4()}/news/", seen, headers=HTMX)
    assert (told.status_code, told.headers["HX-Reswap"], told.text) == (
        unknown.status_code,
        unknown.headers["HX-Reswap"],
        unknown.text,
    )


def news(person: Member, row: Collection, seen: int) -> str:
    answer = client_of(person).get(f"{ALL}{row.pk}/news/?seen={seen}", headers=HTMX)
    assert answer.status_code == 200
    assert ("HX-Reswap" in answer.headers) == bool(answer.text.strip())
    return answer.text


def test_a_page_says_that_others_have_changed_the_collection(
    outer: Collection, librarian: Member, brand: Brand
) -> None:
    outer.refresh_from_db()
    seen, other = outer.revision, member(brand, Role.CREATOR)
    assert "Show others' changes" not in news(librarian, outer, seen)
    items.add(outer, [cleared(brand).pk], by=librarian)
    assert not news(librarian, outer, seen).strip()  # their own doing
    assert "Show others' changes" in news(other, outer, seen)
    collections.edit(outer, by=librarian, name="Relaunch")
    collections.delete(outer, by=librarian)
    assert "no longer exists" in news(other, outer, seen)


def test_what_others_have_changed_is_told_also_after_changes_of_ones_own(
    outer: Collection, librarian: Member, brand: Brand
) -> None:
    outer.refresh_from_db()
    seen, other = outer.revision, member(brand, Role.CREATOR)
    items.add(outer, [cleared(brand).pk], by=other)
    for _ in range(2):
        items.add(outer, [cleared(brand).pk], by=librarian)
        assert "Show others' changes" in news(librarian, outer, seen)
    outer.refresh_from_db()
    items.add(outer, [cleared(brand).pk], by=librarian)
    assert not news(librarian, outer, outer.revision).strip()
    assert "Show others' changes" in news(other, outer, outer.revision)


def test_the_page_asks_for_news_of_the_state_it_shows(outer: Collection, librarian: Member) -> None:
    outer.refresh_from_db()
    html = client_of(librarian).get(f"{ALL}{outer.pk}/").text
    address = re.search(r'hx-get="([^"]*/news/[^"]*)"', html)
    assert address
    assert not client_of(librarian).get(address[1].replace("&amp;", "&")).text.strip()
    assert client_of(librarian).get(f"{ALL}{outer.pk}/news/?seen=then").status_code == 400
