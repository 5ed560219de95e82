"""The documents that match, newest first, no more of them than can be ranked in the time of a blink.

The index of words gives matches in no order, and a common word has a great many. So it is asked for the
newest blocks of documents first (dam.search.scopes), and from what it finds there follows how far back to go.
Which road is taken is decided here: the planner can't know how often a word occurs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from dam.catalog.models import Asset
from dam.search import planning, scopes
from dam.search.scopes import Level
from dam.search.wording import Wording

MOST = 600  # matches that are ranked
MOST_READ = 4000  # matches in the index that are looked at, whoever may see them
FEW = 2000  # assets of which each one's document can be read
BEGUN = 1024  # places in the newest block that are enough to say how often a word occurs
WEIGHTS = "{0.1,0.4,0.7,1.0}"  # ts_rank's for D, C, B and A: the rest, description, tags, title
_SMALL, _LARGE = 1 << scopes.BLOCK_BITS[Level.SMALL], 1 << scopes.BLOCK_BITS[Level.LARGE]
TOGETHER = 0.2  # what words in their order add to the rank

# Nothing wide is sorted: the words of a document are read when its turn comes. OFFSET 0 has what follows it
# done after the sorting, one by one, until there are enough; nothing is joined in another way.
_RANKED = """
    SELECT matching.asset_id, matching.version_id, place,
        ts_rank(%s::float4[], words, %s::tsquery) + %s * (words @@ %s::tsquery)::int, read
    FROM ({matching}) AS matching
    CROSS JOIN LATERAL (
        SELECT words FROM dam_searchdocument WHERE version_id = matching.version_id OFFSET 0
    ) AS document
    WHERE fits AND (
        SELECT true FROM ({visible}) AS visible (id, shown)
        WHERE visible.id = matching.asset_id AND visible.shown = matching.version_id
    )
    LIMIT %s
"""
_IN_BLOCKS = """
    SELECT asset_id, version_id, place, {fits} AS fits, count(*) OVER () AS read FROM dam_searchdocument
    WHERE scopes && %s::bigint[] AND words @@ %s::tsquery
    ORDER BY place DESC OFFSET 0
"""
_COUNT_IN_BLOCKS = """
    SELECT count(*) FROM dam_searchdocument WHERE scopes && %s::bigint[] AND words @@ %s::tsquery
"""
_OF_ASSETS = """
    SELECT document.asset_id, document.version_id, place, true AS fits, 0 AS read
    FROM (SELECT * FROM ({visible}) AS few OFFSET 0) AS few (id, shown)
    JOIN dam_searchdocument AS document ON document.version_id = few.shown
    WHERE words @@ %s::tsquery ORDER BY place DESC OFFSET 0
"""
_PLACES = """
    SELECT (SELECT place FROM dam_searchdocument WHERE brand_id = %s ORDER BY created_at LIMIT 1),
        (SELECT place FROM dam_searchdocument WHERE brand_id = %s ORDER BY created_at DESC LIMIT 1)
"""


@dataclass(frozen=True)
class Candidate:
    asset_id: UUID
    version_id: UUID
    place: int
    rank: float


@dataclass(frozen=True)
class Candidates:
    """The matches, best first. `more`: there are, or may be, older ones that were not looked at."""

    found: tuple[Candidate, ...] = ()
    more: bool = False


@dataclass(frozen=True)
class Corpus:
    """Whose documents are searched: a brand's, in the version that is shown."""

    brand_id: int
    shown: str  # "latest" or "released", as rights.visibility.shown says

    def blocks(self, level: Level, places: tuple[int, int], count: int = 1) -> list[int]:
        released = self.shown == "released"
        return [*scopes.newest(self.brand_id, level=level, places=places, released=released, count=count)]


