"""Searching within collections: by their names, and never in one that isn't seen."""

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset
from dam.collections import collections, items
from dam.collections.audience import Audience
from dam.search import completion, facets, fields, search
from dam.search.query import Filters
from dam.search.saved import alert_passes, alerts, saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import AlertMatch
from tests.factories import ApprovedVersionFactory, VersionFactory, member

PRIVATE = Audience(everyone=False)


@pytest.fixture
def clips(brand: Brand) -> list[Asset]:
    return [VersionFactory.create(asset__brand=brand, asset__title=title).asset for title in "ABC"]


def found(principal: Member, words: str = "", **filters: list[str]) -> str:
    parsed = search.parse(words, by=principal)
    assets = search.among(principal, parsed=parsed, filters=Filters(filters))
    return "".join(sorted(assets.values_list("title", flat=True)))


@pytest.fixture
def _summer(librarian: Member, clips: list[Asset]) -> None:
    made = collections.create("Summer launch", by=librarian)
    items.add(made, [clips[0].pk, clips[1].pk], by=librarian)
    items.remove(made, [clips[1].pk], by=librarian)
    items.add(collections.create("Pitch", by=librarian), [clips[0].pk, clips[2].pk], by=librarian)


@pytest.mark.usefixtures("_summer")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ('collection:"summer launch"', "A"),
        ('collection:"SUMMER  Launch" collection:pitch', "A"),
        ('collection:pitch,"summer launch"', "AC"),
        ("-collection:pitch", "B"),
        ("collection:summer", ""),  # the whole name
        ("collection:unknown", ""),
        ("-collection:unknown", "ABC"),
    ],
)
def test_clips_are_found_by_the_name_of_their_collection(
    librarian: Member, words: str, expected: str
) -> None:
    assert found(librarian, words) == expected


@pytest.mark.usefixtures("_summer")
def test_the_same_stands_in_the_address(librarian: Member) -> None:
    assert found(librarian, collection=["Pitch"]) == "AC"


def test_a_collection_that_is_not_seen_finds_and_rules_out_nothing(
    brand: Brand, librarian: Member, clips: list[Asset]
) -> None:
    other = member(brand, Role.ADMIN)
    secret = collections.create("Secret", by=other, seen_by=PRIVATE)
    items.add(secret, [clips[0].pk], by=other)
    assert found(other, "collection:secret") == "A"
    assert found(librarian, "collection:secret") == ""
    assert found(librarian, "-collection:secret") == "ABC"
    assert not completion.complete("collection:sec", principal=librarian)
    values = {facet.name: facet.values for facet in facets.count(librarian)}["collection"]
    assert not values


def test_viewers_find_in_a_collection_what_is_released(
    brand: Brand, librarian: Member, clips: list[Asset]
) -> None:
    released = ApprovedVersionFactory.create(asset__brand=brand, asset__title="R").asset
    made = collections.create("Mixed", by=librarian)
    items.add(made, [clips[0].pk, released.pk], by=librarian)
    viewer = member(brand, Role.VIEWER)
    assert found(viewer, "collection:mixed") == "R"
    (value,) = {facet.name: facet.values for facet in facets.count(viewer)}["collection"]
    assert (value.value, value.count) == ("Mixed", 1)


@pytest.mark.usefixtures("_summer")
def test_the_facet_counts_clips_by_collection(librarian: Member) -> None:
    values = {facet.name: facet.values for facet in facets.count(librarian)}["collection"]
    assert [(value.value, value.count) for value in values] == [("Pitch", 2), ("Summer launch", 1)]
    chosen = facets.count(librarian, filters=Filters(collection=["summer launch"]))
    values = {facet.name: facet.values for facet in chosen}["collection"]
    assert [(each.value, each.count, each.chosen) for each in values] == [
        ("Pitch", 1, False),
        ("Summer launch", 1, True),
    ]


@pytest.mark.usefixtures("_summer")
def test_names_of_collections_are_completed(librarian: Member) -> None:
    offered = completion.complete("collection:su", principal=librarian)
    assert 'collection:"Summer launch"' in [each.text for each in offered]


def test_an_alert_within_a_collection_is_asked_for_each_person_of_a_role(
    brand: Brand, librarian: Member, clips: list[Asset]
) -> None:
    """Of two librarians one sees the collection of that name: the answer for one is not the other's."""
    other = member(brand, Role.LIBRARIAN)
    secret = collections.create("Secret", by=other, seen_by=PRIVATE)
    for words, filters in (("collection:secret", Filters()), ("", Filters(collection=["Secret"]))):
        shared = saved_searches.save(
            Asked(words=words, filters=filters), name=words or "filter", by=other, shared=True
        )
        for person in (other, librarian):
            alerts.turn_on(shared, by=person)
    items.add(secret, [clips[0].pk], by=other)
    alerts.notice([clips[0].pk], brand_id=brand.pk)
    alert_passes.run(brand.pk)
    told = AlertMatch.objects.values_list("alert__user", flat=True)
    assert list(told) == [other.user.pk] * 2


def test_inside_reaches_what_lies_in_a_collection(librarian: Member, clips: list[Asset]) -> None:
    outer = collections.create("Launch", by=librarian)
    inner = collections.create("Teasers", parent=outer, by=librarian)
    deepest = collections.create("Cuts", parent=inner, by=librarian)
    for row, asset in zip((outer, inner, deepest), clips, strict=True):
        items.add(row, [asset.pk], by=librarian)
    assert found(librarian, "collection:launch") == "A"
    assert found(librarian, "inside:launch") == found(librarian, inside=[str(outer.pk)]) == "ABC"
    assert found(librarian, inside=[str(inner.pk)]) == "BC"
    assert found(librarian, "-inside:teasers") == "A"
    collections.delete(inner, by=librarian)
    assert found(librarian, inside=[str(outer.pk)]) == "A"
    assert found(librarian, inside=[str(inner.pk)]) == ""


def test_a_collection_named_by_its_id_is_told_to_those_who_see_it(brand: Brand, librarian: Member) -> None:
    row = collections.create("Secret launch", by=librarian, seen_by=PRIVATE)
    items.add(row, [VersionFactory.create(asset__brand=brand, asset__title="S").asset.pk], by=librarian)
    other, asked = member(brand, Role.LIBRARIAN), {"inside": [str(row.pk)]}
    assert found(librarian, inside=asked["inside"]) == "S"
    assert found(other, inside=asked["inside"]) == ""
    own = fields.as_seen(fields.of(librarian), [asked], by=librarian)["inside"]
    assert own.chip_text(str(row.pk)) == "in Secret launch and its collections"
    told = fields.as_seen(fields.of(other), [asked], by=other)["inside"]
    assert "Secret" not in told.chip_text(str(row.pk))
    assert "unavailable" in told.chip_text(str(row.pk))
