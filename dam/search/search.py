"""One search: words and pictures, only among what this principal may see."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    Prefetch,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from dam.accounts import times
from dam.accounts.principals import Principal
from dam.catalog.models import Asset, Rendition, RenditionKind, Version
from dam.collections import audience, favourites
from dam.core import side_by_side
from dam.rights import visibility
from dam.search import (
    building,
    encoder_indexes,
    fields,
    fulltext,
    fusion,
    hierarchy,
    likeness,
    planning,
    query,
    query_embedding,
    reasons,
    similar_prompts,
    similarity,
)
from dam.search.arrays import InArray
from dam.search.candidates import FEW
from dam.search.encoders import model_card
from dam.search.encoders.base import TextEmbedding
from dam.search.encoders.model_card import EncoderCard
from dam.search.filters import narrow
from dam.search.likes import Like
from dam.search.models import EncoderIndex
from dam.search.named import Named, look_up
from dam.search.query import Filters, Query
from dam.search.results import EncoderNote, Hit, Match, Results, Seeing, Source
from dam.search.similarity import Seen, VectorQuery
from dam.search.strengths import Strength

# How deep each ranking is read before they are merged.
DEPTH = 400
# A list says "10,000+" beyond that.
MOST_COUNTED = 10_000

ON_CARDS = (RenditionKind.POSTER, RenditionKind.SPRITE)
Serving = tuple[EncoderIndex | None, EncoderCard]
Ask = Callable[[str, str], TextEmbedding | None]


@dataclass(frozen=True)
class Ranked:
    """What answers a search, best first, before any of it is read: `show` makes a page of it."""

    principal: Principal
    results: Results  # but for its hits
    hits: tuple[fusion.Fused[UUID], ...] = ()
    strength: Mapping[UUID, Strength] = field(default_factory=dict)
    seen: tuple[Seen, ...] = ()
    wanted: VectorQuery | None = None
    in_words: fulltext.Ranking = field(default_factory=fulltext.Ranking)


def find(
    principal: Principal,
    *,
    words: str,
    filters: Filters | None = None,
    limit: int = 60,
    offset: int = 0,
    ask: Ask | None = None,
    within: Collection[UUID] | None = None,
    like: Like | None = None,
) -> Results:
    """Answer the search box: `words` as typed, `filters` from the facets beside it.

    With filters alone the newest come first. `ask` turns words into an encoder's meaning; without
    it a worker is asked, and if it is busy the answer says so and holds what the words found; nothing, where
    prompts are to be compared. `within` are
    the only assets that may answer, some hundreds at most. `like` is what to compare with; words beside it
    say what is to be different. Raises likeness.NotThere.
    """
    parsed = parse(words, by=principal)
    if similar_prompts.read(parsed, filters).state is similar_prompts.State.BUSY:
        return Results((), 0, query=parsed, seeing=Seeing.BUSY)
    if like is None and not parsed.has_words:
        assets = _within(among(principal, parsed=parsed, filters=filters), within)
        return _newest(assets, parsed, principal, limit=limit, offset=offset)
    ranked = rank(principal, parsed=parsed, filters=filters, ask=ask, within=within, like=like)
    return show(ranked, limit=limit, offset=offset)


def rank(
    principal: Principal,
    *,
    parsed: Query,
    filters: Filters | None = None,
    ask: Ask | None = None,
    within: Collection[UUID] | None = None,
    like: Like | None = None,
    named: Named | None = None,
    noting: bool = True,
) -> Ranked:
    """All that answers a search by words or by likeness, as `find` says; `named` is as in `among`.

    Without `noting` what is said of the encoder is left out: of a ranking that no page shows.

    Raises likeness.NotThere.
    """
    source = likeness.source(principal, like) if like else None
    few, narrowed = None, bool(parsed.filters or parsed.either or filters)
    meant = named or all_named(principal, parsed=parsed, filters=filters)
    if narrowed:
        few = _if_few(_within(among(principal, parsed=parsed, filters=filters, named=meant), within))

    def candidates() -> QuerySet[Asset]:
        """Made anew for each who ranks them: they do so at the same time."""
        if few is not None:
            assets = _of_array(few)
        else:
            assets = _within(among(principal, parsed=parsed, filters=filters, named=meant), within)
        return assets.exclude(pk=source.asset.pk) if source and source.asset else assets

    alone = hierarchy.alone(principal.brand.pk, parsed.filters.merged(filters or Filters())["tag"])
    tags = [name for name in alone if len(meant.tags.get(name, ())) == 1]

    def worded_by(ranking: Callable[..., fulltext.Ranking]) -> fulltext.Ranking:
        are_few = few is not None if narrowed else None
        return ranking(candidates(), parsed, principal=principal, limit=DEPTH, few=are_few, tags=tags)

    serving = _serving()

    def read() -> tuple[fulltext.Ranking, EncoderNote]:
        return worded_by(fulltext.ranked), _note(principal, serving if noting else None)

    def look() -> tuple[VectorQuery | None, Seeing, tuple[str, ...], list[Seen]]:
        wanted, seeing, unknown = _look(
            parsed, ask or _ask_worker, principal=principal, source=source, serving=serving
        )
        shown = visibility.shown(principal)
        near = similarity.nearest(candidates(), wanted, shown=shown) if wanted else []
        return wanted, seeing, unknown, near

    try:
        (in_words, note), (wanted, seeing, unknown, seen) = side_by_side.both(read, look)
    except likeness.REFUSALS as refused:
        empty = Results((), 0, query=parsed, seeing=Seeing.NOT_ASKED, source=source, refused=refused)
        return Ranked(principal, empty)
    worded = in_words.asset_ids
    if source:  # words alone make nothing alike
        alike = {each.asset_id for each in seen}
        worded = tuple(key for key in worded if key in alike)
    close_only = not source and not worded and all(each.strength is Strength.WEAK for each in seen)
    if close_only:
        in_words = worded_by(fulltext.close)
        worded = in_words.asset_ids
    fused = fusion.fuse(words=worded, pictures=[each.asset_id for each in seen])
    strength = _strengths(
        worded if source is None else (), seen, close_only=close_only, lacking=in_words.lacking
    )
    hits = sorted(fused, key=lambda each: strength[each.key] is Strength.WEAK)  # stable
    results = Results(
        hits=(),
        total=len(hits),
        query=parsed,
        seeing=seeing,
        encoder=replace(note, unknown_words=unknown),
        close_only=close_only and bool(worded),
        meant=in_words.meant,
        more=in_words.more or len(seen) == similarity.DEPTH,
        asset_ids=tuple(each.key for each in hits),
        weak=sum(1 for each in hits if strength[each.key] is Strength.WEAK),
        source=source,
    )
    return Ranked(principal, results, tuple(hits), strength, tuple(seen), wanted, in_words)


def show(ranked: Ranked, *, limit: int = 60, offset: int = 0) -> Results:
    """A page of what was ranked, each hit with its reasons."""
    if ranked.results.refused:
        return ranked.results
    principal, parsed = ranked.principal, ranked.results.query
    page = _page(ranked, ranked.hits[offset : offset + limit])
    meant = [word for _, word in ranked.in_words.meant]
    hits = reasons.explain(page, parsed, principal=principal, meant=meant)
    return replace(ranked.results, hits=hits, being_built=building.is_under_way(principal.brand.pk))


def parse(words: str, *, by: Principal) -> Query:
    """What is typed into the search box, by the table of fields: those that this person may search by."""
    known = fields.of(by)
    guarded = fields.as_seen(known, (), by=by)
    parsed = query.parse(words, fields=guarded)
    if guarded is known or not (parsed.filters or parsed.either):
        return parsed
    return query.parse(words, fields=fields.as_seen(known, [parsed.filters, *parsed.either], by=by))


def all_named(principal: Principal, *, parsed: Query, filters: Filters | None = None) -> Named:
    """The tags and collections that this search names, for all that asks for its assets."""
    narrowed = [parsed.filters.merged(filters or Filters()), *parsed.either]
    visible = partial(audience.visible, principal)
    return look_up(narrowed, known=fields.known(principal.brand), brand=principal.brand, collections=visible)


def among(
    principal: Principal, *, parsed: Query, filters: Filters | None = None, named: Named | None = None
) -> QuerySet[Asset]:
    """What a search ranks: visible assets, narrowed by filters and by the words ruled out.

    None of them while prompts that it asks for can't be compared. `named` is what it names, and maybe more,
    where that has been looked up.
    """
    both, shown = parsed.filters.merged(filters or Filters()), visibility.shown(principal)
    asked = {name.removeprefix("-") for each in (both, *parsed.either) for name in each}
    usable = not parsed.unusable and asked <= set(fields.of(principal))
    prompts = similar_prompts.read(parsed, filters) if usable else similar_prompts.Asked()
    assets = narrow(
        visibility.visible_assets(principal),
        both,
        shown=shown,
        either=parsed.either,
        at=times.here(principal.brand),
        brand=principal.brand,
        collections=partial(audience.visible, principal),
        favourites=partial(favourites.of, principal),
        prompted=similar_prompts.versions(principal, prompts),
        named=named,
    )
    if not (usable and prompts.usable):
        return assets.none()
    return fulltext.exclude(assets, parsed, principal=principal)


def newest(assets: QuerySet[Asset]) -> tuple[QuerySet[Asset], int]:
    """Newest first, and how many, as `count` says."""
    found, total = to_be_sorted(assets)
    return found.order_by("-created_at", "-pk"), total


def to_be_sorted(assets: QuerySet[Asset], *, all_visible: bool = False) -> tuple[QuerySet[Asset], int]:
    """What a list is sorted from, and how many, as `count` says.

    Few matches are found once and then sorted: walking along an order for them could mean to read all. Of
    `all_visible` assets, with no filter, the planner knows whether they are far too many to count.
    """
    far_more = all_visible and planning.clearly_more(assets, MOST_COUNTED)
    total = MOST_COUNTED + 1 if far_more else count(assets)
    if total <= MOST_COUNTED:
        assets = planning.found_first(assets, MOST_COUNTED + 1)
    return assets, total


def _within(assets: QuerySet[Asset], keys: Collection[UUID] | None) -> QuerySet[Asset]:
    return assets if keys is None else assets.filter(pk__in=keys)


def _if_few(assets: QuerySet[Asset]) -> str | None:
    """FEW assets at most by their keys, as the text of an array: what filters them is then asked once.

    The planner weighs each key in each query, which of more costs more than asking for them again.
    """
    if planning.clearly_more(assets, FEW):
        return None
    some = assets.order_by()[: FEW + 1]
    found = some.aggregate(number=Count("pk"), keys=Cast(ArrayAgg("pk", default=[]), TextField()))
    return found["keys"] if found["number"] <= FEW else None


def of_keys(keys: Iterable[UUID]) -> QuerySet[Asset]:
    """These assets."""
    return _of_array(array_of(keys))


def array_of(keys: Iterable[UUID]) -> str:
    """Keys as the text of an array."""
    return "{" + ",".join(map(str, keys)) + "}"


def _of_array(array: str) -> QuerySet[Asset]:
    """Keys are one text: thousands of parameters take longer to write, or to read, than to find.

    Compared with an array, which stays one where an asset is asked for among them.
    """
    return Asset.objects.filter(InArray(F("pk"), RawSQL("%s::uuid[]", [array]))).order_by()


def count(assets: QuerySet[Asset]) -> int:
    """How many, up to one more than MOST_COUNTED: of a million, each would have to be read."""
    return assets.order_by()[: MOST_COUNTED + 1].count()


def _newest(
    assets: QuerySet[Asset], parsed: Query, principal: Principal, *, limit: int, offset: int
) -> Results:
    found, total = newest(assets)
    page = with_parts(found, principal)[offset : offset + limit]
    return Results(
        hits=tuple(Hit(asset=asset, score=1.0, matched=Match.WORDS) for asset in page),
        total=min(total, MOST_COUNTED),
        more=total > MOST_COUNTED,
        query=parsed,
        seeing=Seeing.NOT_ASKED,
    )


def _serving() -> Serving | None:
    """The index that is asked, if there is one yet, and its encoder; None where no encoder is installed."""
    try:
        return encoder_indexes.serving()
    except model_card.NoEncoder:
        return None


def _note(principal: Principal, serving: Serving | None) -> EncoderNote:
    if serving is None:
        return EncoderNote()
    index, encoder = serving
    return EncoderNote(
        label=encoder.label,
        good_at=encoder.good_at,
        bad_at=encoder.bad_at,
        not_indexed=similarity.not_indexed(
            visibility.visible_assets(principal), encoder=index, shown=visibility.shown(principal)
        ),
        anew=encoder_indexes.anew(),
    )


def _look(
    parsed: Query, ask: Ask, *, principal: Principal, source: Source | None, serving: Serving | None
) -> tuple[VectorQuery | None, Seeing, tuple[str, ...]]:
    """What to look for in the pictures, or why they are not searched, and the words it can't read."""
    if serving is None:
        return None, Seeing.UNAVAILABLE, ()
    index, encoder = serving
    meaning = ask(parsed.spoken, encoder.identity) if parsed.has_words else None
    if source:
        meaning = _compared(source, meaning, parsed, principal=principal, encoder=encoder.identity)
    if meaning is None:
        return None, Seeing.BUSY, ()
    unknown = meaning.unknown_words
    if meaning.vector is None:
        return None, Seeing.UNKNOWN_WORDS, unknown
    if index is None:  # nothing has been looked at yet
        return None, Seeing.SEARCHED, unknown
    scale = fusion.Scale(steepness=meaning.steepness, level=meaning.level)
    wanted = VectorQuery(encoder=index, vector=meaning.vector, scale=scale, in_words=source is None)
    return wanted, Seeing.SEARCHED, unknown


