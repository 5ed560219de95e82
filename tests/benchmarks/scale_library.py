"""A library of any size, written straight into the tables: clustered vectors, realistic words and rights.

Rows are made in the database from one that the factories make, so that a new column needs nothing here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray
from psycopg import sql

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset, Version
from dam.rights.models import RightsRecord
from dam.search import documents
from dam.search.models import EncoderIndex, Scope
from tests.benchmarks import binary_copy
from tests.benchmarks.binary_copy import Copy
from tests.factories import BrandFactory, VersionFactory, member, principal

WORDS = 20_000
# Zipf's law: the word of rank r is about 1/r as frequent as the first.
ZIPF = 1.0
NOUNS = ("bottle", "can", "harbour", "forest", "city", "picnic", "summer", "lighthouse", "market", "train")
SYLLABLES = (
    "ba",
    "co",
    "di",
    "fen",
    "gol",
    "ha",
    "is",
    "ju",
    "kar",
    "lo",
    "mi",
    "nor",
    "pel",
    "ri",
    "sto",
    "tu",
)
TAGS = 300
RELEASED_SHARE = 0.4
EMBARGOED_SHARE = 0.01
TRASHED_SHARE = 0.01
# Of the library; the rest are brands of a hundred clips.
BIG_BRAND_SHARE = 0.9
BATCH = 20_000
# Embeddings, fitted to those of the bundled encoder of a thousand photographs (see _Clusters).
COMMON = 0.6  # length of what all have in common
SPREAD = 0.6  # how far the members of a cluster are from its centre
VARYING = 24  # directions in which they differ
FALLING = 1.25  # the variance along the nth direction is n to the power of minus this
REPEATED = 20_000  # texts; a larger library has each of them several times, in documents written once
DOCUMENTS = 1_000  # written at once


@dataclass(frozen=True)
class Library:
    """The big brand and two of its people, a small brand and one of its."""

    brand: Brand
    admin: Member
    viewer: Member
    small: Brand
    small_viewer: Member
    words: tuple[str, ...]  # most frequent first

    def anew(self) -> "Library":
        """With its brands and people as they are read now."""
        brand, small = (Brand.objects.get(pk=each.pk) for each in (self.brand, self.small))
        return replace(
            self,
            brand=brand,
            admin=principal(self.admin.user, brand),
            viewer=principal(self.viewer.user, brand),
            small=small,
            small_viewer=principal(self.small_viewer.user, small),
        )


def vocabulary(chance: np.random.Generator) -> tuple[str, ...]:
    """Nouns first, then made-up words of two to four syllables; each once."""
    made = dict.fromkeys(NOUNS)
    while len(made) < WORDS:
        made["".join(chance.choice(SYLLABLES, size=int(chance.integers(2, 5))))] = None
    return tuple(made)


def make(assets: int, *, seed: int = 1) -> Library:
    """Brands, people, assets, versions and rights; documents and vectors are made by who measures them."""
    chance = np.random.default_rng(seed)
    words = vocabulary(chance)
    big = BrandFactory.create(slug="big", name="Big")
    small = BrandFactory.create(slug="small", name="Small")
    template = VersionFactory.create(asset__brand=big)
    _stage(assets, words, big=big.pk, small=small.pk, chance=chance)
    with unwatched():
        _write_assets(template)
        _tag(big.pk, small.pk, words)
    _write_filter_rows()
    template.asset.delete()
    return Library(
        brand=big,
        admin=member(big, Role.ADMIN),
        viewer=member(big, Role.VIEWER),
        small=small,
        small_viewer=member(small, Role.VIEWER),
        words=words,
    )


def _write_assets(template: Version) -> None:
    """Assets, their versions and rights, as the stage has them."""
    asset = {
        "id": "s.asset_id",
        "brand_id": "s.brand_id",
        "title": "s.title",
        "description": "s.description",
        "search_words": "s.prompt",
        "created_at": "s.created_at",
        "updated_at": "s.created_at",
        "trashed_at": "CASE WHEN s.trashed THEN now() END",
        "latest_id": "NULL",
    }
    _copy_rows(Asset, template.asset.pk, asset)
    version = {
        "id": "s.version_id",
        "asset_id": "s.asset_id",
        "brand_id": "s.brand_id",
        "sha256": "encode(sha256(s.version_id::text::bytea), 'hex')",
        "storage_key": "s.version_id::text",
        "filename": f"'clip_' || mod(s.n, {REPEATED}) || '.mp4'",
        "origin": "CASE WHEN mod(s.n, 3) = 0 THEN 'uploaded' ELSE 'generated' END",
        "approval": "CASE WHEN s.released THEN 'approved' WHEN mod(s.n, 7) = 0 THEN 'in_review'"
        " ELSE 'draft' END",
        "release": "CASE WHEN s.released THEN 'ready' ELSE '' END",
        "credentials": "CASE WHEN mod(s.n, 5) = 0 THEN 'none' ELSE 'trusted' END",
        "duration_ms": "2000 + mod(s.n::bigint * 7919, 60000)",
        "created_at": "s.created_at",
    }
    _copy_rows(Version, template.pk, version)
    rights = {
        "id": None,
        "version_id": "s.version_id",
        "uses": "CASE WHEN NOT s.released THEN '[]' WHEN mod(s.n, 5000) = 0 THEN '[\"broadcast\"]'"
        ' ELSE \'["web", "social"]\' END::jsonb',
        "territories": "CASE WHEN mod(s.n, 5000) = 3 THEN '[\"JP\"]' WHEN mod(s.n, 10) = 0 THEN '[\"EU\"]'"
        " ELSE '[\"worldwide\"]' END::jsonb",
        "embargo_until": "CASE WHEN s.embargoed THEN now() + interval '1 year' END",
    }
    _copy_rows(RightsRecord, template.rights.pk, rights)
    execute(
        "UPDATE dam_asset a SET latest_id = s.version_id,"
        " released_id = CASE WHEN s.released THEN s.version_id END FROM seed s WHERE a.id = s.asset_id"
    )


def _write_filter_rows() -> None:
    """As the triggers would, at once."""
    with indexed_afterwards("filter_row"):
        execute(
            "INSERT INTO dam_filterrow (asset_id, tags, latest, released)"
            " SELECT id, coalesce((SELECT array_agg(tag_id ORDER BY tag_id) FROM dam_asset_tags"
            "  WHERE asset_id = dam_asset.id), '{}'),"
            " dam_filter_facts(latest_id), dam_filter_facts(released_id) FROM dam_asset"
            " WHERE id IN (SELECT asset_id FROM seed)"
        )


@contextmanager
def unwatched() -> Iterator[None]:
    """Rows are written without triggers, not even those of foreign keys."""
    execute("SET session_replication_role = replica")
    yield
    execute("SET session_replication_role = origin")


@contextmanager
def indexed_afterwards(*names: str) -> Iterator[None]:
    """What is written meanwhile these indexes are made of in the end, at once."""
    give_room()
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY (%s)", [list(names)])
        made_anew = [row[0] for row in cursor.fetchall()]
    assert len(made_anew) == len(names)
    for name in names:
        execute(f"DROP INDEX {name}")
    yield
    for statement in made_anew:
        execute(statement)


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM seed")
        return int(cursor.fetchone()[0])


def write_documents() -> None:
    """By the code that writes them for an edit, a batch at a time; those of repeated texts are copies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT asset_id FROM seed WHERE n < %s ORDER BY n", [REPEATED])
        keys = [row[0] for row in cursor.fetchall()]
    for first in range(0, len(keys), DOCUMENTS):
        documents.refresh_many([Asset(pk=key) for key in keys[first : first + DOCUMENTS]])
    if count() <= REPEATED:
        return
    columns = "version_id, asset_id, brand_id, created_at, language, words"
    with indexed_afterwards("document_words"):
        execute(
            f"INSERT INTO dam_searchdocument ({columns}, latest, released, place, scopes)"
            " SELECT s.version_id, s.asset_id, s.brand_id, s.created_at, d.language, d.words,"
            " false, false, 0, '{}' FROM seed s"
            f" JOIN seed first ON first.n = mod(s.n, {REPEATED})"
            " JOIN dam_searchdocument d ON d.version_id = first.version_id"
            f" WHERE s.n >= {REPEATED} ORDER BY s.n"
        )


