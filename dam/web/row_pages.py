"""Lists of rows, page by page: a page begins behind a row, so that what comes and goes before it shifts none.

The address of a page names that row by what it stands by, not by its number: it may be gone by then, and
stand elsewhere. None is counted, and no page is the last one that there can be.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from django.db.models import Expression, F, Func, Model, Q, QuerySet
from django.http import HttpRequest

from dam.core.text import is_storable
from dam.web import times

LONGEST = 2_000  # characters of a place in an address
_LARGEST = 2**62
Row = TypeVar("Row", bound=Model)
Value = datetime | UUID | bool | int | str | None
Place = tuple[Value, ...]


@dataclass(frozen=True)
class By:
    """One thing that rows stand by; the last of an order settles ties. `empty`: where rows without it are."""

    column: str | Expression | Func
    kind: type[datetime] | type[UUID] | type[bool] | type[int] | type[str]
    descending: bool = False
    empty: Literal["never", "first", "last"] = "never"


NEWEST_FIRST = (By("created_at", datetime, descending=True), By("pk", int, descending=True))


@dataclass(frozen=True)
class RowPage(Generic[Row]):
    rows: list[Row]
    next: str = ""  # the address of the page behind it, as "?…"; empty where there is none
    first: str = ""  # the address of the first page; empty where this is it


def read(
    rows: QuerySet[Row], order: Sequence[By], *, request: HttpRequest, size: int, name: str = "after"
) -> RowPage[Row]:
    """The page that the request asks for by `name`; the first one where it asks for none that there is."""
    place = read_place(request.GET.get(name, ""), order)
    found = behind(rows, order, place, size=size)
    if not found and place is not None:  # all of it went meanwhile
        place, found = None, behind(rows, order, None, size=size)
    following = written(place_of(found[size - 1])) if len(found) > size else ""
    return RowPage(
        found[:size],
        next=address(request, name, following) if following else "",
        first=address(request, name, "") if place is not None else "",
    )


def behind(rows: QuerySet[Row], order: Sequence[By], place: Place | None, *, size: int) -> list[Row]:
    """The rows behind that place in their order, one more than `size` where there are more."""
    named = {
        _column(at): F(by.column) if isinstance(by.column, str) else by.column for at, by in enumerate(order)
    }
    ordered: QuerySet[Any] = rows.annotate(**named).order_by(
        *(_sorted(at, by) for at, by in enumerate(order))
    )
    if place is not None:
        ordered = ordered.filter(further(order, place))
    return list(ordered[: size + 1])


def place_of(row: Model) -> Place:
    """Where a row stands that `behind` found."""
    found: list[Value] = []
    while hasattr(row, _column(len(found))):
        found.append(getattr(row, _column(len(found))))
    return tuple(found)


def _column(at: int) -> str:
    return f"stands_by_{at}"


def _sorted(at: int, by: By) -> Any:
    column = F(_column(at))
    last, first = (by.empty == "last") or None, (by.empty == "first") or None
    turned = column.desc if by.descending else column.asc
    return turned(nulls_last=last, nulls_first=first)


def further(order: Sequence[By], place: Place) -> Q:
    """Rows that stand behind the place: by the first thing, or where that is the same by the next, …"""
    any_of, same = Q(pk__in=()), Q()
    for at, (by, value) in enumerate(zip(order, place, strict=True)):
        column = _column(at)
        if value is not None:
            beyond = Q(**{f"{column}__{'lt' if by.descending else 'gt'}": value})
            any_of |= same & (beyond | Q(**{f"{column}__isnull": True}) if by.empty == "last" else beyond)
            same &= Q(**{column: value})
        else:
            if by.empty == "first":
                any_of |= same & Q(**{f"{column}__isnull": False})
            same &= Q(**{f"{column}__isnull": True})
    return any_of


def written(place: Place) -> str:
    return json.dumps([_told(each) for each in place])


def _told(value: Value) -> bool | int | str | None:
    return (
        value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value
    )


def read_place(text: str, order: Sequence[By]) -> Place | None:
    """The place that an address names; None for anything else: addresses are cut and edited."""
    try:
        given = json.loads(text) if 0 < len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, list) or len(given) != len(order):
        return None
    place = tuple(_value(each, by.kind) for each, by in zip(given, order, strict=True))
    known = (
        value is not None or (each is None and by.empty != "never")
        for value, each, by in zip(place, given, order, strict=True)
    )
    return place if all(known) else None


def _value(given: object, kind: type) -> Value:
    """What it says of that kind; None where it says nothing."""
    if kind is bool or isinstance(given, bool):
        return given if kind is bool and isinstance(given, bool) else None
    if kind is int:
        return given if isinstance(given, int) and abs(given) < _LARGEST else None
    if not isinstance(given, str) or not is_storable(given):
        return None
    if kind is datetime:
        return times.read(given)
    try:
        return UUID(given) if kind is UUID else given
    except ValueError:
        return None


def address(request: HttpRequest, name: str, place: str) -> str:
    """The page that the request shows, but its list from that place on; empty for its beginning."""
    query = request.GET.copy()
    query.pop(name, None)
    if place:
        query[name] = place
    return f"?{query.urlencode()}"
