"""Clips whose prompts mean nearly the same as a text: `prompt_like:"a calm sea at night"`.

A worker says what the text means; the prompts nearest to it are found along a graph, among the clips that
whoever asks sees. How near is near enough is no fixed cosine: each inner product is measured in standard
deviations above what the null queries score, on the text and on the prompt alike (the symmetric score
normalisation of speaker verification), and the mean of the two counts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from pgvector import HalfVector
from pgvector.django import HalfVectorField, MaxInnerProduct

from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.core import errors, tasks
from dam.core.language import noop
from dam.rights import visibility
from dam.search import encoder_indexes, neighbours, planning, prompt_meanings, query_embedding
from dam.search.encoders.base import TextEmbedding
from dam.search.encoders.model_card import NoEncoder
from dam.search.models import EncoderIndex, PromptMeaning
from dam.search.query import Filters, Query
from dam.search.strengths import Strength

FIELD = "prompt_like"
# In standard deviations above chance. With the bundled encoder, of 13 things said in three ways each every
# pair lies above the first line (the least at 3.4), and of 1,400 pairs of different things none.
LIKELY, STRONG = 3.3, 5.0
MOST = 400  # clips that are kept, the nearest: as deep as the rankings of a search are read
MOST_TEXTS = 4  # each is asked of a worker and of the graph
COMPARED_UP_TO = 20_000  # prompts of a brand that are all compared
# A page asks several times. Once a worker was late, it isn't waited for again at once.
LATE_SECONDS, LITTLE = 2, 0.02


class NotCompared(errors.Refused):
    """The worker is too busy to say what a prompt means: what acts on all that is found can't go on."""

    code = "prompts_not_compared"
    message = noop(
        "Visual search is busy and couldn't compare prompts, so nothing was done. Try again in a moment."
    )


class State(StrEnum):
    """Whether prompts were compared, and if not, why."""

    NOT_ASKED = "not_asked"
    READY = "ready"
    BUSY = "busy"  # the worker didn't answer in time: ask again
    UNKNOWN_WORDS = "unknown_words"
    UNAVAILABLE = "unavailable"  # no encoder is installed
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Near:
    """A version whose prompt means nearly the same."""

    version_id: UUID
    deviations: float

    @property
    def strength(self) -> Strength:
        return Strength.STRONG if self.deviations >= STRONG else Strength.LIKELY


@dataclass(frozen=True)
class Asked:
    """What prompts are to be like, by the texts as they are typed."""

    state: State = State.NOT_ASKED
    meanings: Mapping[str, TextEmbedding] = field(default_factory=dict)
    index: EncoderIndex | None = None

    @property
    def usable(self) -> bool:
        return self.state in (State.NOT_ASKED, State.READY)

    @property
    def reading(self) -> bool:
        """Whether earlier prompts are still being read."""
        return self.state is State.READY and self.index is not None and self.index.prompts_at is None


def texts(parsed: Query, filters: Filters) -> tuple[str, ...]:
    """The texts that prompts are to be like; not those that they are not to be like."""
    groups = [parsed.filters.merged(filters), *parsed.either]
    return tuple(dict.fromkeys(text for each in groups for text in each[FIELD]))


def asked_for(parsed: Query, filters: Filters | None = None) -> tuple[str, ...]:
    """All texts that a search compares prompts with."""
    groups = [parsed.filters.merged(filters or Filters()), *parsed.either]
    return tuple(dict.fromkeys(text for each in groups for text in (*each[FIELD], *each[f"-{FIELD}"])))


def read(parsed: Query, filters: Filters | None = None) -> Asked:
    """What a search asks of prompts, as a worker understands it."""
    texts = asked_for(parsed, filters)
    if not texts:
        return Asked()
    if len(texts) > MOST_TEXTS:
        return Asked(State.TOO_MANY)
    try:
        index, card = encoder_indexes.serving()
    except NoEncoder:
        return Asked(State.UNAVAILABLE)
    meanings: dict[str, TextEmbedding] = {}
    for text in texts:
        meaning = _ask(text, card.identity)
        if meaning is None:
            return Asked(State.BUSY)
        meanings[text] = meaning
    if any(meaning.vector is None for meaning in meanings.values()):
        return Asked(State.UNKNOWN_WORDS)
    return Asked(State.READY, meanings, index)


def require(parsed: Query, filters: Filters) -> None:
    """Before something is done with all that a search finds: `among` has none of it while a worker is busy.

    Raises NotCompared.
    """
    if read(parsed, filters).state is State.BUSY:
        raise NotCompared


