"""Which road is taken to the documents that match."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog import tags
from dam.catalog.models import Approval, Asset
from dam.search import candidates, facets, fulltext, scopes, search
from dam.search.models import SearchDocument
from dam.search.query import Filters
from dam.search.results import Results
from tests.factories import member
from tests.integration.dam.search import seeing
from tests.integration.dam.search.seeing import clip

pytestmark = pytest.mark.django_db
Find = Callable[..., Results]


@pytest.fixture
def apart(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A common word far back in time and now, where nothing of now has a length of 9 s."""
    monkeypatch.setattr(candidates, "MOST_READ", 0.5)
    for number, (title, length) in enumerate((("Old bottle", 9000), ("New bottle", 1000))):
        asset = clip(brand, title, approval=Approval.APPROVED)
        asset.versions.update(duration_ms=length)
        place = scopes.FIRST_PLACE + number * 5 * (1 << scopes.BLOCK_BITS[scopes.Level.SMALL])
        SearchDocument.objects.filter(asset=asset).update(place=place)


def test_a_common_word_is_read_in_each_of_few_clips(find: Find, apart: None) -> None:
    assert [hit.asset.title for hit in find("bottle duration:9s").hits] == ["Old bottle"]


def test_a_common_word_is_not_read_in_all_clips_because_none_of_the_newest_may_be_seen(
    find: Find, apart: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 0)
    with CaptureQueriesContext(connection) as asked:
        found = find("bottle duration:9s")
    assert not found.hits
    assert found.more
    # That they are more than a few was found out before they were ranked, and isn't counted again.
    assert not [each for each in asked.captured_queries if each["sql"].startswith("SELECT count(*) FROM")]


def test_a_common_word_is_read_in_each_of_the_few_clips_that_are_seen(
    find: Find, brand: Brand, apart: None
) -> None:
    """Where no filter has asked how many there are."""
    results = find("bottle", principal=member(brand, Role.VIEWER))
    assert {hit.asset.title for hit in results.hits} == {"Old bottle", "New bottle"}


def test_what_is_said_of_the_encoder_is_asked_for_what_a_page_shows_alone(
    brand: Brand, librarian: Member
) -> None:
    parsed = search.parse("bottle", by=librarian)
    with CaptureQueriesContext(connection) as asked:
        search.rank(librarian, parsed=parsed, ask=seeing.ask, noting=False)
    with CaptureQueriesContext(connection) as noted:
        search.rank(librarian, parsed=parsed, ask=seeing.ask)
    assert len(noted) >= len(asked) + 2


def test_what_filters_leave_is_asked_once_where_it_is_little(find: Find, brand: Brand) -> None:
    for number in range(3):
        clip(brand, f"Bottle {number}")
    with CaptureQueriesContext(connection) as asked:
        assert len(find("bottle duration:2s..9s").hits) == 3
    narrowing = [each["sql"] for each in asked.captured_queries if 'duration_ms" >=' in each["sql"]]
    assert len([sql for sql in narrowing if not sql.startswith("EXPLAIN")]) == 1


def test_the_tags_of_a_search_are_looked_up_once(find: Find, brand: Brand) -> None:
    asset = clip(brand, "Bottle")
    tags.assign(asset, ["summer"])
    fulltext.refresh(asset)
    with CaptureQueriesContext(connection) as asked:
        assert len(find("bottle tag:summer").hits) == 1
        facets.count(member(brand, Role.CREATOR), filters=Filters(tag=["summer"], state=["draft"]))
    looked_up = [each["sql"] for each in asked.captured_queries if '"dam_tag"."name" IN' in each["sql"]]
    assert len(looked_up) == 2


def test_older_blocks_are_read_where_the_newest_have_too_few(
    find: Find, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what was found in the newest is kept, though it isn't read again."""
    monkeypatch.setattr(candidates, "FEW", 0)
    monkeypatch.setattr(candidates, "MOST_READ", 6)
    for number in range(6):
        asset = clip(brand, f"Bottle {number}")
        place = scopes.FIRST_PLACE + number * (1 << scopes.BLOCK_BITS[scopes.Level.SMALL]) + 2000
        SearchDocument.objects.filter(asset=asset).update(place=place)
    found = find("bottle")
    assert {"Bottle 5", "Bottle 4", "Bottle 3"} == {hit.asset.title for hit in found.hits}
    assert found.more


def test_the_words_of_a_tag_are_asked_of_the_index_with_those_of_the_search(find: Find, brand: Brand) -> None:
    """So that of a common word's documents those without the tag needn't be looked at one by one."""
    for number in range(3):
        clip(brand, f"Bottle {number}")
    tagged = Asset.objects.get(title="Bottle 1")
    tags.assign(tagged, ["blu-ray", "été"])
    fulltext.refresh(tagged)
    for asked in ("bottle tag:blu-ray", 'bottle tag:"été"', "bottle tag:blu-ray tag:été"):
        with CaptureQueriesContext(connection) as made:
            assert [hit.asset.title for hit in find(asked).hits] == ["Bottle 1"]
        ranked = next(each["sql"] for each in made if "ts_rank" in each["sql"])
        assert "'ray'" in ranked or "'ete'" in ranked


def test_a_tag_of_signs_alone_leaves_the_search_as_it_is(find: Find, brand: Brand) -> None:
    asset = clip(brand, "Bottle")
    tags.assign(asset, ["!!"])
    fulltext.refresh(asset)
    assert [hit.asset.title for hit in find("bottle tag:!!").hits] == ["Bottle"]
