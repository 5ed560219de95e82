"""How many of the assets a principal may see have each value: the numbers beside the filters."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from dam.accounts import times
from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.collections import audience
from dam.collections.models import CollectionItem
from dam.core import language, sorting
from dam.rights import visibility
from dam.search import counting, fields, search
from dam.search.named import Named
from dam.search.query import Filters, Query
from dam.search.search_field import Combine, Kind, SearchField

# Assets that are counted: each is read, which takes longer than the list itself when there are many.
MOST_COUNTED = 1_000
# Of a field whose values are not a fixed choice.
MOST_VALUES = 50


@dataclass(frozen=True)
class Value:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Ends:
    """What stands in the inputs of a range, as it would be typed there; empty where it has no end."""

    low: str = ""
    high: str = ""
    are_days: bool = False

    @property
    def are_chosen(self) -> bool:
        return bool(self.low or self.high)


@dataclass(frozen=True)
class Input:
    """One field of a form, and what stands in it: `given` is the value as the address has it."""

    name: str
    label: str
    type: str  # of HTML's, or "select"
    value: str
    given: str
    takes: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Facet:
    name: str  # of the search field
    title: str
    values: tuple[Value, ...]  # those that occur or are chosen
    more: bool = False  # there are others, less used
    counted_in: int | None = None  # of how many of the assets, where they are more: there may be more then
    not_looked_at: int = 0  # of these assets: what is found in the pictures isn't known of them yet
    ends: Ends | None = None  # it is asked for by these, and has no values
    inputs: tuple[Input, ...] = ()  # the same of several fields together

    @property
    def is_chosen(self) -> bool:
        asked = self.ends is not None and self.ends.are_chosen
        return asked or any(value.chosen for value in self.values) or any(each.given for each in self.inputs)


def count(
    principal: Principal,
    *,
    parsed: Query | None = None,
    filters: Filters | None = None,
    within: Collection[UUID] | None = None,
    wider: Callable[[Filters], Collection[UUID]] | None = None,
    told: Mapping[str, SearchField] | None = None,
    named: Named | None = None,
) -> tuple[Facet, ...]:
    """The facets, in two queries, three where clips are in collections, and as many for each that is counted
    without its own filter; besides, the tags and collections that are chosen are looked up unless they are
    `named` (search.all_named), and `wider` makes a second ranking.

    Where any of several values may match, and of ranges, of which one takes the place of another, a facet
    counts with every filter but its own, so that a choice can be changed; where every value must, as with
    tags, it counts with all of them. `within` are the hits of a search by words (Results.asset_ids): only
    those count, and where a facet counts without its own filter those that `wider` finds with fewer filters,
    too, which is asked once at most. `told` are the fields as this person may know of them (fields.as_seen),
    where that has been asked of all that is chosen.
    """
    parsed = parsed or Query()
    chosen = parsed.filters.merged(filters or Filters())
    at, shown = times.here(principal.brand), visibility.shown(principal)
    known = fields.of(principal)
    listed = [field for field in known.values() if field.facet]
    seen = told if told is not None else fields.as_seen(known, [chosen], by=principal)
    apart = [field for field in listed if chosen[field.name] and _counts_without_its_own(field)]
    rounds = [([field for field in listed if field not in apart], chosen)]
    rounds += [([field], chosen.without(field.name)) for field in apart]
    named = named or search.all_named(principal, parsed=parsed, filters=filters)
    found: dict[str, Facet] = {}
    reached = within
    if within is not None and wider is not None and apart:
        fewer = chosen
        for field in apart:
            fewer = fewer.without(field.name)
        reached = {*within, *wider(fewer)}
    for together, counted_with in rounds:
        assets = search.among(principal, parsed=replace(parsed, filters=counted_with), named=named)
        narrowed = bool(counted_with or parsed.either or parsed.excluded)
        if within is not None and counted_with is chosen:  # they were found with all of these filters
            candidates = list(within)
        else:
            candidates = _candidates(assets, reached, narrowed=narrowed)
        counted_in = MOST_COUNTED if len(candidates) > MOST_COUNTED else None
        keys = candidates[:MOST_COUNTED]
        counted = counting.count(
            together,
            keys,
            brand=principal.brand.pk,
            shown=shown,
            at=at,
            days=counted_with["on"],
            most=MOST_VALUES + 1,
        )
        counts = dict(counted.of)
        collected = [field.name for field in together if field.in_collections]
        if collected and counted.in_collections:
            counts |= dict.fromkeys(collected, _collected(search.of_keys(keys), principal))
        for field in together:
            found[field.name] = _facet(
                field, counts[field.name], chosen[field.name], counted_in, told=seen[field.name]
            )
    found |= {
        field.name: _between(field, chosen[field.name], at) for field in known.values() if field.between
    }
    found |= {field.name: _form(field, known, chosen, at) for field in known.values() if field.form}
    return tuple(found[name] for name in known if name in found)


def _between(field: SearchField, chosen: Sequence[str], at: datetime) -> Facet:
    """A range to be typed; of several in an address the last one stands in it."""
    read = [value for value in map(field.read, chosen) if value is not None]
    low, high = field.ends(read[-1], today=at.date()) if read else ("", "")
    if field.kind is Kind.NUMBER:  # as it is read back
        low, high = language.figure(low), language.figure(high)
    return Facet(field.name, field.title, (), ends=Ends(low, high, are_days=field.kind is Kind.DATE))


def _form(field: SearchField, known: Mapping[str, SearchField], chosen: Filters, at: datetime) -> Facet:
    """Of several values of a field the first one stands in it; the others stay as they are."""
    inputs = [_input(known[name], next(iter(chosen[name]), ""), at) for name in field.form if name in known]
    return Facet(field.name, field.form_title, (), inputs=tuple(inputs))


def _input(field: SearchField, given: str, at: datetime) -> Input:
    value = (field.read(given) or given) if given else ""
    if field.kind is Kind.CHOICE:
        return Input(field.name, field.title, "select", value, given, options=field.choices)
    if field.kind is Kind.DATE:
        days = set(field.ends(value, today=at.date())) if value and field.read(given) else {""}
        if len(days) == 1:  # one day, or none
            return Input(field.name, field.title, "date", days.pop(), given)
    spoken = field.speaker(value) if value and field.speaker and field.read(given) else value
    return Input(field.name, field.title, "text", spoken, given, takes=field.says_what_it_takes)


def _counts_without_its_own(field: SearchField) -> bool:
    return field.combine is Combine.ANY or field.one_at_a_time


def _candidates(assets: QuerySet[Asset], within: Collection[UUID] | None, *, narrowed: bool) -> list[UUID]:
    """The newest of the library; of a narrowed list any that the database has at hand.

    One more than is counted, if there are more.
    """
    if within is not None:
        return list(assets.filter(pk__in=within).values_list("pk", flat=True))
    some = assets.order_by() if narrowed else assets.order_by("-created_at", "-pk")
    return list(some.values_list("pk", flat=True)[: MOST_COUNTED + 1])


def _collected(assets: QuerySet[Asset], principal: Principal) -> Counter[str]:
    """How many of these assets are in each collection that is seen, by its name, which several may have."""
    items = CollectionItem.objects.filter(removed_at=None, asset__in=assets.values("pk"))
    seen = items.filter(collection__in=audience.visible(principal).values("pk"))
    counted = seen.values_list("collection__name").annotate(number=Count("asset", distinct=True))
    often = counted.order_by("-number", "collection__name")[: MOST_VALUES + 1]
    return Counter(dict(often))


def _facet(
    field: SearchField,
    counts: Counter[str],
    chosen: tuple[str, ...],
    counted_in: int | None,
    *,
    told: SearchField,
) -> Facet:
    """`told` is the field as whoever asks may know it."""
    if field.choices:
        known = dict(told.choices)
        offered = {value: label for value, label in field.choices if counts[value] or value in known}
        values = [Value(value, label, counts[value], value in chosen) for value, label in offered.items()]
        # A range that somebody typed stands among those that are offered.
        values += [
            Value(value, told.chip_text(value), 0, chosen=True) for value in chosen if value not in offered
        ]
        kept = tuple(value for value in values if value.count or value.chosen)
        unknown = counts[counting.UNKNOWN]
        return Facet(field.name, field.title, kept, counted_in=counted_in, not_looked_at=unknown)
    often = sorted(counts.items(), key=lambda each: (-each[1], sorting.key(each[0])))
    lower = {value.lower() for value in chosen}
    values = [Value(value, value, number, value.lower() in lower) for value, number in often[:MOST_VALUES]]
    counted = {each.value.lower() for each in values}
    missing = [Value(value, value, 0, chosen=True) for value in chosen if value.lower() not in counted]
    return Facet(
        field.name, field.title, (*values, *missing), more=len(often) > MOST_VALUES, counted_in=counted_in
    )
