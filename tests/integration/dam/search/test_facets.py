"""The numbers beside the filters."""

import pytest
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Approval, Asset, Credentials, Origin, Tag
from dam.search import facets
from dam.search.facets import Facet
from dam.search.query import Filters
from tests.factories import BrandFactory, member
from tests.integration.dam.search.seeing import clip

pytestmark = pytest.mark.django_db


def counts(found: tuple[Facet, ...], name: str) -> dict[str, int]:
    facet = next(each for each in found if each.name == name)
    return {value.value: value.count for value in facet.values}


def tagged(asset: Asset, *names: str) -> Asset:
    for name in names:
        asset.tags.add(Tag.objects.get_or_create(brand=asset.brand, name=name)[0])
    return asset


def test_values_that_occur_are_counted(brand: Brand, librarian: Member) -> None:
    clip(brand, origin=Origin.GENERATED, approval=Approval.APPROVED, credentials=Credentials.TRUSTED)
    clip(brand, origin=Origin.GENERATED)
    found = facets.count(librarian)
    assert counts(found, "state") == {"draft": 1, "approved": 1}
    assert counts(found, "origin") == {"generated": 2}
    assert counts(found, "credentials") == {"unchecked": 1, "trusted": 1}


def test_a_facet_counts_without_its_own_filter(brand: Brand, librarian: Member) -> None:
    clip(brand, origin=Origin.GENERATED, approval=Approval.APPROVED)
    clip(brand)
    found = facets.count(librarian, filters=Filters(states=("approved",)))
    assert counts(found, "state") == {"draft": 1, "approved": 1}
    assert counts(found, "origin") == {"generated": 1}


def test_tags_are_counted_most_used_first(brand: Brand, librarian: Member) -> None:
    tagged(clip(brand), "summer", "drinks")
    tagged(clip(brand), "drinks")
    assert list(counts(facets.count(librarian), "tag")) == ["drinks", "summer"]


def test_a_chosen_value_stays_even_if_it_no_longer_occurs(brand: Brand, librarian: Member) -> None:
    found = facets.count(librarian, filters=Filters(states=("rejected",), tags=("old",)))
    assert counts(found, "state") == {"rejected": 0}
    assert counts(found, "tag") == {"old": 0}


def test_a_search_counts_its_hits_alone(brand: Brand, librarian: Member) -> None:
    hit = clip(brand, origin=Origin.GENERATED)
    clip(brand)
    found = facets.count(librarian, within=[hit.pk])
    assert counts(found, "origin") == {"generated": 1}


def test_a_viewer_counts_what_is_released(brand: Brand) -> None:
    clip(brand)
    clip(brand, approval=Approval.APPROVED)
    assert counts(facets.count(member(brand, Role.VIEWER)), "state") == {"approved": 1}


def test_another_brands_tags_are_not_shown(brand: Brand, librarian: Member) -> None:
    tagged(clip(BrandFactory.create()), "secret")
    assert counts(facets.count(librarian), "tag") == {}


def test_the_number_of_queries_does_not_grow(
    brand: Brand, librarian: Member, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        tagged(clip(brand), f"tag {number}")
    with django_assert_num_queries(4):
        facets.count(librarian)