def find(assets: QuerySet[Asset], wording: Wording, *, corpus: Corpus, few: bool | None = None) -> Candidates:
    """The documents of the assets, in the version that is shown, that match.

    `few`: whether there are no more than FEW of them, where that is known.
    """
    try:
        visible, parameters = _sql(assets, corpus)
    except EmptyResultSet:
        return Candidates()
    search = _Search(wording, visible, parameters)
    if not wording:
        return Candidates()
    if few:
        found, _ = search.of_assets()
        return _ranked(found, more=len(found) == MOST)
    places = _places(corpus.brand_id)
    if places is None:
        return Candidates()
    whole = corpus.blocks(Level.BRAND, places)
    newest = places[1]
    span = newest - places[0] + 1
    sample, first = (newest % _SMALL) + 1, 1
    if sample < BEGUN:
        sample, first = sample + _SMALL, 2
    sample = min(span, sample)
    blocks = whole if sample == span else corpus.blocks(Level.SMALL, places, first)
    found, read = search.in_blocks(blocks)
    if blocks is whole or len(found) == MOST:
        return _ranked(found, more=len(found) == MOST)
    # Where nothing may be seen no row says how many were read, and a word that is everywhere looks rare.
    read = read or search.count_in_blocks(blocks)
    if read * span <= MOST_READ * sample:  # rare enough to be read in the whole brand
        found, _ = search.in_blocks(whole)
        return _ranked(found, more=len(found) == MOST)
    if few is None and not planning.clearly_more(assets, FEW) and _are_few(visible, parameters):
        found, _ = search.of_assets()
        return _ranked(found, more=len(found) == MOST)
    wanted = min(MOST / max(1, len(found)) * 1.2, MOST_READ / read) * sample  # places that hold as many
    level, size = (Level.SMALL, _SMALL) if wanted < _LARGE else (Level.LARGE, _LARGE)
    further = corpus.blocks(level, places, int(wanted / size) + 1)
    if level is Level.SMALL:  # those were read already
        further = further[len(blocks) :]
        older = search.in_blocks(further, most=MOST - len(found))[0] if further else []
        return _ranked([*found, *older], more=True)
    found, _ = search.in_blocks(further)
    return _ranked(found, more=True)


class _Search:
    def __init__(self, wording: Wording, visible: str, parameters: Sequence[Any]) -> None:
        self._wording, self._visible, self._parameters = wording, visible, parameters

    def in_blocks(self, blocks: Sequence[int], *, most: int = MOST) -> tuple[list[Candidate], int]:
        """What matches in these blocks, and how many documents of them the index named."""
        wording = self._wording
        if wording.strict == wording.loose:
            return self._run(_IN_BLOCKS.format(fits="true"), [list(blocks), wording.loose], most)
        matching = _IN_BLOCKS.format(fits="words @@ %s::tsquery")
        return self._run(matching, [wording.strict, list(blocks), wording.loose], most)

    def count_in_blocks(self, blocks: Sequence[int]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_IN_BLOCKS, [list(blocks), self._wording.loose])
            return int(cursor.fetchone()[0])

    def of_assets(self) -> tuple[list[Candidate], int]:
        """What matches of all the assets, each of which is looked at."""
        matching = _OF_ASSETS.format(visible=self._visible)
        return self._run(matching, [*self._parameters, self._wording.strict])

    def _run(self, matching: str, parameters: Sequence[Any], most: int = MOST) -> tuple[list[Candidate], int]:
        wording = self._wording
        together: list[Any] = [TOGETHER if wording.together else 0.0, wording.together or wording.strict]
        with connection.cursor() as cursor:
            cursor.execute(
                _RANKED.format(matching=matching, visible=self._visible),
                [WEIGHTS, wording.telling, *together, *parameters, *self._parameters, most],
            )
            rows = cursor.fetchall()
        found = [Candidate(asset, version, place, float(rank)) for asset, version, place, rank, _ in rows]
        return found, rows[0][4] if rows else 0


def _sql(assets: QuerySet[Asset], corpus: Corpus) -> tuple[str, tuple[Any, ...]]:
    """The visible assets and their version that is shown. Raises EmptyResultSet."""
    visible = assets.order_by().values_list("pk", f"{corpus.shown}_id")
    sql, parameters = visible.query.sql_with_params()
    return sql, tuple(parameters)


def _places(brand_id: int) -> tuple[int, int] | None:
    """Those of the oldest and the newest document; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [brand_id, brand_id])
        oldest, newest = cursor.fetchone()
    return None if newest is None else (oldest, newest)


def _are_few(visible: str, parameters: Sequence[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({visible} LIMIT {FEW + 1}) AS few", parameters)
        return bool(cursor.fetchone()[0] <= FEW)


def _ranked(found: Sequence[Candidate], *, more: bool) -> Candidates:
    best = sorted(found, key=lambda each: (-each.rank, -each.place, each.asset_id))
    return Candidates(tuple(best), more)
