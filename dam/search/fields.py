"""The fields that clips can be narrowed by: those of the table, and a brand's own (dam.search.own_fields).

The syntax of the search box, filters, facets, chips and addresses read them here. Whoever adds one adds it
to a part of the table (dam.search.table), and nowhere else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.collections import audience, nesting
from dam.core.language import gettext as _
from dam.search import names, own_fields
from dam.search.search_field import Kind, SearchField
from dam.search.table import catalogue, clearance, making, picture, size, stated

# In the order in which facets and lists of fields show them.
_TABLE = (
    *catalogue.FIELDS,
    *picture.FIELDS,
    *making.FIELDS,
    *clearance.FIELDS,
    *stated.FIELDS,
    *size.FIELDS,
)
FIELDS: dict[str, SearchField] = {field.name: field for field in _TABLE}


def known(brand: Brand | None) -> Mapping[str, SearchField]:
    """All by which clips of the brand can be narrowed: those of the table, then its own."""
    own = own_fields.of(brand) if brand is not None else {}
    own = {name: field for name, field in own.items() if name not in FIELDS or name in stated.YIELDING}
    return {**FIELDS, **own} if own else FIELDS


def of(principal: Principal) -> dict[str, SearchField]:
    """The fields that this person may search by."""
    return {name: field for name, field in known(principal.brand).items() if principal.can(field.needs)}


class Narrowed(Protocol):
    """A search that is kept, with values by the names of their fields."""

    @property
    def filters(self) -> Mapping[str, Iterable[str]]: ...


def told(searches: Iterable[Narrowed], *, by: Principal) -> Mapping[str, SearchField]:
    """By what these were narrowed, in the words that this person may know."""
    return as_seen(known(by.brand), [each.filters for each in searches], by=by)


def as_seen(
    known: Mapping[str, SearchField], named: Iterable[Mapping[str, Iterable[str]]], *, by: Principal
) -> Mapping[str, SearchField]:
    """These fields with those options of the brand's own and those names that this person may know of.

    What a brand is to call its next launch is no news for those who see released clips alone, nor can they
    guess it: of the options that are `named` they are told by those that a clip they see has. Any other word
    is said as it was typed, whether there is such an option or not.
    """
    asked = list(named)
    known = _with_names(known, asked, by=by)
    if by.can(Capability.VIEW_UNRELEASED):
        return known
    guarded = {}
    for name, field in known.items():
        if field.own and field.kind is Kind.CHOICE:
            typed = _asked(name, asked)
            keys = {key for key in map(field.read, typed) if key and key in field.own.options}
            guarded[name] = own_fields.guarded(
                field, names.options(field.own, keys, principal=by) if keys else ()
            )
    return {**known, **guarded} if guarded else known


def _with_names(
    known: Mapping[str, SearchField], asked: Iterable[Mapping[str, Iterable[str]]], *, by: Principal
) -> Mapping[str, SearchField]:
    """With the names of collections that are asked for by their ids, of those that this person sees."""
    spoken = {}
    for name, field in known.items():
        read = map(nesting.key_of, _asked(name, asked)) if field.nested else ()
        keys = [key for key in read if key is not None]
        if keys:
            rows = audience.visible(by).filter(pk__in=keys).values_list("pk", "name")
            names_of = {str(key): title for key, title in rows}
            spoken[name] = replace(field, speaker=_speaker(names_of))
    return {**known, **spoken} if spoken else known


def _speaker(names_of: Mapping[str, str]) -> Callable[[str], str]:
    def speak(value: str) -> str:
        key = nesting.key_of(value)
        return value if key is None else names_of.get(str(key), _("an unavailable collection"))

    return speak


def _asked(name: str, asked: Iterable[Mapping[str, Iterable[str]]]) -> set[str]:
    return {value for each in asked for key in (name, f"-{name}") for value in each.get(key, ())}