def without(parsed: Query, filters: Filters) -> tuple[Query, Filters]:
    """The rest of a search: what it asks beside prompts that mean the same."""
    rest = parsed.filters.without(FIELD).without(f"-{FIELD}")
    either = tuple(each for each in parsed.either if FIELD not in each)
    return replace(parsed, filters=rest, either=either), filters.without(FIELD)


def near(principal: Principal, text: str, asked: Asked) -> list[Near]:
    """The versions shown to it whose prompts mean nearly the same, nearest first: in two queries."""
    meaning = asked.meanings[text]
    if asked.index is None or meaning.vector is None:
        return []
    assets, shown = visibility.visible_assets(principal), visibility.shown(principal)
    nearest = _nearest(assets, asked.index, meaning.vector, brand=principal.brand, shown=shown)
    # Prompts of the same words are equally near: by their keys, so that a list stays as it was.
    return sorted(_judged(nearest, meaning), key=lambda each: (-each.deviations, each.version_id))


def of_versions(versions: Collection[UUID], asked: Asked, texts: Iterable[str]) -> dict[UUID, Near]:
    """How near the prompts of these versions are to the nearest of the texts, in a query for each text.

    Who may see the versions is not asked: they are those of a page that is shown. Others are left out.
    """
    found: dict[UUID, Near] = {}
    for text in texts:
        meaning = asked.meanings.get(text)
        if asked.index is None or meaning is None or meaning.vector is None:
            continue
        rows = PromptMeaning.objects.filter(encoder=asked.index, version_id__in=list(versions))
        for each in _judged(
            _best(rows, MaxInnerProduct("vector", HalfVector(list(meaning.vector)))), meaning
        ):
            if each.version_id not in found or found[each.version_id].deviations < each.deviations:
                found[each.version_id] = each
    return found


def versions(principal: Principal, asked: Asked) -> dict[str, list[UUID]]:
    """The same for each text, by their keys alone."""
    return {text: [each.version_id for each in near(principal, text, asked)] for text in asked.meanings}


def _judged(rows: Iterable["_Row"], meaning: TextEmbedding) -> list[Near]:
    """Those that mean nearly the same as a text."""
    found = []
    for version, behind, level, spread in rows:
        by_text = meaning.steepness * (-behind - meaning.level)
        by_prompt = (-behind - level) / spread
        found.append(Near(version, (by_text + by_prompt) / 2))
    return [each for each in found if each.deviations >= LIKELY]


def _ask(text: str, encoder: str) -> TextEmbedding | None:
    words = query_embedding.normalised(text)
    place = prompt_meanings.place(words, encoder=encoder)

    def send() -> None:
        tasks.send("index.embed_prompt", expires=query_embedding.ASKED_SECONDS, text=words, encoder=encoder)

    late = f"{place}:late"
    patience = LITTLE if cache.get(late) else None
    meaning = query_embedding.answer_at(place, send=send, patience=patience)
    if meaning is None and patience is None:
        cache.set(late, 1, LATE_SECONDS)
    return meaning


_Row = tuple[UUID, float, float, float]  # the version, the inner product negated, level and spread


def _nearest(
    assets: QuerySet[Asset], index: EncoderIndex, vector: Sequence[float], *, brand: Brand, shown: str
) -> list[_Row]:
    """As dam.search.neighbours does with pictures: along the graph among many, else by comparing all."""
    prompts = PromptMeaning.objects.filter(encoder=index, brand=brand)
    many = planning.estimate(prompts) > COMPARED_UP_TO
    rows = prompts.filter(Exists(assets.order_by().filter(**{shown: OuterRef("version_id")})))
    wanted = HalfVector(list(vector))
    if many:
        sized = Cast("vector", HalfVectorField(dimensions=index.dimensions))  # as the graph is made
        with neighbours.settings({**neighbours.FOLLOWING, "hnsw.ef_search": str(neighbours.IN_SIGHT)}):
            found = _best(rows, MaxInnerProduct(sized, wanted))
        if len(found) == MOST:
            return found
    return _best(rows, MaxInnerProduct("vector", wanted), "version_id")


def _best(rows: QuerySet[PromptMeaning], behind: MaxInnerProduct, *ties: str) -> list[_Row]:
    """The nearest; the graph is followed only where nothing else orders them."""
    nearby = rows.annotate(behind=behind).order_by("behind", *ties)
    return list(nearby.values_list("version_id", "behind", "level", "spread")[:MOST])
