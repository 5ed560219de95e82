"""A page of the library: the query in its address, and the cards that answer it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict

from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.search import facets, fields, likeness, likes, query, search
from dam.search.facets import Facet
from dam.search.likes import Like
from dam.search.query import Filters
from dam.search.results import Results, Seeing
from dam.search.strengths import Strength
from dam.web import cards, times
from dam.web.cards import AssetCard

PAGE = 48


@dataclass(frozen=True)
class Cursor:
    """The last asset of the page before: newest first, and by id where two are of one moment."""

    created_at: datetime
    pk: UUID

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """None for anything that is no cursor: an address may be cut or edited."""
        moment, _, key = text.partition("_")
        created_at = times.read(moment)
        try:
            return cls(created_at, UUID(key)) if created_at else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.created_at.isoformat()}_{self.pk}"


@dataclass(frozen=True)
class ListingQuery:
    """`after` continues a list by time, `start` a ranking."""

    words: str = ""
    filters: Filters = field(default_factory=Filters)
    like: Like | None = None
    after: Cursor | None = None
    start: int = 0
    saved: UUID | None = None  # the saved search that it comes from

    @property
    def continues(self) -> bool:
        return self.after is not None or self.start > 0

    @property
    def count_filters(self) -> int:
        return sum(len(self.filters[name]) for name in fields.FIELDS)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.like or self.count_filters or self.continues)

    @property
    def asks_more_than_likeness(self) -> bool:
        return bool(self.words or self.count_filters)

    @property
    def unfiltered(self) -> str:
        return ListingQuery(words=self.words, like=self.like, saved=self.saved).address()

    @property
    def cleared(self) -> str:
        """The address without words and filters; what is compared with has a way out of its own."""
        return ListingQuery(like=self.like).address()

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """The filters that stand in the address, as the search box sends them along."""
        return tuple((name, value) for name in fields.FIELDS for value in self.filters[name])

    @property
    def unlike(self) -> str:
        """The address without what is compared with."""
        return replace(self, like=None).address()

    @property
    def chips(self) -> tuple["AddressChip", ...]:
        """The filters that stand in the address, to be taken out one by one."""
        return tuple(
            AddressChip(field.chip_text(field.read(value) or value), field.icon, self.toggled(name, value))
            for name, field in fields.FIELDS.items()
            for value in self.filters[name]
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """Of the filters in the address: what can't be used, and why."""
        return tuple(
            field.problem_with(value)
            for name, field in fields.FIELDS.items()
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
        pairs = [("q", self.words)] if self.words else []
        pairs += [("saved", str(self.saved))] if self.saved else []
        pairs += [("like", str(self.like))] if self.like else []
        return "?" + urlencode([*pairs, *self.chosen, *changes.items()])

    def toggled(self, name: str, value: str) -> str:
        """The address with one filter value put in or taken out."""
        chosen = self.filters
        if fields.FIELDS[name].one_at_a_time and value not in chosen[name]:
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


def read(parameters: QueryDict) -> ListingQuery:
    """What an address asks for. Never fails: what it can't use it leaves out."""
    start = parameters.get("start", "")
    return ListingQuery(
        words=query.tidy(parameters.get("q", "")),
        filters=Filters({name: _usable(parameters.getlist(name)) for name in fields.FIELDS}),
        like=likes.read(parameters.get("like", "")),
        after=Cursor.read(parameters.get("after", "")),
        start=int(start) if start.isdecimal() and len(start) < 7 else 0,
        saved=_key(parameters.get("saved", "")),
    )


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _usable(values: list[str]) -> list[str]:
    """Without blanks, and without NUL: the database holds none, so it can't even be asked for."""
    return [value for value in values if value.strip() and "\0" not in value]


def fill(principal: Principal, *, wanted: ListingQuery, at: datetime) -> Listing:
    """A search ranks, so it is paged by place; a list by time is paged by the last asset shown."""
    parsed = search.parse(wanted.words, by=principal)
    if parsed.has_words or wanted.like:
        return _ranked(principal, wanted, at)
    assets = search.among(principal, parsed=parsed, filters=wanted.filters)
    newest, total = search.newest(assets)
    page = list(_after(search.with_parts(newest, principal), wanted.after)[: PAGE + 1])
    shown, rest = page[:PAGE], page[PAGE:]
    more = str(Cursor(shown[-1].created_at, shown[-1].pk)) if rest else ""
    return Listing(
        query=wanted,
        cards=cards.all_of(shown, at=at),
        total=min(total, search.MOST_COUNTED),
        capped=total > search.MOST_COUNTED,
        results=None,
        next=wanted.address(after=more) if more else "",
    )


def count(principal: Principal, *, shown: Listing) -> tuple[Facet, ...]:
    """The numbers beside the filters, for this page."""
    wanted = shown.query
    within = shown.results.asset_ids if shown.results else None
    return facets.count(
        principal, parsed=search.parse(wanted.words, by=principal), filters=wanted.filters, within=within
    )


def count_since(principal: Principal, *, wanted: ListingQuery, since: datetime) -> int:
    """How many of this list came after that moment; none for a ranking and for a later page."""
    parsed = search.parse(wanted.words, by=principal)
    if parsed.has_words or wanted.like or wanted.continues:
        return 0
    assets = search.among(principal, parsed=parsed, filters=wanted.filters)
    return search.count(assets.filter(created_at__gt=since))


def _ranked(principal: Principal, wanted: ListingQuery, at: datetime) -> Listing:
    try:
        results = search.find(
            principal,
            words=wanted.words,
            filters=wanted.filters,
            like=wanted.like,
            limit=PAGE,
            offset=wanted.start,
        )
    except likeness.NotThere as missing:  # a saved search outlives the clip it is by
        return Listing(query=wanted, cards=(), total=0, results=_without(missing, wanted, principal), next="")
    end = wanted.start + len(results.hits)
    good = [hit for hit in results.hits if hit.strength is not Strength.WEAK]
    weak = results.hits[len(good) :]
    return Listing(
        query=wanted,
        cards=tuple(cards.of(hit.asset, at=at, hit=hit) for hit in good),
        total=results.good,
        results=results,
        next=wanted.address(start=str(end)) if results.hits and end < results.total else "",
        less_likely=tuple(cards.of(hit.asset, at=at, hit=hit) for hit in weak),
        line=bool(weak) and results.good >= wanted.start,
    )


def _without(missing: likeness.NotThere, wanted: ListingQuery, principal: Principal) -> Results:
    """The answer when the clip that is compared with isn't there: none, and why."""
    parsed = search.parse(wanted.words, by=principal)
    return Results((), 0, query=parsed, seeing=Seeing.NOT_ASKED, refused=missing)


def _after(assets: QuerySet[Asset], cursor: Cursor | None) -> QuerySet[Asset]:
    if cursor is None:
        return assets
    earlier = Q(created_at__lt=cursor.created_at) | Q(created_at=cursor.created_at, pk__lt=cursor.pk)
    return assets.filter(earlier)
