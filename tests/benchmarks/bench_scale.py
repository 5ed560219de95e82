"""Search in a large library: `make bench ARGS="-k scale"`, and SCALE=1000000 before it for a million assets.

Below 400,000 assets each has five frames beside its pooled vector, above it two.
"""

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from typing import TypeVar
from uuid import UUID

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from numpy.typing import NDArray
from pgvector import HalfVector

from dam.accounts.principals import Member
from dam.core import garbage, side_by_side
from dam.rights import visibility
from dam.search import encoder_indexes, facets, neighbours, search, similar_prompts
from dam.search.encoders import model_card
from dam.search.encoders.base import TextEmbedding
from dam.search.models import EncoderIndex, IndexState
from dam.search.query import Filters
from dam.search.results import Results
from tests.benchmarks import scale_library, scale_own, scale_reviews
from tests.benchmarks.conftest import Measure
from tests.benchmarks.scale_library import Library

ASSETS = int(os.environ.get("SCALE", "100000"))
FRAMES = 5 if ASSETS < 400_000 else 2
DIMENSIONS = 256
CLUSTERS = max(200, ASSETS // 500)
RUNS = 100
DEPTH = 150  # as many pooled vectors as a search looks at
GRAPH = f"vectors: the graph alone, best {DEPTH}"

T = TypeVar("T")
Vectors = NDArray[np.float32]

pytestmark = pytest.mark.django_db(transaction=True)


def test_scale(measure: Measure, client: Client) -> None:
    library = _timed(f"{ASSETS:,} assets", lambda: scale_library.make(ASSETS))
    _timed("their documents", scale_library.write_documents)
    index = _index()
    encoder_indexes.make_partition(index)
    _timed("their vectors", lambda: scale_library.write_vectors(index, frames=FRAMES, clusters=CLUSTERS))
    library = _timed("what they have in fields of their brands' own", lambda: scale_own.write_fields(library))
    _timed("what their prompts mean", lambda: scale_own.write_prompts(index, clusters=CLUSTERS))
    scale_library.give_room()
    _timed("the graphs over pooled vectors and prompts", lambda: encoder_indexes.draw_graph(index))
    _timed("vacuum and statistics", scale_library.tidy)
    _tell_sizes(index)
    wanted = scale_library.queries(RUNS, dimensions=DIMENSIONS, clusters=CLUSTERS)
    garbage.settle()  # as the web process does
    print("  measuring", flush=True)
    _measure_vectors(measure, index, library, wanted)
    _measure_searches(measure, library, wanted)
    _measure_pages(measure, library, client)
    _measure_prompts(measure, index, library, client)
    sender, reviewer = _timed("their reviews", lambda: scale_reviews.write(library))
    _measure_reviews(measure, {"who sent a tenth": sender, "a reviewer": reviewer}, client)
    print("  measured", flush=True)
    _measure_faiss(measure, wanted)


def _measure_vectors(measure: Measure, index: EncoderIndex, library: Library, wanted: Vectors) -> None:
    """The vectors alone: against every vector compared, and against FAISS on the same ones."""
    measure(GRAPH, _each(lambda vector: _bare(index, vector), wanted), runs=RUNS)
    for who, principal in _people(library).items():
        assets, shown = visibility.visible_assets(principal), visibility.shown(principal)

        def nearest(vector: Vectors, assets=assets, shown=shown) -> list[object]:  # type: ignore[no-untyped-def]
            return list(neighbours.nearest(assets, index, vector.tolist(), shown=shown, limit=DEPTH))

        measure(f"vectors {who} may see", _each(nearest, wanted), runs=RUNS, against=GRAPH)
        found = [nearest(vector)[:10] for vector in wanted[:20]]
        exact = [
            list(neighbours.compared(assets, index, vector.tolist(), shown=shown, limit=10))
            for vector in wanted[:20]
        ]
        print(f"  recall@10 of what {who} may see: {_recall(found, exact):.3f}")


def _measure_faiss(measure: Measure, wanted: Vectors) -> None:
    import faiss  # comes with `make bench` alone

    vectors = np.concatenate(list(scale_library.clustered(ASSETS, dimensions=DIMENSIONS, clusters=CLUSTERS)))
    flat = faiss.IndexFlatIP(DIMENSIONS)
    flat.add(vectors)
    graph = faiss.IndexHNSWFlat(DIMENSIONS, 16, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction, graph.hnsw.efSearch = 64, 100
    _timed("FAISS: its graph", lambda: graph.add(vectors))
    measure(
        "FAISS: its graph, best 150", _each(lambda v: graph.search(v[None], DEPTH), wanted), against=GRAPH
    )
    measure(
        "FAISS: every vector compared", _each(lambda v: flat.search(v[None], DEPTH), wanted), against=GRAPH
    )
    found, exact = (list(each.search(wanted[:20], 10)[1]) for each in (graph, flat))
    print(f"  recall@10 of FAISS's graph: {_recall(found, exact):.3f}")


def _measure_searches(measure: Measure, library: Library, wanted: Vectors) -> None:
    """A whole search: words, vectors, permission and facets."""
    for who, principal in _people(library).items():
        for kind, typed in kinds(library.words).items():
            find = finding(principal, typed, wanted)
            measure(f"search by {kind}, {who}", find, runs=RUNS // 2, against=GRAPH)


def kinds(words: Sequence[str]) -> dict[str, str]:
    """What is typed, by what it is."""
    return {
        "a common word": words[0],
        "two common words": f"{words[1]} {words[4]}",
        "a rare word": words[-10],
        "a phrase": f'"{words[0]} {words[2]}"',
        "a beginning": words[7][:3],
        "a typo": words[6][:-2] + words[6][-1] + words[6][-2],
        "a word and a filter for 1 in 20": f"{words[2]} tag:{words[3]}",
        "a word and filters for 1 in 150": f"{words[2]} state:approved tag:{words[40]}",
        "words less a word": f"{words[1]} -{words[3]}",
        "a word and an own field, 1 in 20": f"{words[2]} channel:channel_3",
        "a word and an own range, 1 in 100": f"{words[2]} budget:1000..1099",
    }


def finding(principal: Member, typed: str, wanted: Vectors) -> Callable[[], Results]:
    """Searches for this, as the page of the library does, each time with another meaning."""
    vectors = cycle(wanted)

    def find() -> Results:
        meaning = TextEmbedding(vector=tuple(next(vectors).tolist()), steepness=20, level=0.5)
        parsed = search.parse(typed, by=principal)

        def ask(spoken: str, encoder: object) -> TextEmbedding:
            return meaning

        def wider(filters: Filters) -> Collection[UUID]:
            fewer = replace(parsed, filters=filters)
            return search.rank(principal, parsed=fewer, ask=ask, noting=False).results.asset_ids

        ranked = search.rank(principal, parsed=parsed, ask=ask)
        within = ranked.results.asset_ids
        _, results = side_by_side.both(
            lambda: facets.count(principal, parsed=parsed, within=within, wider=wider),
            lambda: search.show(ranked, limit=48),
        )
        return results

    return find


def _measure_pages(measure: Measure, library: Library, client: Client) -> None:
    """The page of the library, with its facets, when no word is asked for."""
    for who, principal in _people(library).items():
        client.force_login(principal.user)
        address = f"/b/{principal.brand.slug}/"
        measure(f"library page, {who}", lambda address=address: client.get(address), runs=20)
        for which, filters in lists(library.words).items():
            filtered = f"{address}?{filters}"
            measure(f"library page {which}, {who}", lambda filtered=filtered: client.get(filtered), runs=20)
        begun = library.words[7][:3]
        offers = f"{address}suggest/?q={begun}"
        measure(f"suggestions while typing, {who}", lambda offers=offers: client.get(offers), runs=50)


def lists(words: Sequence[str]) -> dict[str, str]:
    """What stands in the address of a page, by what it is."""
    return {
        "with filters": f"state=approved&tag={words[40]}",
        "of few for a use": "use=broadcast",
        "of none for a use": "use=out_of_home",
        "of few for a country": "territory=JP&state=approved&use=broadcast",
        "of none by a name": "filename=nowhere",
        "with an own field, 1 in 20": "channel=channel_3",
        "with an own range, 1 in 100": "budget=1000..1099",
        "with an own field and a tag, 1 in 340": f"channel=channel_3&tag={words[20]}",
    }


def _measure_prompts(measure: Measure, index: EncoderIndex, library: Library, client: Client) -> None:
    """Clips whose prompts mean nearly the same, nearest first; viewers are not told of prompts."""
    drawn = scale_own.prompts(RUNS, dimensions=DIMENSIONS, clusters=CLUSTERS)
    meanings = cycle(scale_own.meaning(vector) for vector in drawn)
    client.force_login(library.admin.user)
    home = f"/b/{library.brand.slug}/"
    with pytest.MonkeyPatch.context() as patch:  # a worker answered: how soon is another measure
        patch.setattr(similar_prompts, "_ask", lambda text, encoder: next(meanings))
        for which, more in {"": "", " and a tag, 1 in 20": f"&tag={library.words[3]}"}.items():
            address = f"{home}?prompt_like=a+calm+sea{more}"
            measure(
                f"page of similar prompts{which}", lambda address=address: client.get(address), runs=RUNS // 2
            )
    print(f"  recall of the nearest 10 and 400 prompts: {_recall_of_prompts(index, library, drawn[:20])}")


def _measure_reviews(measure: Measure, people: Mapping[str, Member], client: Client) -> None:
    """The tabs of the page of reviews."""
    for who, person in people.items():
        client.force_login(person.user)
        for tab in ("waiting", "sent", "overdue", "open", "closed"):
            address = f"/b/{person.brand.slug}/reviews/?show={tab}"
            measure(f"reviews, tab {tab}, {who}", lambda address=address: client.get(address), runs=10)


def _recall_of_prompts(index: EncoderIndex, library: Library, wanted: Vectors) -> str:
    """Of the graph against every prompt of the brand compared."""
    assets, shown = visibility.visible_assets(library.admin), visibility.shown(library.admin)

    def nearest(vector: Vectors, up_to: int) -> list[object]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(similar_prompts, "COMPARED_UP_TO", up_to)
            rows = similar_prompts._nearest(assets, index, vector.tolist(), brand=library.brand, shown=shown)
        return [row[0] for row in rows]

    followed = [nearest(vector, 0) for vector in wanted]
    compared = [nearest(vector, 10 * ASSETS) for vector in wanted]
    shares = [
        _recall([each[:depth] for each in followed], [each[:depth] for each in compared])
        for depth in (10, similar_prompts.MOST)
    ]
    return ", ".join(f"{share:.3f}" for share in shares)


def _people(library: Library) -> dict[str, Member]:
    return {
        "an administrator": library.admin,
        "a viewer": library.viewer,
        "a viewer of a small brand": library.small_viewer,
    }


def _index() -> EncoderIndex:
    """Active, as if its encoder were the installed one."""
    return EncoderIndex.objects.create(
        identity=model_card.current().identity, dimensions=DIMENSIONS, state=IndexState.ACTIVE
    )


def _bare(index: EncoderIndex, vector: Vectors) -> None:
    """The query of pgvector's documentation, on the same index and as wide: no permission, no filter."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET hnsw.ef_search = {neighbours.IN_SIGHT}")
        cursor.execute("SET hnsw.iterative_scan = relaxed_order")
        cursor.execute(
            f"SELECT version_id FROM dam_embedding WHERE encoder_id = {index.pk} AND scope > 0"
            f" ORDER BY vector::halfvec({DIMENSIONS}) <#> %s LIMIT {DEPTH}",
            [HalfVector(vector).to_text()],
        )
        cursor.fetchall()


def _recall(found: Sequence[Sequence[object]], exact: Sequence[Sequence[object]]) -> float:
    shares = [len(set(these) & set(those)) / len(those) for these, those in zip(found, exact, strict=True)]
    return float(np.mean(shares))


def _each(work: Callable[[Vectors], object], wanted: Vectors) -> Callable[[], object]:
    vectors: Iterator[Vectors] = cycle(wanted)
    return lambda: work(next(vectors))


def _timed(what: str, work: Callable[[], T]) -> T:
    began = time.monotonic()
    result = work()
    print(f"  {what}: {time.monotonic() - began:,.1f} s", flush=True)
    return result


def _tell_sizes(index: EncoderIndex) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_relation_size(oid) / 1048576 FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')"
            " ORDER BY pg_relation_size(oid) DESC LIMIT 12"
        )
        for name, size in cursor.fetchall():
            print(f"  {name}: {size:,} MB")
