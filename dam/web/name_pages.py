"""Lists by name, page by page: a page begins behind a row, so that what comes and goes before it shifts none.

The database counts none of them. It has no index of the order, so for each page it reads the names of all.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from dam.core import sorting

_NAME = "name_in_order"
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class NamePage(Generic[Row]):
    rows: list[Row]
    after: str  # the key of its last row, for the address of the next page; empty where there is none
    continues: bool  # whether there are pages before it


def read(rows: QuerySet[Row], *, column: str, among: QuerySet[Row], after: str, size: int) -> NamePage[Row]:
    """The page of `rows` behind the row of the key `after`, which is looked up `among` all there are.

    A key that isn't there (any more) begins the list again.
    """
    name = sorting.alphabetical(column)
    ordered: QuerySet[Any] = rows.annotate(**{_NAME: name}).order_by(_NAME, "pk")
    place = _place(among.annotate(**{_NAME: name}), after) if after else None
    if place is not None:
        key, last = place
        ordered = ordered.filter(Q(**{f"{_NAME}__gt": last}) | Q(**{_NAME: last, "pk__gt": key}))
    found = list(ordered[: size + 1])
    following = str(found[size - 1].pk) if len(found) > size else ""
    return NamePage(found[:size], following, place is not None)


def _place(among: QuerySet[Any], key: str) -> tuple[object, str] | None:
    try:
        row: tuple[object, str] | None = among.filter(pk=key).values_list("pk", _NAME).first()
    except (ValueError, ValidationError, OverflowError):
        return None
    return row
