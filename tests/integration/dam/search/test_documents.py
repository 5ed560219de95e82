"""Search documents: one for each version, and what the database keeps of them."""

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from dam.accounts.models import Brand
from dam.catalog import versions
from dam.catalog.models import Approval, Asset
from dam.search import documents, lexicon, scopes
from dam.search.models import CommentText, LexiconWord, SearchDocument
from dam.search.scopes import Level
from tests.factories import BrandFactory, VersionFactory, next_version
from tests.integration.dam.search.seeing import clip

pytestmark = pytest.mark.django_db


def of(asset: Asset) -> list[tuple[bool, bool]]:
    rows = SearchDocument.objects.filter(asset=asset).order_by("version__number")
    return [(row.latest, row.released) for row in rows]


def test_each_version_has_a_document_that_knows_which_one_is_shown(brand: Brand) -> None:
    asset = clip(brand, approval=Approval.APPROVED)
    assert asset.latest is not None
    draft = next_version(asset.latest)
    documents.refresh_many([asset])
    assert of(asset) == [(False, True), (True, False)]
    versions.set_released(draft)
    assert of(asset) == [(False, False), (True, True)]
    versions.clear_released(draft)
    assert of(asset) == [(False, False), (True, False)]


def test_a_version_has_its_own_words(brand: Brand) -> None:
    asset = clip(brand, "Bottle", filename="first.mp4")
    assert asset.latest is not None
    next_version(asset.latest, filename="second.mp4", search_words="a green kite")
    documents.refresh_many([asset])
    first, second = (row.words for row in SearchDocument.objects.order_by("version__number"))
    assert "'first'" in first
    assert "kite" not in first
    assert "'!kite'" in second


def test_the_language_is_kept(brand: Brand) -> None:
    clip(brand, "Die Flasche auf dem Tisch")
    assert SearchDocument.objects.get().language == "de"


def test_comments_are_kept_apart(brand: Brand) -> None:
    version = VersionFactory.create(asset__brand=brand)
    CommentText.objects.create(version=version, source="1", text="too dark")
    documents.refresh_many([version.asset])
    words = SearchDocument.objects.get().words
    assert "'!dark'" in words
    assert "'dark'" not in words


def test_many_assets_cost_as_many_queries_as_one(
    brand: Brand, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assets = [VersionFactory.create(asset__brand=brand).asset for _ in range(12)]
    with django_assert_max_num_queries(11):
        documents.refresh_many(assets)
    assert SearchDocument.objects.count() == 12


def test_newer_assets_stand_at_higher_places_whenever_they_are_written(brand: Brand) -> None:
    old, middle, new = (VersionFactory.create(asset__brand=brand).asset for _ in range(3))
    for asset in (middle, new, old):
        documents.refresh_many([asset])
    places = dict(SearchDocument.objects.values_list("asset", "place"))
    assert places[old.pk] < places[middle.pk] < places[new.pk]
    documents.refresh_many([old])
    assert dict(SearchDocument.objects.values_list("asset", "place")) == places


def test_the_database_numbers_blocks_as_the_search_does(brand: Brand) -> None:
    clip(brand, approval=Approval.APPROVED)
    row = SearchDocument.objects.get()
    assert row.place == scopes.FIRST_PLACE
    assert set(row.scopes) == {
        scopes.key(brand.pk, level=level, place=row.place, released=released)
        for level in Level
        for released in (False, True)
    }


def test_a_writer_cannot_say_that_a_draft_is_released(brand: Brand) -> None:
    asset = clip(brand)
    SearchDocument.objects.update(released=True, scopes=[1])
    assert of(asset) == [(True, False)]
    assert SearchDocument.objects.get().scopes != [1]


def test_words_are_learnt_by_brand(brand: Brand) -> None:
    clip(brand, "Bottle 42")
    clip(BrandFactory.create(), "Kite")
    here = LexiconWord.objects.filter(brand=brand)
    assert set(here.values_list("text", "spelled")) >= {("bottle", True), ("42", False)}
    assert not here.filter(text="kite").exists()


def test_a_word_of_many_documents_grows_in_magnitude(brand: Brand) -> None:
    for _ in range(30):
        lexicon.learn({brand.pk: {"bottle"}})
    (word,) = LexiconWord.objects.filter(brand=brand)
    assert 2 <= word.magnitude <= 12


def test_words_that_no_document_has_are_forgotten_and_none_is_kept_twice(brand: Brand) -> None:
    clip(brand, "Bottle", search_words="a kite")
    LexiconWord.objects.create(brand=brand, text="bottle")
    LexiconWord.objects.create(brand=brand, text="gone")
    assert lexicon.tidy(start=0) == 2
    words = list(LexiconWord.objects.values_list("text", flat=True))
    assert {"bottle", "kite"} <= set(words)
    assert len(words) == len(set(words))


def test_documents_go_with_their_versions(brand: Brand) -> None:
    asset = clip(brand)
    Asset.objects.filter(pk=asset.pk).update(latest=None)
    asset.versions.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not SearchDocument.objects.exists()