def _compared(
    source: Source, words: TextEmbedding | None, parsed: Query, *, principal: Principal, encoder: str
) -> TextEmbedding | None:
    """What is compared with, and the words beside it; None until both are known."""
    picture = likeness.meaning(source, principal=principal, encoder=encoder)
    if picture is None or (parsed.has_words and words is None):
        return None
    return picture if words is None else likeness.together(picture, words)


def _ask_worker(spoken: str, encoder: str) -> TextEmbedding | None:
    return query_embedding.ask(spoken, encoder=encoder)


def _strengths(
    in_words: Sequence[UUID], seen: Sequence[Seen], *, close_only: bool, lacking: Collection[UUID]
) -> dict[UUID, Strength]:
    """How sure each hit is: one that has every word is strong, one that only comes close is weak."""
    by_sight = {each.asset_id: each.strength for each in seen}
    weak = [key for key in in_words if close_only or key in lacking]
    have_all = () if close_only else [key for key in in_words if key not in lacking]
    return {**dict.fromkeys(weak, Strength.WEAK), **by_sight, **dict.fromkeys(have_all, Strength.STRONG)}


def _page(ranked: Ranked, hits: Sequence[fusion.Fused[UUID]]) -> tuple[Hit, ...]:
    keys = {each.key for each in hits}
    on_page = [each for each in ranked.seen if each.asset_id in keys]
    moments = similarity.moments_of(on_page, ranked.wanted) if ranked.wanted else {}
    assets = with_parts(Asset.objects.all(), ranked.principal).in_bulk(list(keys))
    return tuple(
        Hit(
            asset=assets[each.key],
            score=round(each.score, 4),
            matched=_matched(each),
            strength=ranked.strength[each.key],
            moment=next(iter(moments.get(each.key, ())), None),
            moments=tuple(sorted(moments.get(each.key, ()), key=lambda moment: moment.start_ms)),
        )
        for each in hits
        if each.key in assets
    )


