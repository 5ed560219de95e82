"""Filters as a queryset: the same for lists, searches and facet counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unicodedata import normalize
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dam.accounts import times
from dam.accounts.models import Brand
from dam.catalog.models import Asset
from dam.collections.models import Collection, CollectionItem, Favourite
from dam.rights import cleared
from dam.rights.models import MadeFrom
from dam.rights.policy import Terms
from dam.search import dates, days_ahead, fields, filter_rows, measures, own_fields
from dam.search.arrays import Overlap
from dam.search.measures import Range
from dam.search.models import FilterRow
from dam.search.named import Named, look_up
from dam.search.query import Filters
from dam.search.search_field import NO, YES, Combine, Kind, Rights, SearchField

NOTHING = Q(pk__in=())
_OF_TEXT = ("contains", "startswith")  # lookups in texts that may hold letters with their accents apart


@dataclass(frozen=True)
class _Asked:
    """What values stand for: in which version, now, and on which days (of the fields of rights)."""

    shown: str
    at: datetime
    days: tuple[str, ...]
    brand: Brand | None = None
    favourites: Callable[[], QuerySet[Favourite]] | None = None
    prompted: Mapping[str, Sequence[UUID]] | None = None
    named: Named | None = None

    def periods(self) -> list[tuple[datetime | None, datetime | None]]:
        """The times it must be cleared for: this moment, if no day is named."""
        named = [dates.tidy(day) for day in self.days]
        spans = [dates.ended(day, self.at.date()) for day in named if day]
        periods = [(span.bounds(self.at)[0], self._end(span.last)) for span in spans]
        # In UTC: in an hour that clocks say twice, what is added to the second time gives one of the first.
        return periods or [(self.at, self.at.astimezone(UTC) + timedelta(microseconds=1))]

    def _end(self, last: date | None) -> datetime | None:
        """When a clearance ends whose last day it is, so that it covers all of that day."""
        return datetime.combine(last, times.LAST_SECOND, tzinfo=self.at.tzinfo) if last else None


def narrow(
    assets: QuerySet[Asset],
    filters: Filters,
    *,
    shown: str,
    either: Sequence[Filters] = (),
    at: datetime | None = None,
    brand: Brand | None = None,
    collections: Callable[[], QuerySet[Collection]] | None = None,
    favourites: Callable[[], QuerySet[Favourite]] | None = None,
    prompted: Mapping[str, Sequence[UUID]] | None = None,
    named: Named | None = None,
) -> QuerySet[Asset]:
    """Any or every value within a field, as its table says; every field; any value of each of `either`.

    With `brand`, whose assets they are, its tags are looked up first: how often each is used is known then.
    Without, tags go by their names alone, and no clip is in a collection.
    Fields that the rows of a brand alone know (`of_rows`) can't be asked without: ValueError.
    `collections` gives those that whoever asks sees, `favourites` their own; they are asked where a filter
    names some, and without them no clip is in one.
    `prompted` are the versions whose prompts mean what a text does (dam.search.similar_prompts), by the text.

    `named` are its tags and collections where they have been looked up already (dam.search.named).

    `shown`: in which version. `at` is now, where the brand is: days begin there.
    KeyError for a field that the table doesn't have: a filter that is passed over would show too much.
    """
    known = fields.known(brand)
    if named is None and brand is not None:
        named = look_up([filters, *either], known=known, brand=brand, collections=collections)
    asked = _Asked(
        shown=shown,
        at=at or timezone.localtime(),
        days=filters["on"],
        brand=brand,
        favourites=favourites,
        prompted=prompted,
        named=named,
    )
    rows: QuerySet[FilterRow] | None = None
    for name, values in filters.items():
        field = known[name.removeprefix("-")]
        if name.startswith("-") and field.kind is Kind.FLAG:
            for opposite in _opposites(field, values):
                assets = assets.filter(_having(field, (opposite,), asked))
        elif name.startswith("-"):
            assets = assets.exclude(_having(field, values, asked))
        elif brand is not None and filter_rows.holds(field):
            for together in [values] if field.combine is Combine.ANY else [(value,) for value in values]:
                rows = _in_rows(
                    FilterRow.objects.all() if rows is None else rows, field, together, asked, brand
                )
        elif field.combine is Combine.ANY:
            assets = assets.filter(_having(field, values, asked))
        else:
            for value in values:
                assets = assets.filter(_having(field, (value,), asked))
    for group in either:
        wanted = Q()
        for name, values in group.items():
            wanted |= _having(known[name], values, asked)
        assets = assets.filter(wanted)
    return assets.filter(pk__in=rows.values("asset")) if rows is not None else assets


def value(field: SearchField, value: str, *, brand: Brand, shown: str, at: datetime) -> Q | Overlap:
    """A condition of the brand's assets: whether they have this one value, as `narrow` finds them."""
    if field.of_rows:
        return filter_rows.has(field, value, brand=brand.pk, shown=shown)
    return _any(field, (value,), _Asked(shown=shown, at=at, days=()))


