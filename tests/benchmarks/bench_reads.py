"""What searches read of a library: `make bench ARGS="-k reads" SCALE=10000`, and with 100000 to compare.

Milliseconds depend on the machine and on what else it does. How many blocks of 8 KB the database looks at,
and how many queries there are, don't. Each query is explained as it is asked, with what it really reads.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dam.core import side_by_side
from dam.search import encoder_indexes
from tests.benchmarks import bench_scale, scale_library, scale_own

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Reads:
    """Of one search or page."""

    queries: int = 0
    blocks: int = 0
    largest: list[tuple[int, str]] = field(default_factory=list)

    def note(self, plan: dict[str, Any], sql: str) -> None:
        blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        self.queries += 1
        self.blocks += blocks
        self.largest.append((blocks, " ".join(sql.split())[:160]))


def test_reads(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    library = scale_library.make(bench_scale.ASSETS)
    scale_library.write_documents()
    index = bench_scale._index()
    encoder_indexes.make_partition(index)
    scale_library.write_vectors(index, frames=2, clusters=bench_scale.CLUSTERS)
    library = scale_own.write_fields(library)
    scale_library.give_room()
    encoder_indexes.draw_graph(index)
    scale_library.tidy()
    wanted = scale_library.queries(20, dimensions=bench_scale.DIMENSIONS, clusters=bench_scale.CLUSTERS)
    monkeypatch.setattr(side_by_side, "both", lambda beside, here: (beside(), here()))  # on one connection
    print(f"\n  {bench_scale.ASSETS:,} assets: queries, and blocks of 8 KB that they read")
    for who, principal in bench_scale._people(library).items():
        for kind, typed in bench_scale.kinds(library.words).items():
            find = bench_scale.finding(principal, typed, wanted)
            _tell(f"search by {kind}, {who}", find)
        client.force_login(principal.user)
        home = f"/b/{principal.brand.slug}/"
        lists = {
            "": "",
            **{f" {which}": f"?{more}" for which, more in bench_scale.lists(library.words).items()},
        }
        for which, more in lists.items():
            _tell(f"library page{which}, {who}", lambda address=home + more: client.get(address))  # type: ignore[misc]


def _tell(what: str, work: Callable[[], object]) -> None:
    work()  # what is kept is kept
    with _explained() as reads:
        work()
    blocks, sql = max(reads.largest, default=(0, ""))
    print(f"  {what}: {reads.queries}, {reads.blocks:,}; most ({blocks:,}): {sql}", flush=True)


@contextmanager
def _explained() -> Iterator[Reads]:
    reads = Reads()

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asks = sql.lstrip().upper().startswith(("SELECT", "WITH")) and "set_config" not in sql
        if asks and not many and connection.connection is not None:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                reads.note(cursor.fetchone()[0][0]["Plan"], sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield reads
