"""The orders that a list of clips can stand in, each paged by the last clip shown, however long the list is.

An order is a row of stretches: clips that have the value come first, those without it after them. Within one
they stand by value and, where two have the same, by a key, and an index of the database has both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, overload
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Func, Q, QuerySet

from dam.catalog.models import Approval, Asset
from dam.core import numbers, sorting
from dam.core.lazily import lazy
from dam.core.text import storable


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    SHORTEST = "shortest"
    LONGEST = "longest"
    STATE = "state"
    RIGHTS = "rights"


TITLES: Mapping[Order, str] = {
    Order.NEWEST: lazy("Newest first"),
    Order.OLDEST: lazy("Oldest first"),
    Order.NAME: lazy("Name"),
    Order.SHORTEST: lazy("Shortest first"),
    Order.LONGEST: lazy("Longest first"),
    Order.STATE: lazy("State"),
    Order.RIGHTS: lazy("Clearance ends first"),
}


@dataclass(frozen=True)
class _Stretch:
    """Clips of an order that stand by one thing. `{shown}` is the version that whoever asks is shown."""

    value: str  # of Django's paths from Asset; or a name of _EXPRESSIONS
    tie: str = "pk"
    descending: bool = False
    where: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Place:
    """A clip's place in an order: in which stretch, its value there, and its key."""

    stretch: int
    value: datetime | int | str
    key: UUID

    def __str__(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        return f"{self.stretch}:{value}_{self.key}"


_READ_ONCE = """
    SELECT key, value, tie, count(*) OVER () FROM ({rows}) AS found (key, value, tie)
    ORDER BY value {way}, tie {way} LIMIT %s
"""
_EXPRESSIONS: Mapping[str, Func] = {"alphabetical": sorting.indexed("title")}
_OF_VERSION = "{shown}_id"
_UNKNOWN_LAST = _Stretch("created_at", descending=True, where=(("{shown}__duration_ms", None),))
_LENGTHS = (("{shown}__duration_ms__isnull", False), ("{shown}__brand", "brand"))
# As a clip goes through them, what needs somebody first.
_STATES = (
    Approval.CHANGES_REQUESTED,
    Approval.IN_REVIEW,
    Approval.DRAFT,
    Approval.APPROVED,
    Approval.REJECTED,
    Approval.WITHDRAWN,
)
_TABLE: Mapping[Order, tuple[_Stretch, ...]] = {
    Order.NEWEST: (_Stretch("created_at", descending=True),),
    Order.OLDEST: (_Stretch("created_at"),),
    Order.NAME: (_Stretch("alphabetical"),),
    Order.SHORTEST: (_Stretch("{shown}__duration_ms", _OF_VERSION, where=_LENGTHS), _UNKNOWN_LAST),
    Order.LONGEST: (
        _Stretch("{shown}__duration_ms", _OF_VERSION, descending=True, where=_LENGTHS),
        _UNKNOWN_LAST,
    ),
    Order.STATE: tuple(
        _Stretch(
            "{shown}__created_at",
            _OF_VERSION,
            descending=True,
            where=(("{shown}__approval", state), ("{shown}__brand", "brand")),
        )
        for state in _STATES
    ),
    Order.RIGHTS: (
        _Stretch(
            "{shown}__rights_end__ends_at",
            _OF_VERSION,
            where=(("{shown}__rights_end__ends_at__isnull", False), ("{shown}__rights_end__brand", "brand")),
        ),
        _Stretch("created_at", descending=True, where=(("{shown}__rights_end__ends_at", None),)),
    ),
}
_TIMES, _NUMBERS = (Order.NEWEST, Order.OLDEST, Order.STATE, Order.RIGHTS), (Order.SHORTEST, Order.LONGEST)


def offered(shown: str) -> tuple[Order, ...]:
    """What is released has one state."""
    return tuple(order for order in Order if order is not Order.STATE or shown == "latest")


@overload
def named(name: str) -> Order: ...
@overload
def named(name: str, *, default: None) -> Order | None: ...
def named(name: str, *, default: Order | None = Order.NEWEST) -> Order | None:
    """The order of that name; the newest first for any other, or `default`."""
    return Order(name) if name in set(Order) else default


def read(text: str, order: Order) -> Place | None:
    """The place that an address names; None for anything else: addresses are cut and edited."""
    head, _, key = text.rpartition("_")
    number, colon, value = head.partition(":")
    if not colon or number not in {str(each) for each in range(len(_TABLE[order]))}:
        return None
    kept = _value(value, order, int(number))
    try:
        return Place(int(number), kept, UUID(key)) if kept is not None else None
    except ValueError:
        return None


def _value(text: str, order: Order, stretch: int) -> datetime | int | str | None:
    if order in _NUMBERS and stretch == 0:
        return numbers.read(text, digits=15)
    if order in _TIMES or stretch:
        return _moment(text)
    return text if len(text) <= sorting.INDEXED and storable(text) == text else None


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        moment = at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return moment if moment and 1900 <= moment.year < 3000 else None


def page(
    assets: QuerySet[Asset], order: Order, *, shown: str, brand_id: int, after: Place | None, size: int
) -> tuple[list[UUID], Place | None]:
    """The keys of the next clips in that order, and the place after which it goes on; None at the end."""
    found: list[tuple[UUID, Place]] = []
    first = after.stretch if after else 0
    for number, stretch in enumerate(_TABLE[order]):
        if number < first or len(found) > size:
            continue
        rows = _rows(assets, stretch, shown=shown, brand_id=brand_id)
        if after is not None and after.stretch == number:
            rows = _behind(rows, stretch, after, shown=shown)
        tie = stretch.tie.format(shown=shown)
        ordered = _ordered(rows, stretch, tie)[: size + 1 - len(found)]
        found += [
            (pk, Place(number, value, key)) for pk, value, key in ordered.values_list("pk", "sorted_by", tie)
        ]
    shown_now = found[:size]
    return [pk for pk, _place in shown_now], shown_now[-1][1] if len(found) > size else None


def counted(
    assets: QuerySet[Asset], order: Order, *, shown: str, brand_id: int, size: int, most: int
) -> tuple[list[UUID], Place | None, int] | None:
    """The first page as `page` gives it, and how many clips there are: all of them are read for it, each
    once, or of more any `most`.

    None for an order of several stretches, none of which knows of all.
    """
    if len(_TABLE[order]) > 1:
        return None
    (stretch,) = _TABLE[order]
    tie = stretch.tie.format(shown=shown)
    rows = _rows(assets, stretch, shown=shown, brand_id=brand_id).order_by()
    found = _read_once(rows.values_list("pk", "sorted_by", tie)[:most], stretch, size=size + 1)
    places = [Place(0, value, key) for _pk, value, key, _total in found[:size]]
    following = places[-1] if len(found) > size else None
    return [pk for pk, *_rest in found[:size]], following, found[0][3] if found else 0


def _read_once(
    rows: QuerySet[Asset, tuple[Any, ...]], stretch: _Stretch, *, size: int
) -> list[tuple[UUID, Any, UUID, int]]:
    """The first of these keys, values and ties in their order, each with how many there are.

    They are found before they are sorted, and sorted by what was read when they were found: Django would look
    each up again.
    """
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    way = "DESC" if stretch.descending else "ASC"
    with connection.cursor() as cursor:
        cursor.execute(_READ_ONCE.format(rows=sql, way=way), [*parameters, size])
        return list(cursor.fetchall())


def _rows(assets: QuerySet[Asset], stretch: _Stretch, *, shown: str, brand_id: int) -> QuerySet[Asset]:
    where = {
        path.format(shown=shown): brand_id if value == "brand" else value for path, value in stretch.where
    }
    by = _EXPRESSIONS.get(stretch.value) or F(stretch.value.format(shown=shown))
    return assets.filter(**where).annotate(sorted_by=by)


def _behind(rows: QuerySet[Asset], stretch: _Stretch, after: Place, *, shown: str) -> QuerySet[Asset]:
    """The first condition says again what follows from the second: an index begins there."""
    beyond, tie = ("lt" if stretch.descending else "gt"), stretch.tie.format(shown=shown)
    bound = Q(**{f"sorted_by__{beyond}e": after.value})
    further = Q(**{f"sorted_by__{beyond}": after.value}) | Q(**{f"{tie}__{beyond}": after.key})
    return rows.filter(bound & further)


def _ordered(rows: QuerySet[Asset], stretch: _Stretch, tie: str) -> QuerySet[Asset]:
    minus = "-" if stretch.descending else ""
    return rows.order_by(f"{minus}sorted_by", f"{minus}{tie}")
