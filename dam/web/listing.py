"""A page of the library: the query in its address, and the cards that answer it."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from unicodedata import normalize
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.core import language, numbers, side_by_side
from dam.rights import visibility
from dam.search import (
    facets,
    fields,
    likeness,
    likes,
    orders,
    planning,
    prompt_ranking,
    query,
    reordering,
    search,
    similar_prompts,
)
from dam.search.facets import Facet
from dam.search.likes import Like
from dam.search.named import Named
from dam.search.orders import Order, Place
from dam.search.query import Filters, Query
from dam.search.results import Hit, Results, Seeing
from dam.search.search_field import Kind, SearchField
from dam.search.similar_prompts import Asked, Near, State
from dam.search.strengths import Strength
from dam.web import cards
from dam.web.cards import AssetCard

PAGE = 48
FROM, TO = ".from", ".to"  # behind the name of a field: the ends of a range that is typed beside the list


@dataclass(frozen=True)
class ListingQuery:
    """`after` continues a list in an order, `start` a ranking: the best first.

    `found` is the order of what words find, and of them alone: a list's own one stays behind a search.
    """

    words: str = ""
    filters: Filters = field(default_factory=Filters)
    like: Like | None = None
    sort: Order = Order.NEWEST
    found: Order | None = None
    after: Place | None = None
    start: int = 0
    saved: UUID | None = None  # the saved search that it comes from
    # By what it can be narrowed, for the words on its page: the fields of the brand among them.
    known: Mapping[str, SearchField] = field(default_factory=lambda: fields.FIELDS, compare=False, repr=False)
    told: bool = field(default=False, compare=False, repr=False)  # `known` is what this person may know of

    @property
    def continues(self) -> bool:
        return self.after is not None or self.start > 0

    @property
    def count_filters(self) -> int:
        return sum(map(len, self.filters.values()))

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.like or self.count_filters or self.continues)

    @property
    def asks_more_than_likeness(self) -> bool:
        return bool(self.words or self.count_filters)

    @property
    def unfiltered(self) -> str:
        return replace(self, filters=Filters()).address()

    @property
    def cleared(self) -> str:
        """The address without words and filters; what is compared with has a way out of its own."""
        return ListingQuery(like=self.like, sort=self.sort).address()

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """The filters that stand in the address, as the search box sends them along."""
        names = [*fields.FIELDS, *(name for name in self.filters if name not in fields.FIELDS)]
        return tuple((name, value) for name in names for value in self.filters[name])

    @property
    def unlike(self) -> str:
        """The address without what is compared with."""
        return replace(self, like=None).address()

    @property
    def chips(self) -> tuple["AddressChip", ...]:
        """The filters that stand in the address, to be taken out one by one."""
        return tuple(
            AddressChip(field.chip_text(field.read(value) or value), field.icon, self.toggled(name, value))
            for name, field in self.known.items()
            for value in self.filters[name]
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """Of the filters in the address: what can't be used, and why."""
        return tuple(
            field.problem_with(value)
            for name, field in self.known.items()
            for value in self.filters[name]
            if field.read(value) is None
        )

    @property
    def here(self) -> str:
        """The query string of this page of the list."""
        if self.after:
            return self.address(after=str(self.after))
        return self.address(start=str(self.start))

    def address(self, **changes: str) -> str:
        """The query string of this list, from its beginning unless `changes` says otherwise."""
        return "?" + urlencode([*self.pairs, *changes.items()])

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All that the address of this list says, for forms that lead to another place in it."""
        pairs = [("q", self.words)] if self.words else []
        pairs += [("saved", str(self.saved))] if self.saved else []
        pairs += [("like", str(self.like))] if self.like else []
        order = [("sort", self.sort.value)] if self.sort is not Order.NEWEST else []
        order += [("found", self.found.value)] if self.found is not None and self.words else []
        return (*pairs, *self.chosen, *order)

    def sorted_by(self, order: Order) -> str:
        """The address of this list in another order."""
        return replace(self, sort=order).address()

    def found_in(self, order: Order | None) -> str:
        """The address of what these words find in another order; None: the best matches first."""
        return replace(self, found=order).address()

    def toggled(self, name: str, value: str) -> str:
        """The address with one filter value put in or taken out."""
        chosen = self.filters
        if name in self.known and self.known[name].one_at_a_time and value not in chosen[name]:
            chosen = chosen.without(name)
        return replace(self, filters=chosen.toggled(name, value)).address()


@dataclass(frozen=True)
class AddressChip:
    """A filter of the address, and the address without it."""

    text: str
    icon: str
    address: str


@dataclass(frozen=True)
class Listing:
    query: ListingQuery
    cards: tuple[AssetCard, ...]
    total: int  # at most search.MOST_COUNTED; of a search by words, those that are strong or likely
    results: Results | None  # for a search by words
    next: str  # the address of what follows; empty at the end
    less_likely: tuple[AssetCard, ...] = ()  # weak matches, after `cards`
    capped: bool = False  # there are more than `total`
    line: bool = False  # whether the line above the weak ones stands on this page
    left_out: int = 0  # weak matches that aren't shown, as what words found stands in an order
    prompts: Asked = field(default_factory=Asked)  # what prompts are to be like


def read(parameters: QueryDict, *, brand: Brand | None) -> ListingQuery:
    """What an address asks for, with the brand's own fields. Never fails: what it can't use it leaves out."""
    known = fields.known(brand)
    order, words = orders.named(parameters.get("sort", "")), query.tidy(parameters.get("q", ""))
    found = orders.named(parameters.get("found", ""), default=None) if words else None
    return ListingQuery(
        words=words,
        filters=Filters({name: _chosen(parameters, field) for name, field in known.items()}),
        like=likes.read(parameters.get("like", "")),
        sort=order,
        found=found,
        after=orders.read(parameters.get("after", ""), found or order),
        start=numbers.read(parameters.get("start", ""), digits=6) or 0,
        saved=_key(parameters.get("saved", "")),
        known=known,
    )


def told(wanted: ListingQuery, *, by: Principal) -> ListingQuery:
    """In the words of those fields and options that this person may know of."""
    return replace(wanted, known=fields.told([wanted], by=by), told=True)


def is_of_a_form(parameters: QueryDict, known: Mapping[str, SearchField]) -> bool:
    """Whether it comes from a form beside the list: the two ends of a range are one value of its address, and
    what was left empty doesn't stand in it."""
    blank = any(parameters.get(name) == "" for name in known)
    return blank or any(_ends(parameters, field) is not None for field in known.values())


