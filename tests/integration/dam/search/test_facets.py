"""The numbers beside the filters."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog import versions
from dam.catalog.models import Approval, Asset, Credentials, Origin, Tag, Version
from dam.collections import collections, items
from dam.rights.models import RightsRecord
from dam.search import facets, search
from dam.search.facets import Facet
from dam.search.query import Filters, Query
from tests.factories import BrandFactory, member
from tests.integration.dam.search.seeing import clip

pytestmark = pytest.mark.django_db


def counts(counted: tuple[Facet, ...], name: str) -> dict[str, int]:
    facet = next(each for each in counted if each.name == name)
    return {value.value: value.count for value in facet.values}


def tagged(asset: Asset, *names: str) -> Asset:
    for name in names:
        asset.tags.add(Tag.objects.get_or_create(brand=asset.brand, name=name)[0])
    return asset


def test_values_that_occur_are_counted(brand: Brand, librarian: Member) -> None:
    clip(brand, origin=Origin.GENERATED, approval=Approval.APPROVED, credentials=Credentials.TRUSTED)
    clip(brand, origin=Origin.GENERATED)
    counted = facets.count(librarian)
    assert counts(counted, "state") == {"draft": 1, "approved": 1}
    assert counts(counted, "origin") == {"generated": 2}
    assert counts(counted, "credentials") == {"unchecked": 1, "trusted": 1}


def test_a_facet_counts_without_its_own_filter(brand: Brand, librarian: Member) -> None:
    clip(brand, origin=Origin.GENERATED, approval=Approval.APPROVED)
    clip(brand)
    counted = facets.count(librarian, filters=Filters(state=("approved",)))
    assert counts(counted, "state") == {"draft": 1, "approved": 1}
    assert counts(counted, "origin") == {"generated": 1}


def test_tags_are_counted_most_used_first(brand: Brand, librarian: Member) -> None:
    tagged(clip(brand), "summer", "drinks")
    tagged(clip(brand), "drinks")
    assert list(counts(facets.count(librarian), "tag")) == ["drinks", "summer"]


def test_a_chosen_value_stays_even_if_it_no_longer_occurs(brand: Brand, librarian: Member) -> None:
    counted = facets.count(librarian, filters=Filters(state=("rejected",), tag=("old",)))
    assert counts(counted, "state") == {"rejected": 0}
    assert counts(counted, "tag") == {"old": 0}


def test_a_search_counts_its_hits_alone(brand: Brand, librarian: Member) -> None:
    hit = clip(brand, origin=Origin.GENERATED)
    clip(brand)
    counted = facets.count(librarian, within=[hit.pk])
    assert counts(counted, "origin") == {"generated": 1}


def test_a_viewer_counts_what_is_released(brand: Brand) -> None:
    clip(brand)
    clip(brand, approval=Approval.APPROVED)
    assert counts(facets.count(member(brand, Role.VIEWER)), "state") == {"approved": 1}


def test_another_brands_tags_are_not_shown(brand: Brand, librarian: Member) -> None:
    tagged(clip(BrandFactory.create()), "secret")
    assert counts(facets.count(librarian), "tag") == {}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LIBRARIAN, Role.ADMIN])
def test_the_number_of_queries_does_not_grow(
    brand: Brand, role: Role, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person = member(brand, role)
    for number in range(5):
        tagged(clip(brand, approval=Approval.APPROVED), f"tag {number}")
    with django_assert_num_queries(2):
        facets.count(person)
    made = collections.create("Summer", by=member(brand, Role.ADMIN))
    items.add(made, list(Asset.objects.values_list("pk", flat=True)), by=member(brand, Role.ADMIN))
    with django_assert_num_queries(3):
        assert counts(facets.count(person), "collection") == {"Summer": 5}


def test_an_asset_with_several_tags_counts_once_in_each(brand: Brand, librarian: Member) -> None:
    tagged(clip(brand), "summer", "drinks")
    tagged(clip(brand), "summer")
    clip(brand)
    narrowed = facets.count(librarian, filters=Filters(tag=("summer",)))
    assert counts(narrowed, "tag") == {"summer": 2, "drinks": 1}


def test_only_the_most_used_tags_are_counted(
    brand: Brand, librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MOST_VALUES", 1)
    tagged(clip(brand), "summer", "drinks")
    tagged(clip(brand), "summer")
    assert counts(facets.count(librarian, filters=Filters(tag=("drinks",))), "tag") == {"drinks": 1}
    assert counts(facets.count(librarian), "tag") == {"summer": 2}
    assert [facet.name for facet in facets.count(librarian) if facet.more] == ["tag", "by"]


def test_a_field_without_a_facet_is_not_counted(librarian: Member) -> None:
    assert "language" not in [facet.name for facet in facets.count(librarian)]


def test_ranges_are_counted_and_one_takes_the_place_of_another(brand: Brand, librarian: Member) -> None:
    Version.objects.filter(asset=clip(brand)).update(duration_ms=10_000)
    clip(brand)
    for chosen in (Filters(), Filters(duration=["<5s"])):
        assert counts(facets.count(librarian, filters=chosen), "duration") == {"<5s": 1, "5s..15s": 1}


@pytest.mark.parametrize("name", ["duration", "fps", "created"])
def test_a_range_counts_what_its_filter_finds(brand: Brand, librarian: Member, name: str) -> None:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for number, (length, rate, days) in enumerate([(4499, 24, 0), (4500, 25, 6), (15_500, 48, 7)]):
        asset = clip(brand)
        Version.objects.filter(asset=asset).update(duration_ms=length, rate_numerator=rate)
        moment = today - timedelta(days=days) if number else timezone.now()
        Asset.objects.filter(pk=asset.pk).update(created_at=moment)
    for value, count in counts(facets.count(librarian), name).items():
        chosen = Query(filters=Filters({name: [value]}))
        assert search.count(search.among(librarian, parsed=chosen)) == count


def test_a_range_that_somebody_typed_stands_among_the_others(brand: Brand, librarian: Member) -> None:
    clip(brand)
    assert counts(facets.count(librarian, filters=Filters(duration=[">1s"])), "duration") == {
        "<5s": 1,
        ">1s": 0,
    }


def test_colours_sound_people_and_models_are_counted(brand: Brand, librarian: Member) -> None:
    version = Version.objects.get(asset=clip(brand))
    versions.set_colours(version.pk, ["red", "black"])
    versions.set_making(version.pk, model="previz-dit 0.3", seed=1, prompt="")
    clip(brand)
    counted = facets.count(librarian)
    assert counts(counted, "colour") == {"red": 1, "black": 1}
    assert [(each.name, each.not_looked_at) for each in counted if each.not_looked_at] == [("colour", 1)]
    assert counts(counted, "model") == {"previz-dit 0.3": 1}
    assert counts(counted, "sound") == {}
    assert sum(counts(counted, "by").values()) == 2


def test_what_may_be_used_is_counted_as_the_policy_says(brand: Brand, librarian: Member) -> None:
    for approval in (Approval.APPROVED, Approval.DRAFT):
        version = Version.objects.get(asset=clip(brand, approval=approval))
        RightsRecord.objects.filter(version=version).update(uses=["web", "social"])
    assert counts(facets.count(librarian), "use") == {"web": 1, "social": 1}


def test_of_very_many_some_are_counted_and_that_is_said(
    brand: Brand, librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MOST_COUNTED", 2)
    for _ in range(3):
        clip(brand)
    state = next(facet for facet in facets.count(librarian) if facet.name == "state")
    assert state.counted_in == 2
    assert counts((state,), "state") == {"draft": 2}


def test_just_as_many_as_are_counted_are_all(
    brand: Brand, librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MOST_COUNTED", 2)
    for _ in range(2):
        clip(brand)
    state = next(facet for facet in facets.count(librarian) if facet.name == "state")
    assert state.counted_in is None
    assert counts((state,), "state") == {"draft": 2}