def write_vectors(index: EncoderIndex, *, frames: int, clusters: int) -> None:
    """A pooled vector for each version, and so many of its frames."""
    versions, brands = keys_of("true")
    chance = np.random.default_rng(3)
    columns = {"version_id": "uuid", "brand_id": "int8", "encoder_id": "int2", "scope": "int2"}
    columns |= {"shot": "int2", "frame": "int4", "start_ms": "int4", "end_ms": "int4", "vector": "halfvec"}
    first = 0
    with Copy("dam_embedding", columns, dimensions=index.dimensions) as copy:
        for pooled in clustered(len(versions), dimensions=index.dimensions, clusters=clusters):
            these = slice(first, first + len(pooled))
            first += len(pooled)
            known = {"version_id": versions[these], "brand_id": brands[these], "encoder_id": index.pk}
            at = {"scope": Scope.VERSION, "shot": 0, "frame": 0, "start_ms": 0, "end_ms": 2000}
            copy.write(len(pooled), {**known, **at, "vector": pooled})
            for frame in range(frames):
                near = _unit(pooled + chance.normal(size=pooled.shape) * 0.02)
                at = {"scope": Scope.FRAME, "shot": 0, "frame": frame}
                at |= {"start_ms": frame * 500, "end_ms": frame * 500 + 500}
                copy.write(len(pooled), {**known, **at, "vector": near})