def _chosen(parameters: QueryDict, field: SearchField) -> list[str]:
    typed = _ends(parameters, field)
    if typed is None:
        return _usable(parameters.getlist(field.name))
    low, high = typed
    return _usable([f"{low}..{high}"]) if low or high else []


def _ends(parameters: QueryDict, field: SearchField) -> tuple[str, str] | None:
    names = f"{field.name}{FROM}", f"{field.name}{TO}"
    if not field.between or not any(name in parameters for name in names):
        return None
    low, high = (parameters.get(name, "").strip() for name in names)
    if field.kind is Kind.NUMBER:
        low, high = _digits(low), _digits(high)
    return low, high


def _digits(text: str) -> str:
    """A number as a search has it: 1,000 is a thousand where people write it so, elsewhere 12,5 is 12.5."""
    text = re.sub(r"(?<=\d)\s(?=\d{3})", "", text)
    for sign in ",.":
        if sign in language.number(1_000) and re.fullmatch(rf"\d{{1,3}}(\{sign}\d{{3}})+", text):
            return text.replace(sign, "")
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _usable(values: list[str]) -> list[str]:
    """Without blanks, and without NUL: the database holds none, so it can't even be asked for."""
    return [normalize("NFC", value) for value in values if value.strip() and "\0" not in value]


@dataclass(frozen=True)
class _Question:
    """What a page asks. While the worker is too busy to compare prompts it is the rest of the search."""

    wanted: ListingQuery
    parsed: Query
    filters: Filters
    prompts: Asked
    ranks: bool
    named: Named  # its tags and collections: all that is asked for the page asks for them