def is_cleared(field: SearchField, value: str, terms: Terms, *, at: datetime, days: tuple[str, ...]) -> bool:
    """Whether a version of these terms has this value of a field of rights (other than "on")."""
    allowed = all(
        cleared.is_throughout(
            terms,
            first=first,
            until=until,
            use=value if field.rights is Rights.USE else None,
            territory=value if field.rights is Rights.TERRITORY else None,
        )
        for first, until in _Asked(shown="", at=at, days=days).periods()
    )
    return allowed == (value == YES) if field.rights is Rights.NOW else allowed


def covered(field: SearchField, value: str, *, at: datetime) -> Range:
    """The numbers or moments that a value of such a field stands for."""
    if field.unit:
        return measures.bounds(value, field.unit)
    if field.ahead:
        return days_ahead.covered(value, at)
    low, after = dates.span(value, at.date()).bounds(at)
    return Range(low=low, high=after, high_strict=True)


def _opposites(field: SearchField, values: Sequence[str]) -> list[str]:
    """Not "yes" is "no", as chips say: what is neither, as a still's sound, is in neither."""
    return [NO if read == YES else YES for read in map(field.read, values) if read is not None]


def _having(field: SearchField, values: Sequence[str], asked: _Asked) -> Q:
    if field.own is not None:
        return Q(pk__in=own_fields.having(field, values, at=asked.at))
    if field.in_collections:
        return Q(pk__in=_collected(values, field, asked))
    if field.of_favourites:
        return _starred(values, field, asked)
    if field.of_sources:
        return _derived(values, field, asked)
    if field.of_prompts:
        near = [key for value in values for key in (asked.prompted or {}).get(value, ())]
        return Q(**{f"{asked.shown}__in": near})
    if field.of_rows:
        read = [each for each in map(field.read, values) if each is not None]
        rows = FilterRow.objects.all()
        if asked.brand is None:  # the rows have the brand in them: of none they would find nothing
            raise ValueError(f"{field.name} can't be asked without a brand.")
        rows = filter_rows.having_any(rows, field, read, brand=asked.brand.pk, shown=asked.shown)
        return Q(pk__in=rows.values("asset"))
    if field.many:  # a join to many would give an asset once for each value that matches
        return Q(pk__in=_tagged(values, field, asked))
    return _any(field, values, asked)


def _in_rows(
    rows: QuerySet[FilterRow], field: SearchField, values: Sequence[str], asked: _Asked, brand: Brand
) -> QuerySet[FilterRow]:
    if field.column == filter_rows.TAGS:
        assert asked.named is not None  # it is looked up wherever there is a brand
        return filter_rows.tagged(rows, _tags(values, field, asked.named))
    read = [each for each in (_read(field, value, asked) for value in values) if each is not None]
    return filter_rows.having_any(rows, field, read, brand=brand.pk, shown=asked.shown)


