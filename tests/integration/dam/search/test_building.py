"""Documents of assets that were there before documents were."""

import pytest

from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.search import building, search
from dam.search.encoders.base import TextEmbedding
from dam.search.models import DocumentBuild, SearchDocument
from tests.factories import VersionFactory

pytestmark = pytest.mark.django_db


def ask(spoken: str, encoder: str) -> TextEmbedding | None:
    return None


def test_documents_are_built_newest_first_and_only_once(
    brand: Brand, librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "BATCH", 2)
    versions = [VersionFactory.create(asset__brand=brand, asset__title=f"Kite {n}") for n in range(5)]
    DocumentBuild.objects.create(brand=brand)
    assert search.find(librarian, words="kite", ask=ask).being_built
    ticks = iter([0.0, 20.0])
    assert building.go_on(clock=lambda: next(ticks)) == 2
    assert set(SearchDocument.objects.values_list("version", flat=True)) == {v.pk for v in versions[3:]}
    assert building.go_on() == 3
    assert building.go_on() == 0
    places = SearchDocument.objects.order_by("created_at").values_list("place", flat=True)
    assert list(places) == sorted(set(places))
    found = search.find(librarian, words="kite", ask=ask)
    assert (found.total, found.being_built) == (5, False)


def test_all_words_are_written_anew_newest_first(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "BATCH", 2)
    versions = [VersionFactory.create(asset__brand=brand, asset__title=f"Kite {n}") for n in range(3)]
    assert list(building.write_all_anew()) == [2, 3]
    SearchDocument.objects.update(words="")
    next(building.write_all_anew())
    written = SearchDocument.objects.filter(words="kite").values_list("version", flat=True)
    assert set(written) == {version.pk for version in versions[1:]}