def _question(principal: Principal, wanted: ListingQuery) -> _Question:
    parsed, filters = search.parse(wanted.words, by=principal), wanted.filters
    prompts = (
        similar_prompts.read(parsed, filters) if similar_prompts.FIELD in fields.of(principal) else Asked()
    )
    if prompts.state is State.BUSY:
        parsed, filters = similar_prompts.without(parsed, filters)
    wanted = _in_its_order(principal, wanted, parsed)
    nearest = prompts.state is State.READY and wanted.sort is Order.NEWEST and wanted.after is None
    ranks = bool(wanted.like or parsed.has_words)
    ranks = ranks or (nearest and prompt_ranking.first_text(parsed, filters) is not None)
    named = search.all_named(principal, parsed=parsed, filters=filters)
    return _Question(wanted, parsed, filters, prompts, ranks, named)


def _in_its_order(principal: Principal, wanted: ListingQuery, parsed: Query) -> ListingQuery:
    """With `found` where words find something that can stand in it, as whoever asks is shown it."""
    if wanted.found is None:
        return wanted
    if not (parsed.has_words or wanted.like):  # filters were typed, or nothing that can be used: a list
        return replace(wanted, sort=wanted.found, found=None)
    if wanted.like or wanted.found not in orders.offered(visibility.shown(principal)):
        return replace(wanted, found=None, after=None)
    return replace(wanted, start=0)


def fill(principal: Principal, *, wanted: ListingQuery, at: datetime) -> Listing:
    """A search ranks, so it is paged by place; a list in an order is paged by the last asset shown."""
    question = _question(principal, wanted)
    wanted = question.wanted
    if not question.ranks:
        return _by_time(principal, wanted, question, at)
    try:
        return _of_ranked(_rank(principal, wanted, question), wanted, question, at)
    except likeness.NotThere as missing:
        return _without(missing, wanted, question)


def fill_and_count(
    principal: Principal, *, wanted: ListingQuery, at: datetime
) -> tuple[Listing, tuple[Facet, ...]]:
    """The same with the numbers beside the filters, both read at the same time."""
    question = _question(principal, wanted)
    wanted = question.wanted
    if not question.ranks:
        counted, filled = side_by_side.both(
            lambda: _count(principal, wanted, question, None),
            lambda: _by_time(principal, wanted, question, at),
        )
        return filled, counted
    try:
        ranked = _rank(principal, wanted, question)
    except likeness.NotThere as missing:  # a saved search outlives the clip it is by
        return _without(missing, wanted, question), _count(principal, wanted, question, ())
    counted, filled = side_by_side.both(
        lambda: _count(principal, wanted, question, _answers(ranked, wanted)),
        lambda: _of_ranked(ranked, wanted, question, at),
    )
    return filled, counted


def _count(
    principal: Principal, wanted: ListingQuery, question: _Question, within: Collection[UUID] | None
) -> tuple[Facet, ...]:
    parsed = question.parsed
    asked = wanted.told and not parsed.filters  # of what is typed it hasn't been asked
    told = wanted.known if asked else None

    def with_only(filters: Filters) -> tuple[UUID, ...]:
        """The hits of the same words or likeness with fewer filters."""
        fewer = replace(question, parsed=replace(parsed, filters=filters), filters=Filters())
        try:
            return _answers(_rank(principal, wanted, fewer, noting=False), wanted)
        except likeness.NotThere:
            return ()

    return facets.count(
        principal,
        parsed=parsed,
        filters=question.filters,
        within=within,
        wider=with_only,
        told=told,
        named=question.named,
    )


def count_since(principal: Principal, *, wanted: ListingQuery, since: datetime) -> int:
    """How many of this list came after that moment; none for a ranking and for a later page."""
    parsed = search.parse(wanted.words, by=principal)
    if parsed.has_words or wanted.like or wanted.continues:
        return 0
    assets = search.among(principal, parsed=parsed, filters=wanted.filters)
    return search.count(assets.filter(created_at__gt=since))