def keys_of(which: str) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """The versions of these rows of the stage, and their brands, in its order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT version_id, brand_id FROM seed WHERE {which} ORDER BY n")
        rows = cursor.fetchall()
    return binary_copy.uuids(row[0] for row in rows), np.array([row[1] for row in rows])


class _Clusters:
    """Centres around a common one, and the directions in which what looks alike differs.

    The bundled encoder's embeddings of a thousand photographs have a mean of length 0.61, cosines of 0.03,
    0.34 and 0.89 at the 1st, 50th and 99th percentile, and 25, 43, 61, 73, 85 and 94 % of their variance in
    1, 4, 10, 20, 40 and 80 directions. These have 0.62; -0.16, 0.41 and 0.73; 23, 47, 63, 74, 83 and 91 %.
    Centres in all directions alike (mean 0.06, 40 % in 40 directions) are islands: no encoder's embeddings
    lie so, and of those a graph (pgvector's and FAISS's) misses every sixth altogether.
    """

    def __init__(self, clusters: int, dimensions: int, *, seed: int) -> None:
        chance = np.random.default_rng(seed)
        falling = np.arange(1, dimensions + 1) ** (-FALLING / 2)
        turned = np.linalg.qr(chance.normal(size=(dimensions, dimensions)))[0]
        shape = (falling / np.linalg.norm(falling))[:, None] * turned
        common = COMMON * _unit(chance.normal(size=(1, dimensions)))
        apart = np.sqrt(1 - COMMON**2 - SPREAD**2)
        self.centres = (common + apart * chance.normal(size=(clusters, dimensions)) @ shape).astype(
            np.float32
        )
        drawn = chance.normal(size=(clusters, VARYING, dimensions)) @ shape
        self._directions = (drawn * SPREAD / np.sqrt(VARYING)).astype(np.float32)

    def spread(self, which: NDArray[np.integer], chance: np.random.Generator) -> NDArray[np.float32]:
        """How members of these clusters differ from their centres."""
        along = chance.normal(size=(len(which), VARYING)).astype(np.float32)
        drawn = np.empty((len(which), self.centres.shape[1]), dtype=np.float32)
        for cluster in np.unique(which):
            members = which == cluster
            drawn[members] = along[members] @ self._directions[cluster]
        return drawn


def clustered(count: int, *, dimensions: int, clusters: int, seed: int = 2) -> Iterator[NDArray[np.float32]]:
    """Unit vectors near common centres, in batches: what encoders give of clips that look alike."""
    alike, chance = _Clusters(clusters, dimensions, seed=seed), np.random.default_rng(seed + 1)
    for first in range(0, count, BATCH):
        which = chance.integers(0, clusters, size=min(BATCH, count - first))
        yield _unit(alike.centres[which] + alike.spread(which, chance))


def queries(count: int, *, dimensions: int, clusters: int, seed: int = 2) -> NDArray[np.float32]:
    """Vectors of searches: between two centres, as words lie beside the pictures they describe."""
    alike, chance = _Clusters(clusters, dimensions, seed=seed), np.random.default_rng(seed + 2)
    pairs = chance.integers(0, clusters, size=(count, 2))
    spread = alike.spread(pairs[:, 0], chance)
    return _unit(alike.centres[pairs[:, 0]] + 0.5 * alike.centres[pairs[:, 1]] + spread)


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
    return unit


def _stage(assets: int, words: Sequence[str], *, big: int, small: int, chance: np.random.Generator) -> None:
    """The numbers, words and flags of every asset, in a table of this session."""
    execute(
        "CREATE TEMPORARY TABLE seed (n int, asset_id uuid DEFAULT gen_random_uuid(),"
        " version_id uuid DEFAULT gen_random_uuid(), brand_id bigint, title text, description text,"
        " prompt text, created_at timestamptz, released bool, embargoed bool, trashed bool)"
    )
    shares = 1 / np.arange(1, len(words) + 1) ** ZIPF
    shares /= shares.sum()
    drawn = np.array(words)[chance.choice(len(words), size=(min(assets, REPEATED), 30), p=shares)]
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY seed (n, brand_id, title, description, prompt, created_at, released, embargoed, trashed)"
            " FROM STDIN"
        ) as copy,
    ):
        for first in range(0, assets, BATCH):
            rows = min(BATCH, assets - first)
            brands = chance.random(rows) < BIG_BRAND_SHARE
            flags = chance.random((rows, 3)) < (RELEASED_SHARE, EMBARGOED_SHARE, TRASHED_SHARE)
            for row in range(rows):
                n = first + row
                said = drawn[n % REPEATED]
                # One minute apart, so that time has an order and no two are of one moment.
                at = np.datetime64("2020-01-01T00:00") + np.timedelta64(n, "m")
                copy.write_row(
                    (
                        n,
                        big if brands[row] else small,
                        " ".join(said[:5]),
                        " ".join(said[5:18]),
                        " ".join(said[18:]),
                        f"{at}+00",
                        *map(bool, flags[row]),
                    )
                )
    execute("CREATE INDEX ON seed (asset_id)")
    execute("ANALYZE seed")


def _copy_rows(model: type[models.Model], template: int | UUID, changed: Mapping[str, str | None]) -> None:
    """One row for each of the staged assets: as the template's, but for these columns (None: left out)."""
    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.generated]
    columns = [column for column in columns if changed.get(column, "") is not None]
    values = [sql.SQL(changed.get(column) or f"t.{column}") for column in columns]
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM seed s, {table} t WHERE t.id = %s"
    ).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(sql.Identifier(column) for column in columns),
        values=sql.SQL(", ").join(values),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [template])


def _tag(big: int, small: int, words: Sequence[str]) -> None:
    """Three tags for each asset, of the brand's most frequent words."""
    for brand in (big, small):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO dam_tag (brand_id, name) SELECT %s, unnest(%s::text[])",
                [brand, list(words[:TAGS])],
            )
    execute(
        "INSERT INTO dam_asset_tags (asset_id, tag_id) SELECT DISTINCT s.asset_id, t.id FROM seed s"
        f" CROSS JOIN LATERAL (SELECT mod(mod(s.n, {REPEATED}), parts)"
        " FROM (VALUES (17), (61), (293)) AS p (parts)) AS chosen (place)"
        " JOIN (SELECT id, brand_id, row_number() OVER (PARTITION BY brand_id ORDER BY id) - 1 AS place"
        "  FROM dam_tag) t USING (brand_id, place)"
    )


def give_room() -> None:
    """Memory for a graph that is drawn of vectors that are there already; in use it grows with each."""
    execute("SET maintenance_work_mem = '2GB'")


def tidy() -> None:
    """As the database does by itself in time: dead rows go, and the planner learns what there is."""
    execute("VACUUM ANALYZE")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
