"""A search looks at the version that whoever asks is shown, and at no other."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Approval, Asset, Credentials, Origin
from dam.search import facets, reindexing, search
from dam.search.query import Filters, Query
from dam.search.results import Results
from tests.factories import member, next_version
from tests.integration.dam.search.seeing import clip, index, see

Find = Callable[..., Results]


@pytest.fixture
def viewer(brand: Brand) -> Member:
    return member(brand, Role.VIEWER)


@pytest.fixture
def asset(brand: Brand) -> Asset:
    """Released in red; its draft is green, generated, and has no credentials."""
    asset = clip(
        brand, "Bottle", colours=["red"], approval=Approval.APPROVED, credentials=Credentials.TRUSTED
    )
    assert asset.latest is not None
    draft = next_version(asset.latest, origin=Origin.GENERATED, credentials=Credentials.NONE)
    see(draft, ["blue", "green"])
    return asset


def test_a_viewer_finds_what_the_released_version_shows(find: Find, asset: Asset, viewer: Member) -> None:
    (hit,) = find("red", principal=viewer).hits
    assert hit.asset.shown.number == 1
    assert not find("green", principal=viewer).hits


def test_those_who_work_here_find_what_the_draft_shows_and_when(find: Find, asset: Asset) -> None:
    (hit,) = find("green").hits
    assert (hit.asset.shown.number, hit.moment and hit.moment.start_ms) == (2, 500)
    assert not find("red").hits


@pytest.mark.parametrize(
    ("filters", "viewers", "workers"),
    [
        (Filters(state=("approved",)), 1, 0),
        (Filters(state=("draft",)), 0, 1),
        (Filters(origin=("generated",)), 0, 1),
        (Filters(credentials=("trusted",)), 1, 0),
    ],
)
def test_filters_ask_for_the_version_that_is_shown(
    find: Find, asset: Asset, viewer: Member, filters: Filters, viewers: int, workers: int
) -> None:
    assert find("", filters=filters, principal=viewer).total == viewers
    assert find("", filters=filters).total == workers


def test_for_states_that_nothing_released_has_the_database_is_not_even_asked(
    asset: Asset, viewer: Member, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        drafts = search.among(viewer, parsed=Query(), filters=Filters(state=("draft", "rejected")))
        assert search.count(drafts) == 0
    either = search.among(viewer, parsed=Query(), filters=Filters(state=("draft", "approved")))
    assert search.count(either) == 1
    assert search.count(search.among(viewer, parsed=Query(), filters=Filters({"-state": ("draft",)}))) == 1


def test_facets_count_the_version_that_is_shown(asset: Asset, viewer: Member, librarian: Member) -> None:
    def counted(asking: Member) -> set[str]:
        return {value.value for facet in facets.count(asking) for value in facet.values}

    viewers, workers = {"approved", "uploaded", "trusted"}, {"draft", "generated", "none"}
    assert counted(viewer) >= viewers
    assert counted(librarian) >= workers
    assert not counted(viewer) & workers
    assert not counted(librarian) & viewers


def test_what_the_draft_lacks_in_the_index_is_no_news_to_a_viewer(
    find: Find, brand: Brand, viewer: Member
) -> None:
    released = clip(brand, colours=["red"], approval=Approval.APPROVED)
    assert released.latest is not None
    next_version(released.latest)
    assert find("red", principal=viewer).encoder.not_indexed == 0
    assert find("red").encoder.not_indexed == 1


def test_a_new_encoder_catches_up_on_released_versions_too(asset: Asset) -> None:
    assert {version.number for version in reindexing.behind(index("new@1"))} == {1, 2}
    third = next_version(asset.versions.get(number=2))
    see(third, ["red"])
    assert {version.number for version in reindexing.behind(index("new@1"))} == {1, 3}