def _by_time(principal: Principal, wanted: ListingQuery, question: _Question, at: datetime) -> Listing:
    shown = visibility.shown(principal)
    if wanted.sort not in orders.offered(shown):  # as in a link from somebody who sees more
        wanted = replace(wanted, sort=Order.NEWEST, after=None)
    parsed, filters = question.parsed, question.filters
    assets = search.among(principal, parsed=parsed, filters=filters, named=question.named)
    narrowed = bool(parsed or parsed.unusable or filters)
    keys, following, total = _in_order(
        assets, wanted, shown=shown, brand_id=principal.brand.pk, narrowed=narrowed
    )
    rows = search.with_parts(Asset.objects.all(), principal).in_bulk(keys)
    present = [rows[key] for key in keys if key in rows]  # one may have gone this moment
    near = _near(present, question)
    return Listing(
        query=wanted,
        cards=tuple(cards.of(asset, at=at, near=near.get(asset.shown.pk)) for asset in present),
        total=min(total, search.MOST_COUNTED),
        capped=total > search.MOST_COUNTED,
        results=None,
        next=wanted.address(after=str(following)) if following else "",
        prompts=question.prompts,
    )


def _in_order(
    assets: QuerySet[Asset], wanted: ListingQuery, *, shown: str, brand_id: int, narrowed: bool
) -> tuple[list[UUID], Place | None, int]:
    """The keys of a page of a list, the place after which it goes on, and how many clips there are."""
    counted = None
    if narrowed and wanted.after is None and planning.estimate(assets) <= search.MOST_COUNTED:
        # To count them reads them all, and so does to sort them: of not too many both is done at once. The
        # planner may be far out, so no more are read than are counted; the page then isn't of all of them.
        most = search.MOST_COUNTED + 1
        counted = orders.counted(assets, wanted.sort, shown=shown, brand_id=brand_id, size=PAGE, most=most)
        if counted is not None and counted[2] <= search.MOST_COUNTED:
            return counted
    if counted is not None:
        found, total = assets, counted[2]
    else:
        found, total = search.to_be_sorted(assets, all_visible=not narrowed)
    keys, following = orders.page(
        found, wanted.sort, shown=shown, brand_id=brand_id, after=wanted.after, size=PAGE
    )
    return keys, following, total


def _rank(
    principal: Principal, wanted: ListingQuery, question: _Question, *, noting: bool = True
) -> search.Ranked:
    parsed, filters, named = question.parsed, question.filters, question.named
    if wanted.like or parsed.has_words:
        like = wanted.like
        return search.rank(principal, parsed=parsed, filters=filters, like=like, named=named, noting=noting)
    return prompt_ranking.rank(principal, parsed=parsed, filters=filters, asked=question.prompts, named=named)


def _answers(ranked: search.Ranked, wanted: ListingQuery) -> tuple[UUID, ...]:
    return ranked.results.asset_ids if wanted.found is None else reordering.answers(ranked.results)


def _of_ranked(ranked: search.Ranked, wanted: ListingQuery, question: _Question, at: datetime) -> Listing:
    left_out = 0
    if wanted.found is None:
        results = search.show(ranked, limit=PAGE, offset=wanted.start)
        end = wanted.start + len(results.hits)
        following = wanted.address(start=str(end)) if results.hits and end < results.total else ""
    else:
        page = reordering.page(ranked, wanted.found, after=wanted.after, size=PAGE)
        results, left_out = page.results, page.left_out
        following = wanted.address(after=str(page.following)) if page.following else ""
    near = _near([hit.asset for hit in results.hits], question)

    def card(hit: Hit) -> AssetCard:
        return cards.of(hit.asset, at=at, hit=hit, near=near.get(hit.asset.shown.pk))

    good = [hit for hit in results.hits if hit.strength is not Strength.WEAK]
    weak = results.hits[len(good) :]
    return Listing(
        query=wanted,
        cards=tuple(map(card, good)),
        total=results.good,
        results=results,
        next=following,
        less_likely=tuple(map(card, weak)),
        line=bool(weak) and results.good >= wanted.start and not (wanted.found and wanted.after),
        left_out=left_out,
        prompts=question.prompts,
    )


def _near(assets: Iterable[Asset], question: _Question) -> dict[UUID, Near]:
    versions = [asset.shown for asset in assets]
    return prompt_ranking.near(
        versions, parsed=question.parsed, filters=question.filters, asked=question.prompts
    )


def _without(missing: likeness.NotThere, wanted: ListingQuery, question: _Question) -> Listing:
    """The answer when the clip that is compared with isn't there: none, and why."""
    results = Results((), 0, query=question.parsed, seeing=Seeing.NOT_ASKED, refused=missing)
    return Listing(query=wanted, cards=(), total=0, results=results, next="")