def _tagged(values: Sequence[str], field: SearchField, asked: _Asked) -> QuerySet[Any]:
    """The assets with any of these tags, from the table that joins them: no asset is looked at."""
    tagged = Asset.tags.through.objects.values("asset_id")
    if asked.named is None:
        return tagged.filter(tag__name__in=[name for name in map(field.read, values) if name is not None])
    return tagged.filter(tag__in=_tags(values, field, asked.named))


def _tags(values: Sequence[str], field: SearchField, named: Named) -> list[int]:
    """The keys of these tags and of what is narrower."""
    return sorted({key for name in filter(None, map(field.read, values)) for key in named.tags.get(name, ())})


def _collected(values: Sequence[str], field: SearchField, asked: _Asked) -> QuerySet[Any]:
    """The assets in any of these collections, of those that are seen. Capitals make no difference."""
    items = CollectionItem.objects.filter(removed_at=None).values("asset_id")
    if asked.named is None:
        return items.none()
    read = filter(None, map(field.read, values))
    found = {key for name in read for key in asked.named.collected(name, nested=field.nested) or ()}
    return items.filter(collection__in=found)


def _starred(values: Sequence[str], field: SearchField, asked: _Asked) -> Q:
    starred = Q(pk__in=asked.favourites().values("asset_id")) if asked.favourites is not None else NOTHING
    return _either(values, field, starred)


def _derived(values: Sequence[str], field: SearchField, asked: _Asked) -> Q:
    """A version made from several is there once; one whose source was deleted for good is still derived."""
    derived = Q(Exists(MadeFrom.objects.filter(version=OuterRef(asked.shown))))
    return _either(values, field, derived)


def _either(values: Sequence[str], field: SearchField, condition: Q) -> Q:
    either = {YES: condition, NO: ~condition}
    matching = NOTHING
    for value in map(field.read, values):
        matching |= either.get(value or "", NOTHING)
    return matching


def _any(field: SearchField, values: Sequence[str], asked: _Asked) -> Q:
    matching = Q()
    for lookup in field.lookups_for(asked.shown):
        for value in values:
            matching |= _one(field, lookup, value, asked)
            if lookup.endswith(_OF_TEXT) and (apart := normalize("NFD", value)) != value:
                matching |= _one(field, lookup, apart, asked)  # as it may have come from outside
    return matching


def _one(field: SearchField, lookup: str, value: str, asked: _Asked) -> Q:
    read = _read(field, value, asked)
    if read is None:
        return NOTHING
    if field.rights:
        return _cleared(field.rights, read, asked)
    if field.ahead and read == days_ahead.NEVER:
        return Q(**{lookup: None})
    if field.kind in (Kind.NUMBER, Kind.DATE):
        return own_fields.between(lookup, covered(field, read, at=asked.at))
    if field.presence:
        return Q(**{f"{lookup}__isnull": read != YES})
    if field.kind is Kind.FLAG:
        return Q(**{lookup: read == YES})
    return Q(**{lookup: [read] if field.array else read})


def _read(field: SearchField, value: str, asked: _Asked) -> str | None:
    """None for what the field can't read, as an address may hold, or what nothing that is shown can have."""
    read = value if field.kind is Kind.CHOICE else field.read(value)
    if asked.shown == "released" and field.of_released is not None and read not in field.of_released:
        return None
    return read


def _cleared(rights: Rights, value: str, asked: _Asked) -> Q:
    if rights is Rights.ON:
        asked = replace(asked, days=(value,))
    allowed = Q()
    for first, until in asked.periods():
        allowed &= cleared.throughout(
            asked.shown,
            first=first,
            until=until,
            use=value if rights is Rights.USE else None,
            territory=value if rights is Rights.TERRITORY else None,
        )
    return ~allowed if rights is Rights.NOW and value != YES else allowed
