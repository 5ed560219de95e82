"""Which road is taken to the documents that match."""

from collections.abc import Callable

import pytest

from dam.accounts.models import Brand
from dam.search import candidates, scopes
from dam.search.models import SearchDocument
from dam.search.results import Results
from tests.integration.dam.search.seeing import clip

pytestmark = pytest.mark.django_db
Find = Callable[..., Results]


@pytest.fixture
def apart(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A common word far back in time and now, where nothing of now has a length of 9 s."""
    monkeypatch.setattr(candidates, "MOST_READ", 0.5)
    for number, (title, length) in enumerate((("Old bottle", 9000), ("New bottle", 1000))):
        asset = clip(brand, title)
        asset.versions.update(duration_ms=length)
        place = scopes.FIRST_PLACE + number * 5 * (1 << scopes.BLOCK_BITS[scopes.Level.SMALL])
        SearchDocument.objects.filter(asset=asset).update(place=place)


def test_a_common_word_is_read_in_each_of_few_clips(find: Find, apart: None) -> None:
    assert [hit.asset.title for hit in find("bottle duration:9s").hits] == ["Old bottle"]


def test_a_common_word_is_not_read_in_all_clips_because_none_of_the_newest_may_be_seen(
    find: Find, apart: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "FEW", 0)
    found = find("bottle duration:9s")
    assert not found.hits
    assert found.more