def _matched(hit: fusion.Fused[UUID]) -> Match:
    if hit.in_words and hit.in_pictures:
        return Match.BOTH
    return Match.WORDS if hit.in_words else Match.SEEN


def with_parts(assets: QuerySet[Asset], principal: Principal) -> QuerySet[Asset]:
    """With what a card shows, in three queries: `asset.shown` is this principal's version.

    Of its renditions only those on a card are there; who else shows tags or who added it fetches them. Those
    who see released work alone aren't told that a clip is under legal hold, nor how many versions it has.
    """
    works_here = visibility.shown(principal) == "latest"
    told = Q(held_at__isnull=False) if works_here else Value(False)
    assets = assets.annotate(  # type: ignore[no-redef]
        shows_hold=ExpressionWrapper(told, output_field=BooleanField()),
        is_favourite=favourites.is_one(principal),
        shows_drafts=Value(works_here),
    )
    pictures = Rendition.objects.filter(kind__in=ON_CARDS).only("version", "kind", "sha256", "details")
    versions = Version.objects.select_related("rights", "inherited").prefetch_related(
        Prefetch("renditions", pictures)
    )
    shown = Prefetch(visibility.shown(principal), versions.defer("media_info"), to_attr="shown")  # it is long
    return assets.prefetch_related(shown)  # type: ignore[no-redef]
