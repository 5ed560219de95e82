"""What words find, in another order than the best first."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset, Version
from dam.rights import visibility
from dam.search import fulltext, orders, reordering, search, similarity
from dam.search.orders import Order, Place
from dam.search.results import Results
from tests.factories import ApprovedVersionFactory, VersionFactory, member
from tests.integration.dam.search import seeing

START = datetime(2026, 1, 1, tzinfo=UTC)
Find = Callable[..., Results]
NAMES = ("Lime c", "Lime a", "lime B", "Lime d", "Lime e")


@pytest.fixture(autouse=True)
def _encoder(find: Find) -> None:
    """The colour encoder is installed."""


@pytest.fixture
def limes(brand: Brand) -> list[Version]:
    """Five clips with the word and one without, each shorter than the one before; two of unknown length."""
    made = []
    for day, title in enumerate((*NAMES, "Winter")):
        length = None if day in (1, 3) else 9000 - 1000 * day
        version = VersionFactory.create(
            asset__brand=brand,
            asset__title=title,
            asset__created_at=START + timedelta(days=day),
            duration_ms=length,
        )
        fulltext.refresh(version.asset)
        made.append(version)
    return made


def ranked(principal: Member, words: str) -> search.Ranked:
    return search.rank(principal, parsed=search.parse(words, by=principal), ask=seeing.ask)


def walked(principal: Member, words: str, order: Order, *, size: int = 2) -> list[str]:
    """Every title, page by page, each ranked anew, the place going through the address."""
    titles: list[str] = []
    after: Place | None = None
    while True:
        page = reordering.page(ranked(principal, words), order, after=after, size=size)
        titles += [hit.asset.title for hit in page.results.hits]
        if page.following is None:
            return titles
        after = orders.read(str(page.following), order)
        assert after == page.following


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("size", [1, 2, 9])
def test_it_stands_in_every_order_as_a_list_does_page_by_page(
    librarian: Member, limes: list[Version], order: Order, size: int
) -> None:
    keys, _following = orders.page(
        Asset.objects.filter(title__istartswith="lime"),
        order,
        shown=visibility.shown(librarian),
        brand_id=librarian.brand.pk,
        after=None,
        size=9,
    )
    rows = Asset.objects.in_bulk(keys)
    assert walked(librarian, "lime", order, size=size) == [rows[key].title for key in keys]
    assert sorted(rows[key].title for key in keys) == sorted(NAMES)


def test_a_clip_that_comes_or_goes_between_two_pages_shifts_none(
    brand: Brand, librarian: Member, limes: list[Version]
) -> None:
    first = reordering.page(ranked(librarian, "lime"), Order.NAME, after=None, size=2)
    fulltext.refresh(VersionFactory.create(asset__brand=brand, asset__title="Lime 0").asset)
    Asset.objects.filter(title="lime B").update(trashed_at=START)
    then = reordering.page(ranked(librarian, "lime"), Order.NAME, after=first.following, size=2)
    assert [hit.asset.title for hit in first.results.hits] == ["Lime a", "lime B"]
    assert [hit.asset.title for hit in then.results.hits] == ["Lime c", "Lime d"]


def test_what_is_less_likely_is_left_out_and_counted(brand: Brand, librarian: Member) -> None:
    seeing.clip(brand, "b", colours=["red"])
    seeing.clip(brand, "a", colours=["red and green"])
    seeing.clip(brand, "Red in its name")
    plain = ranked(librarian, "red")
    assert plain.results.weak == 1
    page = reordering.page(plain, Order.NAME, after=None, size=9)
    assert [hit.asset.title for hit in page.results.hits] == ["b", "Red in its name"]
    assert (page.left_out, page.results.total, page.results.weak) == (1, 2, 0)
    assert set(page.results.asset_ids) == {hit.asset.pk for hit in page.results.hits}


def test_where_all_is_less_likely_that_stands_in_the_order(librarian: Member, limes: list[Version]) -> None:
    spelled_alike = ranked(librarian, "limme")
    assert spelled_alike.results.close_only
    page = reordering.page(spelled_alike, Order.OLDEST, after=None, size=9)
    assert [hit.asset.title for hit in page.results.hits] == list(NAMES)
    assert (page.results.good, page.results.weak, page.left_out) == (0, 5, 0)


def test_who_sees_released_work_alone_is_shown_that_in_the_order_of_its_released_version(
    brand: Brand, limes: list[Version]
) -> None:
    viewer = member(brand, Role.VIEWER)
    for title, length in (("Lime long", 7000), ("Lime short", 500)):
        version = ApprovedVersionFactory.create(asset__brand=brand, asset__title=title, duration_ms=length)
        VersionFactory.create(asset=version.asset, number=2, duration_ms=8000 - length)
        fulltext.refresh(version.asset)
    assert walked(viewer, "lime", Order.SHORTEST) == ["Lime short", "Lime long"]
    assert walked(viewer, "lime", Order.NAME) == ["Lime long", "Lime short"]


def test_of_another_brand_nothing_is_in_it(limes: list[Version]) -> None:
    assert walked(member(Brand.objects.create(slug="other", name="Other")), "lime", Order.NAME) == []


def test_only_what_the_ranking_read_is_ordered_and_it_says_that_there_is_more(
    librarian: Member, limes: list[Version], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "DEPTH", 3)
    page = reordering.page(ranked(librarian, "lime"), Order.NAME, after=None, size=2)
    assert page.results.more
    assert page.results.total == 3
    assert len(walked(librarian, "lime", Order.NAME)) == 3


def test_where_pictures_were_read_until_they_became_less_likely_there_is_no_more(
    brand: Brand, librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    for colours in (["red"], ["red"], ["red and green"]):
        seeing.clip(brand, colours=colours)
    monkeypatch.setattr(similarity, "DEPTH", 3)
    found = ranked(librarian, "red")
    assert (found.results.more, found.results.weak) == (True, 1)
    assert not reordering.page(found, Order.NAME, after=None, size=9).results.more

    Asset.objects.filter(pk=found.hits[-1].key).update(trashed_at=START)
    monkeypatch.setattr(similarity, "DEPTH", 2)
    page = reordering.page(ranked(librarian, "red"), Order.NAME, after=None, size=9)
    assert (page.results.total, page.results.more) == (2, True)


def test_more_that_is_found_needs_no_more_queries(
    brand: Brand, librarian: Member, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    asked = []
    for clips in (1, 12):
        for number in range(clips):
            seeing.clip(brand, f"Lime {number}")
        found = ranked(librarian, "lime")
        with django_assert_max_num_queries(12) as best_first:
            search.show(found, limit=9)
        with django_assert_max_num_queries(13) as in_order:
            reordering.page(found, Order.NAME, after=None, size=9)
        asked.append((len(best_first), len(in_order)))
    assert asked[0] == asked[1]
    assert asked[0][1] == asked[0][0] + 1  # the order itself
