"""The versions whose pictures are nearest to what is wanted, among those that somebody may see.

Three roads to the same answer. Among few, every frame is compared. Among more, every pooled embedding, where
those are fewer than what the graph would lead past. Else the graph of the encoder's index (HNSW) is followed
until enough are found that pass the filter, which is part of the same query; where it comes back with too
few, all are compared after all. So nobody gets fewer answers for having few rights, nor does a small brand
beside a large one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, F, Min, OuterRef, QuerySet
from django.db.models.functions import Cast
from pgvector import HalfVector
from pgvector.django import HalfVectorField, MaxInnerProduct

from dam.catalog.models import Asset
from dam.search import encoder_indexes, planning
from dam.search.arrays import InArray
from dam.search.models import Embedding, EncoderIndex, Scope

# By the planner's estimate of how many assets there are to compare.
FRAMES_UP_TO = 1_000
# A vector that is looked up costs so much of one that the graph leads to and that the filter then refuses.
LOOKED_UP = 0.5
# So many vectors the graph may lead to for the sake of more candidates than a page has clips.
LED_TO = 1_000
A_PAGE = 60
# Clips of many shots may fill all places that were asked for: then more are.
MORE = 4
# How many vectors are kept in sight while the graph is followed. At a million 300 are no slower than 100,
# which has to come back for more and misses some. Where a filter lets one in thirty pass, more of all must
# be in sight for as many of those: in a small brand recall@10 is 1.0 with 1,000, and 0.89 with 300.
IN_SIGHT, MOST_IN_SIGHT, PASSING = 300, 1000, 30
# How many of its vectors are looked at before it is given up. The order
# need not be strict, for the frames decide it afterwards; a strict one would lose what comes late.
FOLLOWING = {
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": "20000",
    "hnsw.scan_mem_multiplier": "4",
    # The order of the graph is wanted, whatever the planner thinks that sorting would cost.
    "enable_sort": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_memoize": "off",  # no version comes twice
}


def nearest(
    assets: QuerySet[Asset], index: EncoderIndex, vector: Sequence[float], *, shown: str, limit: int
) -> list[UUID]:
    """Versions, best first by their frames or by what is pooled of them: of these assets, the one `shown`."""
    few = planning.estimate(assets)
    if few <= FRAMES_UP_TO:
        return compared_by_frames(assets, index, vector, shown=shown, limit=limit)
    all_of_them = encoder_indexes.in_graph(index)
    depth = worth_finding(few, all_of_them, limit=limit)
    if is_quicker_to_follow(few, all_of_them, limit=depth):
        sight = in_sight(few, all_of_them)
        found = followed(assets, index, vector, shown=shown, limit=depth, sight=sight)
        if found is not None:
            return found
    return compared(assets, index, vector, shown=shown, limit=limit)


def worth_finding(few: int, all_of_them: int, *, limit: int) -> int:
    """How many candidates the graph is followed for: a page at least, `limit` where that costs little."""
    return min(limit, max(A_PAGE, LED_TO * few // max(1, all_of_them)))


def in_sight(few: int, all_of_them: int) -> int:
    """How many vectors are kept in sight where so few of all pass the filter (hnsw.ef_search)."""
    return min(MOST_IN_SIGHT, max(IN_SIGHT, PASSING * all_of_them // max(1, few)))


def is_quicker_to_follow(few: int, all_of_them: int, *, limit: int) -> bool:
    """Where one of so many passes the filter, the graph leads past the others until there are enough."""
    return few > 0 and 0 < limit * all_of_them / few < LOOKED_UP * few


def compared(
    assets: QuerySet[Asset], index: EncoderIndex, vector: Sequence[float], *, shown: str, limit: int
) -> list[UUID]:
    """Compare with every shot and version."""
    versions = assets.order_by().values(shown)
    pooled = Embedding.objects.filter(encoder=index, scope__in=(Scope.SHOT, Scope.VERSION))
    rows = pooled.filter(version_id__in=versions)
    # To group them by version the planner would sort them with their vectors. Most versions have one row.
    behind = MaxInnerProduct("vector", HalfVector(list(vector)))
    nearby = rows.annotate(behind=behind).order_by("behind", "version_id")
    found = list(nearby.values_list("version_id", flat=True)[: MORE * limit])
    best = list(dict.fromkeys(found))[:limit]
    if len(best) == limit or len(found) < MORE * limit:
        return best
    return _best(rows, vector, limit=limit)


def compared_by_frames(
    assets: QuerySet[Asset], index: EncoderIndex, vector: Sequence[float], *, shown: str, limit: int
) -> list[UUID]:
    """Compare with every frame, where there are few assets: each is looked up by its key."""
    # For a join the planner would read the frames of all brands, and throw most away.
    few = InArray(F("version_id"), ArraySubquery(assets.order_by().values(shown)))
    rows = Embedding.objects.filter(few, encoder=index, scope=Scope.FRAME)
    return _best(rows, vector, limit=limit)


def _best(rows: QuerySet[Embedding], vector: Sequence[float], *, limit: int) -> list[UUID]:
    behind = MaxInnerProduct("vector", HalfVector(list(vector)))
    best = rows.values("version_id").annotate(behind=Min(behind)).order_by("behind", "version_id")
    return list(best.values_list("version_id", flat=True)[:limit])


def followed(
    assets: QuerySet[Asset],
    index: EncoderIndex,
    vector: Sequence[float],
    *,
    shown: str,
    limit: int,
    sight: int = IN_SIGHT,
) -> list[UUID] | None:
    """Follow the graph; None where it didn't lead to enough."""
    behind = MaxInnerProduct(
        Cast("vector", HalfVectorField(dimensions=index.dimensions)), HalfVector(list(vector))
    )
    allowed = Exists(assets.order_by().filter(**{shown: OuterRef("version_id")}))
    rows = Embedding.objects.filter(allowed, encoder=index, scope__gt=Scope.FRAME)  # as the graph is made
    nearby = rows.annotate(behind=behind).order_by("behind").values_list("version_id", flat=True)
    with settings({**FOLLOWING, "hnsw.ef_search": str(sight)}):
        for places in (limit, MORE * limit):
            found = list(nearby[:places])
            versions = list(dict.fromkeys(found))[:limit]
            if len(found) < places:
                return None
            if len(versions) > limit // 2:
                return versions
    return None


@contextmanager
def settings(values: Mapping[str, str]) -> Iterator[None]:
    """With these settings of PostgreSQL, for the queries inside alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        names = list(values)
        cursor.execute(f"SELECT {', '.join(['current_setting(%s, true)'] * len(names))}", names)
        before = cursor.fetchone()
        _set(cursor, values)
        yield
        # Inside another transaction they would hold until its end.
        _set(cursor, {name: value for name, value in zip(names, before, strict=True) if value is not None})


def _set(cursor: CursorWrapper, values: Mapping[str, str]) -> None:
    asked = ", ".join(["set_config(%s, %s, true)"] * len(values))
    cursor.execute(f"SELECT {asked}", [each for pair in values.items() for each in pair])
