"""What is nearest is found among those that somebody may see, by whichever road."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.db import connection
from django.db.models import QuerySet
from pgvector import HalfVector

from dam.accounts.models import Brand
from dam.catalog.models import Approval, Asset, Origin, Version
from dam.rights import visibility
from dam.search import encoder_indexes, neighbours, planning, search
from dam.search.models import Embedding, EncoderIndex, Scope
from tests.factories import BrandFactory, UserFactory, VersionFactory, member

pytestmark = pytest.mark.django_db

LARGE, TINY, DIMENSIONS, CLUSTERS = 1000, 5, 32, 30
PAGE = 10


@dataclass(frozen=True)
class Library:
    index: EncoderIndex
    large: Brand
    tiny: Brand
    queries: tuple[tuple[float, ...], ...]

    def of(self, brand: Brand) -> QuerySet[Asset]:
        return Asset.objects.filter(brand=brand, trashed_at=None, latest__isnull=False)


@pytest.fixture
def library() -> Library:
    """A large brand, of which one clip in a hundred is released, and a tiny one; pictures in clusters."""
    chance = np.random.default_rng(7)
    centres = chance.normal(size=(CLUSTERS, DIMENSIONS))
    index = encoder_indexes.opened("seeded@1", dimensions=DIMENSIONS)
    large, tiny = BrandFactory.create(), BrandFactory.create()
    person = UserFactory.create()

    def near_a_centre() -> tuple[float, ...]:
        vector = centres[chance.integers(CLUSTERS)] + 0.5 * chance.normal(size=DIMENSIONS)
        return tuple((vector / np.linalg.norm(vector)).tolist())

    assets, versions, rows = [], [], []
    for number in range(LARGE + TINY):
        brand = large if number < LARGE else tiny
        key = uuid4()
        asset = Asset(brand=brand, title=f"Clip {number}", origin=Origin.UPLOADED, created_by=person)
        asset.latest_id = key
        asset.released_id = key if number % 100 == 0 else None
        assets.append(asset)
        versions.append(
            Version(
                id=key, asset=asset, brand=brand, sha256=f"{number:064}", size=1, content_type="video/mp4",
                filename="clip.mp4", storage_key=f"{number}", created_by=person, approval=Approval.DRAFT,
            )
        )  # fmt: skip
        rows.append(
            Embedding(
                version_id=key, brand=brand, encoder=index, scope=Scope.VERSION, frame=0, start_ms=0,
                end_ms=1000, vector=HalfVector(list(near_a_centre())),
            )
        )  # fmt: skip
    Asset.objects.bulk_create(assets)
    Version.objects.bulk_create(versions)
    Embedding.objects.bulk_create(rows)
    return Library(index, large, tiny, tuple(near_a_centre() for _ in range(10)))


def share(found: Sequence[UUID] | None, wanted: Sequence[UUID]) -> float:
    return len(set(found or ()) & set(wanted)) / len(wanted)


def test_the_graph_leads_to_what_an_exact_search_finds(library: Library) -> None:
    every = library.of(library.large)
    shares = []
    for query in library.queries:
        best = neighbours.compared(every, library.index, query, shown="latest", limit=10)
        found = neighbours.followed(every, library.index, query, shown="latest", limit=100)
        shares.append(share(found, best))
    assert np.mean(shares) >= 0.95
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_sort")
        assert cursor.fetchone() == ("on",)  # what a search sets holds for it alone


def test_few_rights_and_small_brands_get_full_pages_of_the_right_clips(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a library of a million: the graph is tried wherever there is one.
    monkeypatch.setattr(neighbours, "FRAMES_UP_TO", 0)
    monkeypatch.setattr(neighbours, "is_quicker_to_follow", lambda few, all_of_them, limit: True)
    released = library.of(library.large).filter(released__isnull=False)  # one in a hundred
    best = {
        query: neighbours.compared(released, library.index, query, shown="released", limit=PAGE)
        for query in library.queries
    }
    for query in library.queries:
        found = neighbours.nearest(released, library.index, query, shown="released", limit=PAGE)
        assert set(found) == set(best[query])

    nobody = Asset.objects.none()
    assert neighbours.nearest(nobody, library.index, library.queries[0], shown="latest", limit=PAGE) == []

    tiny = library.of(library.tiny)
    found = neighbours.nearest(tiny, library.index, library.queries[0], shown="latest", limit=PAGE)
    assert set(found) == set(tiny.values_list("latest_id", flat=True))

    # Where the graph is given up before it has led to enough, all are compared.
    monkeypatch.setitem(neighbours.FOLLOWING, "hnsw.max_scan_tuples", "10")
    for sight in ("IN_SIGHT", "MOST_IN_SIGHT"):
        monkeypatch.setattr(neighbours, sight, 10)
    query = library.queries[0]
    assert neighbours.followed(released, library.index, query, shown="released", limit=PAGE) is None
    found = neighbours.nearest(released, library.index, query, shown="released", limit=PAGE)
    assert found == best[query]


def test_a_clip_of_many_shots_takes_one_place(library: Library) -> None:
    every, query = library.of(library.large), library.queries[0]
    best = neighbours.compared(every, library.index, query, shown="latest", limit=PAGE)
    nearer = HalfVector([2 * value for value in query])
    shots = range(neighbours.MORE * PAGE)
    Embedding.objects.bulk_create(
        Embedding(
            version_id=best[1], brand=library.large, encoder=library.index, scope=Scope.SHOT, shot=shot,
            frame=shot, start_ms=shot, end_ms=shot + 1, vector=nearer,
        )
        for shot in shots
    )  # fmt: skip
    for limit in (1, PAGE):
        found = neighbours.compared(every, library.index, query, shown="latest", limit=limit)
        assert found == [best[1], best[0], *best[2:]][:limit]


def test_among_few_assets_the_best_frame_of_each_decides(library: Library) -> None:
    released = library.of(library.large).filter(released__isnull=False)
    query = library.queries[0]
    best = neighbours.compared(released, library.index, query, shown="released", limit=PAGE)
    Embedding.objects.filter(encoder=library.index).update(scope=Scope.FRAME)
    last = best[-1]
    wanted = HalfVector(list(query))
    Embedding.objects.create(
        version_id=last, brand=library.large, encoder=library.index, scope=Scope.FRAME, frame=1, start_ms=0,
        end_ms=1000, vector=wanted,
    )  # fmt: skip
    found = neighbours.nearest(released, library.index, query, shown="released", limit=PAGE)
    assert found == [last, *best[:-1]]
    assert len(found) == PAGE  # one in a hundred: of the others, which are not released, none


@pytest.mark.parametrize(
    ("few", "sight"), [(900_000, 300), (100_000, 300), (40_000, 750), (1, 1000), (0, 1000)]
)
def test_the_fewer_pass_the_more_are_kept_in_sight(few: int, sight: int) -> None:
    assert neighbours.in_sight(few, 1_000_000) == sight


def test_what_the_planner_knows_to_be_far_too_many_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    person = member(VersionFactory.create().brand)
    assets = visibility.visible_assets(person)
    most = planning.OUT_BY * search.MOST_COUNTED
    monkeypatch.setattr(planning, "estimate", lambda _assets: most + 1)
    assert search.to_be_sorted(assets, all_visible=True)[1] == search.MOST_COUNTED + 1
    assert search.to_be_sorted(assets)[1] == 1  # of filters it only has a guess
    monkeypatch.setattr(planning, "estimate", lambda _assets: most)
    assert search.to_be_sorted(assets, all_visible=True)[1] == 1
