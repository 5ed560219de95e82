"""The tags and collections that searches name, found at once."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from collections.abc import Collection as Many
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from dam.accounts.models import Brand
from dam.catalog.models import Tag
from dam.collections import nesting
from dam.collections.models import Collection
from dam.search import filter_rows, hierarchy, normalising
from dam.search.query import Filters
from dam.search.search_field import SearchField

Key = TypeVar("Key", bound=Hashable)
MOST_COMPARED = 20_000  # names of a brand that are compared without their accents
_fold = lru_cache(maxsize=65_536)(normalising.fold)  # each once, not for each part of a page


@dataclass(frozen=True)
class Named:
    """What these names stand for. One that stands for nothing is missing."""

    tags: Mapping[str, frozenset[int]]  # with those that are narrower; by the name as its field reads it
    collections: Mapping[str, frozenset[UUID]]  # by `folded`
    inside: Mapping[str, frozenset[UUID]]  # with all that lies in them; by `folded`, or the id as text

    def collected(self, name: str, *, nested: bool) -> frozenset[UUID] | None:
        return (self.inside if nested else self.collections).get(folded(name))


def folded(name: str) -> str:
    """Capitals make no difference."""
    return name.upper()


def look_up(
    narrowed: Iterable[Filters],
    *,
    known: Mapping[str, SearchField],
    brand: Brand,
    collections: Callable[[], QuerySet[Collection]] | None,
    alike: bool = True,
) -> Named:
    """In a few queries however many there are, none where none is named.

    `collections` gives those that whoever asks sees; without it none is found. `alike`: a name that nothing
    has stands for those with other accents. What must mean the same tomorrow doesn't ask for that: whoever
    makes "cafe" would take "café" out of it.
    """
    tags, plain, nested = set[str](), set[str](), set[str]()
    for filters in narrowed:
        for name, values in filters.items():
            field = known[name.removeprefix("-")]
            read = set(filter(None, map(field.read, values)))
            if field.column == filter_rows.TAGS:
                tags |= read
            elif field.in_collections:
                (nested if field.nested else plain).update(read)
    by_name, by_key = _collections(plain | nested, collections, alike=alike)
    return Named(
        tags=_tags(tags, brand, alike=alike),
        collections=by_name,
        inside=_inside(nested, by_name, by_key) if nested else {},
    )


def _tags(names: set[str], brand: Brand, *, alike: bool) -> dict[str, frozenset[int]]:
    """With what is narrower. Where `alike`, a name that no tag has stands for those with other accents."""
    if not names:
        return {}
    found = _tags_called(names, brand)
    if not alike or not (missing := _by_fold(names - found.keys())):
        return found
    spelt: dict[str, set[str]] = defaultdict(set)
    rows = Tag.objects.filter(brand=brand).order_by("name")
    for name in rows.values_list("name", flat=True)[:MOST_COMPARED]:
        if (typed := missing.get(_fold(name))) is not None:
            spelt[typed].add(name)
    others = _tags_called(set().union(*spelt.values()), brand) if spelt else {}
    meant = {name: [others[each] for each in named if each in others] for name, named in spelt.items()}
    return found | {name: frozenset().union(*keys) for name, keys in meant.items()}


def _by_fold(names: Iterable[str]) -> dict[str, str]:
    return {fold: name for name in names if (fold := _fold(name))}


def _tags_called(names: set[str], brand: Brand) -> dict[str, frozenset[int]]:
    below = hierarchy.narrower_of_each(brand.pk, names)
    rows = Tag.objects.filter(brand=brand, name__in=names.union(*below.values()))
    keys = dict(rows.values_list("name", "pk"))
    placed = {*keys, *below}
    placed |= hierarchy.narrower_ones(brand.pk, names - placed)
    return {
        name: frozenset(keys[each] for each in (name, *below.get(name, ())) if each in keys)
        for name in names & placed
    }


def _collections(
    names: set[str], collections: Callable[[], QuerySet[Collection]] | None, *, alike: bool
) -> tuple[dict[str, frozenset[UUID]], frozenset[UUID]]:
    """By their names, and those that are named by their ids."""
    if not names or collections is None:
        return {}, frozenset()
    wanted = Q()
    for name in names:
        wanted |= Q(name__iexact=name)
    ids = {key for key in map(nesting.key_of, names) if key is not None}
    rows = list(collections().filter(wanted | Q(pk__in=ids)).values_list("pk", "name"))
    found: dict[str, set[UUID]] = defaultdict(set)
    for key, name in rows:
        found[folded(name)].add(key)
    unknown = [name for name in names if folded(name) not in found and nesting.key_of(name) is None]
    if alike and (missing := _by_fold(unknown)):
        for key, name in collections().order_by("name", "pk").values_list("pk", "name")[:MOST_COMPARED]:
            if (typed := missing.get(_fold(name))) is not None:
                found[folded(typed)].add(key)
    return {name: frozenset(keys) for name, keys in found.items()}, frozenset(key for key, _n in rows) & ids


def _inside(
    names: set[str], by_name: Mapping[str, frozenset[UUID]], by_key: frozenset[UUID]
) -> dict[str, frozenset[UUID]]:
    roots: dict[str, frozenset[UUID]] = {}
    for name in names:
        key = nesting.key_of(name)
        keys = by_name.get(folded(name)) if key is None else frozenset({key}) & by_key
        if keys:
            roots[folded(name)] = keys
    if not roots:
        return {}
    all_keys = nesting.keys_within(frozenset().union(*roots.values()))
    below: dict[UUID, set[UUID]] = defaultdict(set)
    for key, parent in Collection.objects.filter(pk__in=all_keys).values_list("pk", "parent"):
        if parent is not None:
            below[parent].add(key)
    return {name: frozenset(_reached(keys, below)) for name, keys in roots.items()}


def _reached(start: Many[Key], below: Mapping[Key, Many[Key]]) -> set[Key]:
    """These and all below them; a circle ends where it began."""
    found, ahead = set(start), list(start)
    while ahead:
        new = set(below.get(ahead.pop(), ())) - found
        found |= new
        ahead += new
    return found
