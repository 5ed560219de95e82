"""Search by words: Postgres full text, with trigrams for typing errors and middles of words."""

import math
import re
from collections.abc import Sequence

from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.search import (
    CombinedSearchQuery,
    SearchQuery,
    SearchRank,
    SearchVector,
    TrigramWordSimilarity,
)
from django.db.models import (
    Case,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual

from dam.catalog import tags
from dam.catalog.models import Asset, Tag
from dam.search import documents
from dam.search.query import Query, Term

CONFIG = "english"
BATCH = 200  # assets whose vectors are written at once
# ts_rank's weights for {D, C, B, A}: prompt and file name, description, tags, title.
WEIGHTS = [0.2, 0.4, 0.7, 1.0]
# Shares of a word's trigrams found in a text: "botle" and "bottle" share 0.57, "foot" and "barefoot" 0.6.
ALIKE = 0.5
# Of the words of a search, how many a close match must have.
CLOSE_SHARE = 0.6
_SEPARATORS = re.compile(r"[\W_]+")


def refresh(asset: Asset) -> None:
    """Bring the asset's search vector up to date with its title, tags, description and words."""
    refresh_many([asset])


def refresh_many(assets: Sequence[Asset]) -> None:
    """The same for many assets, in a fixed number of queries."""
    names = tags.of(assets)
    for asset in assets:
        asset.search_vector = _vector(asset, sorted(names[asset.pk]))
    Asset.objects.bulk_update(assets, ["search_vector"], batch_size=BATCH)
    documents.refresh_many(assets)


def _vector(asset: Asset, names: Sequence[str]) -> Combinable:
    parts = (
        ("A", asset.title),
        ("B", " ".join(names)),
        ("C", asset.description),
        ("D", asset.search_words),
    )
    title, *rest = [
        SearchVector(Value(_spaced(text)), config=CONFIG, weight=weight) for weight, text in parts
    ]
    vector: Combinable = title
    for part in rest:
        vector = vector + part
    return vector


def exclude(assets: QuerySet[Asset], query: Query) -> QuerySet[Asset]:
    """Drop the assets that have a word or phrase the search rules out."""
    for term in query.excluded:
        assets = assets.exclude(search_vector=_phrase(term.text))
    return assets


def ranked(assets: QuerySet[Asset], query: Query, *, limit: int) -> list[tuple[Asset, float]]:
    """Assets that have every word and phrase, best first, with their rank (0 to 1).

    Words match by their stem and by their beginning, so that a search answers while it is typed.
    """
    wanted = None
    for group in query.terms:
        any_of = _term(group[0])
        for term in group[1:]:
            any_of |= _term(term)
        wanted = any_of if wanted is None else wanted & any_of
    if wanted is None:
        return []
    matching = (
        assets.filter(search_vector=wanted)
        # 32: rank / (rank + 1), so that it stays below 1
        .annotate(rank=SearchRank(F("search_vector"), wanted, weights=WEIGHTS, normalization=32))
        .order_by("-rank", "-created_at", "-pk")[:limit]
    )
    return [(asset, float(asset.rank)) for asset in matching]


def close(assets: QuerySet[Asset], query: Query, *, limit: int) -> list[tuple[Asset, float]]:
    """Assets that have most of the words, or words spelled alike; phrases must match as they stand."""
    for phrase in query.phrases:
        assets = assets.filter(search_vector=_phrase(phrase))
    words = [word for word in query.words if len(word) > 2]
    if not words:
        return []
    for place, word in enumerate(words):
        assets = assets.annotate(**{f"near_{place}": _nearness(word)})
    columns = [F(f"near_{place}") for place in range(len(words))]
    matching = (
        assets.annotate(near=_sum(columns), matched=_sum([_one_if_any(column) for column in columns]))
        .filter(matched__gte=math.ceil(CLOSE_SHARE * len(words)))
        .order_by("-near", "-created_at", "-pk")[:limit]
    )
    return [(asset, float(asset.near) / len(words)) for asset in matching]


def _nearness(word: str) -> Case:
    """1 where the word stands, its likeness to the likest part of the text, or 0 below ALIKE."""
    tags = Tag.objects.filter(assets=OuterRef("pk")).order_by().values("assets")
    joined = tags.annotate(joined=StringAgg("name", Value(" "))).values("joined")
    names = Coalesce(Subquery(joined), Value(""), output_field=TextField())
    parts = ("title", names, "search_words", "description")
    spaced = [each for part in parts for each in (part, Value(" "))]
    text = Concat(*spaced, output_field=TextField())
    alike = TrigramWordSimilarity(word, text)
    return Case(
        When(search_vector=_beginning(word), then=Value(1.0)),
        When(GreaterThanOrEqual(alike, ALIKE), then=alike),
        default=Value(0.0),
        output_field=FloatField(),
    )


def _one_if_any(column: F) -> Case:
    return Case(When(GreaterThan(column, 0.0), then=Value(1)), default=Value(0), output_field=IntegerField())


def _sum(columns: Sequence[F | Case]) -> Combinable:
    total: Combinable = columns[0]
    for column in columns[1:]:
        total = total + column
    return total


def _term(term: Term) -> CombinedSearchQuery | SearchQuery:
    return _phrase(term.text) if term.quoted else _beginning(term.text)


def _phrase(words: str) -> SearchQuery:
    return SearchQuery(_spaced(words), config=CONFIG, search_type="phrase")


def _beginning(word: str) -> SearchQuery:
    """The word's stem, or any word that begins with it. A typed word may hold several: "blu-ray"."""
    parts = _spaced(word).split()
    begun = " & ".join(f"{part}:*" for part in parts)
    # Only letters and digits are left, so this can't be read as an operator.
    return SearchQuery(begun, config=CONFIG, search_type="raw")


def _spaced(text: str) -> str:
    """Words apart where people join them: "IMG_2034-final.mp4" is four words."""
    return _SEPARATORS.sub(" ", text).strip()
