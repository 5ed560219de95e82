"""A brand's own fields as search fields: typed, filtered and counted as those of the table are.

`field:value` reads their options by key and by label; what is retired is still read, so that an address or a
saved search finds what it found.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

from django.db.models import Q, QuerySet

from dam.accounts.models import Brand, User
from dam.core import language
from dam.core.language import gettext as _
from dam.custom_fields import schema
from dam.custom_fields.definitions import Field
from dam.custom_fields.definitions import Kind as OwnKind
from dam.custom_fields.models import FieldValue
from dam.search import dates, measures
from dam.search.measures import Range
from dam.search.search_field import NO, YES, Combine, Kind, OwnField, SearchField, plain
from dam.search.units import AMOUNT

_KEPT = 256
_known: OrderedDict[tuple[int, datetime, str], dict[str, SearchField]] = OrderedDict()
_lock = Lock()


def of(brand: Brand) -> dict[str, SearchField]:
    """By their names, in the brand's order, as the brand's row says that they are now."""
    if brand.fields_at is None:
        return {}
    key = (brand.pk, brand.fields_at, language.current())
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    found = {field.key: _searched(field) for field in schema.of(brand).fields}
    with _lock:
        _known[key] = found
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return found


def _searched(field: Field) -> SearchField:
    title = field.title.replace("{", "{{").replace("}", "}}")
    chip = _("%(field)s: {}") % {"field": title}
    common = {
        "name": field.key,
        "title": field.title,
        "column": "",
        "own": OwnField(
            field.number,
            {option.key: option.number for option in field.options},
            person=field.kind is OwnKind.PERSON,
            typed=not field.retired,
        ),
        "chip": chip,
        "excluded_chip": _("%(field)s: not {}") % {"field": title},
        "facet": field.in_filters and not field.retired,
        "between": field.in_filters and not field.retired and field.kind in (OwnKind.NUMBER, OwnKind.DATE),
    }
    return SearchField(**(common | _OF_KIND[field.kind](field)))  # type: ignore[arg-type]


def _choice(field: Field) -> dict[str, object]:
    keys = {option.key for option in field.options}
    by_label = {plain(option.label): option.key for option in field.options}
    return {
        "kind": Kind.CHOICE,
        "choices": tuple((option.key, option.label) for option in field.options),
        "takes": _("one of its options"),  # not which: whoever reads this may see no clip that has them
        # A key stands in addresses and saved searches: no other option's label takes its place.
        "synonyms": {label: key for label, key in by_label.items() if label not in keys},
        "icon": "list",
    }


def _text(field: Field) -> dict[str, object]:
    return {"combine": Combine.EVERY, "facet": False, "icon": "type", "takes": _("words of it")}


def _link(field: Field) -> dict[str, object]:
    return {**_text(field), "icon": "link", "takes": _("a part of the address")}


def _number(field: Field) -> dict[str, object]:
    return {
        "kind": Kind.NUMBER,
        "unit": AMOUNT,
        "combine": Combine.EVERY,
        "facet": False,
        "icon": "hash",
        "examples": (">100", "10..20"),
        "takes": _("a number or a range, such as >100 or 10..20"),
    }


def _date(field: Field) -> dict[str, object]:
    return {
        "kind": Kind.DATE,
        "combine": Combine.EVERY,
        "facet": False,
        "icon": "calendar",
        "examples": ("2027-05", ">2027-01-01"),
    }


def _flag(field: Field) -> dict[str, object]:
    said = {"field": field.title}
    choices = ((YES, _("%(field)s: yes") % said), (NO, _("%(field)s: no") % said))
    return {"kind": Kind.FLAG, "choices": choices, "icon": "toggle-left"}


def _person(field: Field) -> dict[str, object]:
    return {"icon": "user", "takes": _("a name, or the beginning of an email address")}


_OF_KIND = {
    OwnKind.TEXT: _text,
    OwnKind.LINK: _link,
    OwnKind.NUMBER: _number,
    OwnKind.DATE: _date,
    OwnKind.YES_NO: _flag,
    OwnKind.PERSON: _person,
    OwnKind.CHOICE: _choice,
    OwnKind.MULTI_CHOICE: _choice,
}


def guarded(field: SearchField, seen: Collection[str]) -> SearchField:
    """A choice for somebody who may know of these options alone."""
    return replace(
        field,
        choices=tuple((key, label) for key, label in field.choices if key in seen),
        synonyms={label: key for label, key in field.synonyms.items() if key in seen},
        guarded=True,
    )


def having(field: SearchField, values: Sequence[str], *, at: datetime) -> QuerySet[Any]:
    """The clips with any of these values, from the index of the values alone: no clip is looked at."""
    assert field.own is not None
    if field.kind is Kind.CHOICE:
        # An option is of one field. To ask for that as well would have the planner think of far fewer clips.
        keys = [field.own.options.get(read or "") for read in map(field.read, values)]
        return FieldValue.objects.filter(option__in=filter(None, keys)).values("asset_id")
    matching = Q(pk__in=())
    for value in values:
        read = field.read(value)
        if read is not None:
            matching |= _one(field, field.own, read, at)
    return FieldValue.objects.filter(matching, field=field.own.number).values("asset_id")


def _one(field: SearchField, own: OwnField, value: str, at: datetime) -> Q:
    match field.kind:
        case Kind.FLAG:
            return Q(yes=value == YES)
        case Kind.NUMBER if field.unit:
            return Q(number__isnull=False) & between("number", measures.bounds(value, field.unit))
        case Kind.DATE:
            days = dates.span(value, at.date())
            return Q(day__isnull=False) & between("day", Range(low=days.first, high=days.last))
        case _ if own.person:
            named = User.objects.filter(Q(name__icontains=value) | Q(email__istartswith=value))
            return Q(person__in=named.values("pk"))
        case _:
            return Q(text__icontains=value)


def between(lookup: str, span: Range) -> Q:
    matching = Q()
    if span.low is not None:
        matching &= Q(**{f"{lookup}__{'gt' if span.low_strict else 'gte'}": span.low})
    if span.high is not None:
        matching &= Q(**{f"{lookup}__{'lt' if span.high_strict else 'lte'}": span.high})
    return matching


def numbers(fields: Iterable[SearchField]) -> list[int]:
    """Of their rows."""
    return [field.own.number for field in fields if field.own]


def counted(fields: Collection[SearchField], rows: Iterable[Sequence[Any]]) -> dict[str, dict[str, int]]:
    """How many clips have each value of each field: rows of a field, an option, yes or no, a person's name
    and how many clips have that."""
    by_number = {field.own.number: field for field in fields if field.own}
    found: dict[str, dict[str, int]] = {field.name: {} for field in fields}
    keys = {pk: key for field in fields if field.own for key, pk in field.own.options.items()}
    for number, option, yes, name, count in rows:
        if option is not None:
            value = keys.get(option, "")
        elif yes is not None:
            value = YES if yes else NO
        else:
            value = name or ""
        if value:
            of_field = found[by_number[number].name]
            of_field[value] = of_field.get(value, 0) + count
    return found
